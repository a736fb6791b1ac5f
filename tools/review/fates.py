"""What an update does to each resource that stays: replaced, perhaps replaced, stopped and started, or neither."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any

from facts.schemas import PropertyPath, at, create_only
from review.assembly import INSTANCE, Assembly, Resource
from review.comparison import Comparison
from review.meaning import meaning, resources_named
from review.moves import Pair
from review.values import exact

# What CloudFormation calls "some interruption": of a machine whose disk is an EBS volume, as all of today's are.
STOPS_A_MACHINE = {"AdditionalInfo", "EbsOptimized", "InstanceType", "KernelId", "RamdiskId", "Tenancy", "UserData"}
STOPS_A_MACHINE |= {"Affinity", "HostId", "PrivateDnsNameOptions"}
# May change on a running machine in a VPC.
CHANGES_NOTHING = {(INSTANCE, ("SecurityGroupIds",))}
GROUP = "AWS::AutoScaling::AutoScalingGroup"
# Is nothing but a note.
METADATA = "AWS::CDK::Metadata"
# An attribute that changes with its resource's properties, without a new resource.
MOVING_ATTRIBUTES = {("AWS::EC2::LaunchTemplate", "LatestVersionNumber")}


class Weight(IntEnum):
    """How much happens to a resource."""

    INTERRUPTED = 1
    PERHAPS_REPLACED = 2
    REPLACED = 3


@dataclass(frozen=True)
class Fate:
    """What happens to a resource, and for which property."""

    weight: Weight
    property: PropertyPath
    # What makes that property another, where it is no change of its own.
    by: Resource | None = None


@lru_cache(maxsize=2)
def fates(comparison: Comparison) -> dict[Pair, Fate]:
    """Tell the fate of each resource that has one, with what follows from the others' through references."""
    changed = [pair for pair in comparison.updated if _changed(comparison, pair)]
    found = {pair: fate for pair in changed if (fate := max(own_fates(comparison, pair), key=_weight, default=None))}
    users = _users(comparison) if changed else {}
    # A resource that follows another may have followers itself.
    waiting = list(changed)
    while waiting:
        first = waiting.pop()
        for pair in users.get(first.after, ()):
            fate = max(_followed(comparison, pair, first.after, found.get(first)), key=_weight, default=None)
            if fate and fate.weight > _weight(found.get(pair)):
                found[pair] = fate
                waiting.append(pair)
    return found


def replaced(comparison: Comparison) -> set[Resource]:
    """Give what is made anew in the place of what has the same logical id."""
    return {pair.after for pair, fate in fates(comparison).items() if fate.weight == Weight.REPLACED}


def properties_meant(assembly: Assembly, resource: Resource) -> Any:
    """Give a resource's properties with what they stand for."""
    return meaning(assembly, resource.stack, resource.properties)


def _weight(fate: Fate | None) -> int:
    return fate.weight if fate else 0


def _changed(comparison: Comparison, pair: Pair) -> bool:
    return pair.before.type == pair.after.type and exact(properties_meant(comparison.before, pair.before)) != exact(
        properties_meant(comparison.after, pair.after)
    )


def own_fates(comparison: Comparison, pair: Pair) -> Iterator[Fate]:
    """Tell what a resource's own changed properties do to it."""
    old, new = properties_meant(comparison.before, pair.before), properties_meant(comparison.after, pair.after)
    for path, weight in _fateful(pair.after, {**old, **new}):
        if exact(at(old, path)) != exact(at(new, path)):
            yield Fate(weight, path)


def _fateful(one: Resource, properties: Any) -> Iterator[tuple[PropertyPath, Weight]]:
    """Give the properties of which a change is more than an update."""
    resource_type = one.type
    known = create_only(resource_type)
    if known is None:
        # What a custom resource, or a type that AWS has published no schema of, does is for its own program to say.
        yield from (((name,), Weight.PERHAPS_REPLACED) for name in properties if resource_type != METADATA)
        return
    yield from ((path, Weight.REPLACED) for path in known.always)
    for path in known.on_condition:
        if resource_type == INSTANCE and path[0] in STOPS_A_MACHINE:
            yield path, Weight.INTERRUPTED
        elif (resource_type, path) not in CHANGES_NOTHING and not _keeps_its_group(one):
            yield path, Weight.PERHAPS_REPLACED


def _keeps_its_group(one: Resource) -> bool:
    """Tell whether it is a group whose machines change, and which stays itself: the condition of all its properties."""
    will_replace = at(one.body, ["UpdatePolicy", "AutoScalingReplacingUpdate", "WillReplace"])
    return one.type == GROUP and str(will_replace).lower() != "true"


def _users(comparison: Comparison) -> dict[Resource, set[Pair]]:
    """Give, of each resource, those that name it."""
    users: dict[Resource, set[Pair]] = defaultdict(set)
    for pair in comparison.updated:
        for named, _ in resources_named(comparison.after, pair.after.stack, pair.after.properties):
            users[named].add(pair)
    return users


def _followed(comparison: Comparison, pair: Pair, first: Resource, fate: Fate | None) -> Iterator[Fate]:
    """Tell what a change of one resource does to another that names it."""
    for path, weight in _fateful(pair.after, pair.after.properties):
        value = at(pair.after.properties, path)
        for named, attribute in resources_named(comparison.after, pair.after.stack, value):
            if named is first and fate and fate.weight > Weight.INTERRUPTED:
                yield Fate(min(weight, fate.weight), path, first)
            elif named is first and (first.type, attribute) in MOVING_ATTRIBUTES:
                yield Fate(weight, path, first)
