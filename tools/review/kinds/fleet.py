"""Machines in a group behind a balancer: how they are replaced, what Spot takes from them, and who stays with which."""

from collections.abc import Iterator

from facts.schemas import at
from review.assembly import Assembly, Resource
from review.comparison import Comparison, news
from review.fact import Fact, Level, quoted
from review.fates import GROUP, replaced
from review.machines import TEMPLATE
from review.meaning import meaning, resources_named
from review.values import exact, members

TELLS = ("no-base", "rolls", "stickiness-lost")
ONLY_CHANGES = ("rolls", "stickiness-lost")
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
# What keeps machines on demand, and what AWS takes where it is not said.
ON_DEMAND = (("OnDemandBaseCapacity", "0"), ("OnDemandPercentageAboveBaseCapacity", "100"))
WRITTEN = (TEMPLATE, "AWS::AutoScaling::LaunchConfiguration")
WHAT_RUNS = ("LaunchTemplate", "MixedInstancesPolicy", "LaunchConfigurationName", "VPCZoneIdentifier")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell of each group that AWS may leave without a machine."""
    for group in assembly.resources:
        spot = at(group.properties, ["MixedInstancesPolicy", "InstancesDistribution"])
        if (
            group.type == GROUP
            and isinstance(spot, dict)
            and all(str(spot.get(name, most)) == "0" for name, most in ON_DEMAND)
        ):
            sentence = (
                "All machines are on Spot, which AWS may take back at once: nobody answers until there are others. "
                "`OnDemandBaseCapacity` keeps some."
            )
            yield group.fact("no-base", Level.STOP, sentence)


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell how a group's machines are replaced, and which visitors no longer stay with theirs."""
    yield from news(standing, comparison)
    anew = replaced(comparison)
    for pair in comparison.pairs:
        rolls = pair.after.type == GROUP and pair.after not in anew
        if rolls and _runs(comparison.before, pair.before) != _runs(comparison.after, pair.after):
            yield _rolls(pair.after)
        if pair.after.type == TARGETS and _sticks(pair.before) and not _sticks(pair.after):
            sentence = (
                "Visitors no longer stay with one machine: what they upload, and what it remembers of them, another "
                "does not know."
            )
            yield pair.after.fact("stickiness-lost", Level.STOP, sentence)


def _runs(assembly: Assembly, group: Resource) -> str:
    """Write what a group's machines are, and where they stand."""
    own = {name: group.properties.get(name) for name in WHAT_RUNS}
    named = [one for one, _ in resources_named(assembly, group.stack, own) if one.type in WRITTEN]
    return exact(
        [meaning(assembly, group.stack, own), *(meaning(assembly, one.stack, one.properties) for one in named)]
    )


def _sticks(targets: Resource) -> bool:
    told = members(targets.properties.get("TargetGroupAttributes"))
    return any(at(one, ["Key"]) == "stickiness.enabled" and str(at(one, ["Value"])).lower() == "true" for one in told)


def _rolls(group: Resource) -> Fact:
    policy = at(group.body, ["UpdatePolicy", "AutoScalingRollingUpdate"])
    if not policy:
        sentence = "The machines stay as they are: only those that are launched later are what this deploys."
        return group.fact("rolls", Level.LOOK, sentence, waits=False)
    waits, least = str(at(policy, ["WaitOnResourceSignals"])).lower() == "true", at(policy, ["MinInstancesInService"])
    if waits and str(least or 0) != "0":
        sentence = (
            f"Machines are replaced in turn: {quoted(least)} stay in service, and each new one waits for its signal."
        )
        return group.fact("rolls", Level.NOTE, sentence, waits=True)
    sentence = "The machines are replaced, and nobody may answer meanwhile: " + (
        "none has to stay in service." if waits else "no new one is waited for until it has said that it is well."
    )
    return group.fact("rolls", Level.LOOK, sentence, waits=waits)
