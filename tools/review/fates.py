"""What an update does to each resource that stays: replaced, perhaps replaced, stopped and started, or neither."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any

from facts.schemas import PropertyPath, create_only
from review.assembly import Assembly, Resource
from review.comparison import Comparison, Pair
from review.meaning import meaning, resources_named
from review.values import at, exact

INSTANCE = "AWS::EC2::Instance"
# What CloudFormation calls "some interruption": of a machine whose disk is an EBS volume, as all of today's are.
STOPS_A_MACHINE = {"AdditionalInfo", "EbsOptimized", "InstanceType", "KernelId", "RamdiskId", "Tenancy", "UserData"}
STOPS_A_MACHINE |= {"Affinity", "HostId", "PrivateDnsNameOptions"}
# May change on a running machine in a VPC.
CHANGES_NOTHING = {(INSTANCE, ("SecurityGroupIds",))}
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
    found = {pair: fate for pair in changed if (fate := max(_own(comparison, pair), key=_weight, default=None))}
    anew = {pair.after: fate.weight for pair, fate in found.items() if fate.weight > Weight.INTERRUPTED}
    moved = {pair.after: Weight.REPLACED for pair in changed}
    # A resource that follows may have followers.
    while anew or moved:
        followed = {
            pair: fate
            for pair in comparison.updated
            if (fate := max(_followed(comparison, pair, anew, moved), key=_weight, default=None))
            and fate.weight > _weight(found.get(pair))
        }
        found |= followed
        moved = {}
        anew = {**anew, **{pair.after: fate.weight for pair, fate in followed.items()}} if followed else {}
    return found


def properties_meant(assembly: Assembly, resource: Resource) -> Any:
    """Give a resource's properties with what they stand for."""
    return meaning(assembly, resource.stack, resource.properties)


def _weight(fate: Fate | None) -> int:
    return fate.weight if fate else 0


def _changed(comparison: Comparison, pair: Pair) -> bool:
    return pair.before.type == pair.after.type and exact(properties_meant(comparison.before, pair.before)) != exact(
        properties_meant(comparison.after, pair.after)
    )


def _own(comparison: Comparison, pair: Pair) -> Iterator[Fate]:
    """Tell what a resource's own changed properties do to it."""
    old, new = properties_meant(comparison.before, pair.before), properties_meant(comparison.after, pair.after)
    for path, weight in _fateful(pair.after.type, {**old, **new}):
        if exact(at(old, path)) != exact(at(new, path)):
            yield Fate(weight, path)


def _fateful(resource_type: str, properties: Any) -> Iterator[tuple[PropertyPath, Weight]]:
    """Give the properties of which a change is more than an update."""
    known = create_only(resource_type)
    if known is None:
        # What a custom resource, or a type that AWS has published no schema of, does is for its own program to say.
        yield from (((name,), Weight.PERHAPS_REPLACED) for name in properties if resource_type != METADATA)
        return
    yield from ((path, Weight.REPLACED) for path in known.always)
    for path in known.on_condition:
        if resource_type == INSTANCE and path[0] in STOPS_A_MACHINE:
            yield path, Weight.INTERRUPTED
        elif (resource_type, path) not in CHANGES_NOTHING:
            yield path, Weight.PERHAPS_REPLACED


def _followed(
    comparison: Comparison, pair: Pair, anew: dict[Resource, Weight], moved: dict[Resource, Weight]
) -> Iterator[Fate]:
    """Tell what others' fates do to a resource that names them."""
    after = pair.after
    if not any(
        named in anew or named in moved for named, _ in resources_named(comparison.after, after.stack, after.properties)
    ):
        return
    for path, weight in _fateful(after.type, after.properties):
        value = at(after.properties, path)
        for named, attribute in resources_named(comparison.after, after.stack, value):
            if named in anew:
                yield Fate(min(weight, anew[named]), path, named)
            elif named in moved and (named.type, attribute) in MOVING_ATTRIBUTES:
                yield Fate(weight, path, named)
