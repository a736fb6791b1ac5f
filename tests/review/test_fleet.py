"""Machines in a group: how they are replaced, what Spot takes from them, and who stays with which."""

from typing import Any

import pytest

from review.assembly import Assembly
from review.kinds import fate, fleet
from tests.review.apps import app, found, in_words, resource, told

ROLLING = {"MaxBatchSize": 1, "MinInstancesInService": 2, "WaitOnResourceSignals": True}


def group(image: str = "ami-1", *, update: Any = ROLLING, spot: Any = None) -> Assembly:
    template = {"LaunchTemplateId": {"Ref": "Template"}, "Version": {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}}
    mixed = {"LaunchTemplate": {"LaunchTemplateSpecification": template}, "InstancesDistribution": spot}
    properties = {"MixedInstancesPolicy": mixed} if spot else {"LaunchTemplate": template}
    policy = {"UpdatePolicy": {"AutoScalingRollingUpdate": update}} if update else {}
    return app(
        {
            "Template": resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"ImageId": image}}),
            "Group": resource("AWS::AutoScaling::AutoScalingGroup", {"MaxSize": "3", **properties}, **policy),
        }
    )


@pytest.mark.parametrize(
    ("update", "fact", "words"),
    [
        (ROLLING, "note rolls:App/Group", "`2` stay in service, and each new one waits for its signal"),
        (ROLLING | {"MinInstancesInService": 0}, "look rolls:App/Group", "none has to stay in service"),
        (ROLLING | {"WaitOnResourceSignals": False}, "look rolls:App/Group", "no new one is waited for"),
        (None, "look rolls:App/Group", "only those that are launched later"),
    ],
)
@pytest.mark.parametrize("spot", [None, {"OnDemandBaseCapacity": 1}])
def test_another_image_replaces_machines_in_turn_or_not_at_all(update: Any, fact: str, words: str, spot: Any) -> None:
    facts = told(group(update=update, spot=spot), group("ami-2", update=update, spot=spot))
    assert in_words(facts, fleet) == {fact}
    assert words in facts["rolls:App/Group"].sentence
    assert in_words(told(group(update=update), group(update=update)), fleet) == set()


def test_only_a_policy_that_says_so_makes_the_group_anew() -> None:
    stays, anew = group("ami-2"), group("ami-2")
    anew.stacks[0].template["Resources"]["Group"]["UpdatePolicy"] = {
        "AutoScalingReplacingUpdate": {"WillReplace": True}
    }
    assert in_words(told(group(), stays), fate) == set()
    assert in_words(told(group(), anew), fate) == {"look perhaps-replaced:App/Group"}


@pytest.mark.parametrize(
    ("spot", "facts"),
    [
        ({"OnDemandPercentageAboveBaseCapacity": 0}, {"STOP no-base:App/Group"}),
        ({"OnDemandPercentageAboveBaseCapacity": 0, "OnDemandBaseCapacity": 1}, set()),
        ({"OnDemandPercentageAboveBaseCapacity": 50}, set()),
        ({"SpotAllocationStrategy": "price-capacity-optimized"}, set()),
        (None, set()),
    ],
)
def test_a_group_without_a_machine_on_demand_may_be_without_any(spot: Any, facts: set[str]) -> None:
    assert in_words(found(group(spot=spot)), fleet) == facts


def targets(sticky: Any) -> Assembly:
    told = [] if sticky is None else [{"Key": "stickiness.enabled", "Value": sticky}]
    return app({"Targets": resource("AWS::ElasticLoadBalancingV2::TargetGroup", {"TargetGroupAttributes": told})})


@pytest.mark.parametrize(
    ("before", "after", "facts"),
    [
        ("true", "false", {"STOP stickiness-lost:App/Targets"}),
        ("true", None, {"STOP stickiness-lost:App/Targets"}),
        ("true", True, set()),
        ("false", None, set()),
        (None, "true", set()),
    ],
)
def test_visitors_who_no_longer_stay_with_a_machine(before: Any, after: Any, facts: set[str]) -> None:
    assert in_words(told(targets(before), targets(after)), fleet) == facts
