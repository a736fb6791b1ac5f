"""A month before and after, by the price table."""

from typing import Any

import pytest

from review import kinds
from review.assembly import Assembly, Stack
from review.comparison import Comparison
from review.costs import lines
from review.kinds import cost
from tests.review.apps import Json, app, apps, found, in_words, resource, told

# As the README and docs/costs.md reckon: a t4g.small, its disk, its address.
DISK = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 12, "VolumeType": "gp3"}}
EIP = resource("AWS::EC2::EIP", {"InstanceId": {"Ref": "Machine"}})
NAT, BALANCER = resource("AWS::EC2::NatGateway"), resource("AWS::ElasticLoadBalancingV2::LoadBalancer")


def machine(size: Any = "t4g.small", **more: Any) -> Json:
    return {"Machine": resource("AWS::EC2::Instance", {"InstanceType": size, "BlockDeviceMappings": [DISK], **more})}


def test_the_dearest_row_of_a_mapping_counts() -> None:
    size = {"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "of"]}
    sizes = {"a": {"of": "t4g.small"}, "b": {"of": "t4g.large"}, "c": {"of": "t4g.small"}}
    assert bill(app(machine(size), Mappings={"Sizes": sizes})) == bill(app(machine("t4g.large")))


def bill(assembly: Assembly) -> list[float | None]:
    return [None if line.usd is None else round(line.usd, 2) for line in lines(assembly)]


def test_the_month_of_the_docs() -> None:
    facts = found(app({**machine(), "Ip": EIP}))
    assert facts["cost"].values["after"] == 16.87
    assert "`us-east-1`, beside traffic to the internet" in facts["cost"].sentence


@pytest.mark.parametrize(
    ("come", "level"),
    [
        ({"Ip": EIP}, "look"),
        ({"Nat": NAT}, "STOP"),
        ({"Web": BALANCER}, "look"),
        ({"Web": BALANCER, "Key": resource("AWS::KMS::Key"), "Ip": EIP}, "STOP"),
        ({"Jobs": resource("AWS::SQS::Queue")}, None),
        (machine("t4g.2xlarge"), "STOP"),
    ],
)
def test_more_is_a_look_and_over_the_limit_a_stop(come: Json, level: str | None) -> None:
    facts = told(app(machine()), app({**machine(), **come}))
    assert in_words(facts, cost) == ({f"{level} cost"} if level else set())


def test_the_limit_is_the_callers() -> None:
    before, after = app(machine()), app({**machine(), "Nat": NAT})
    (fact,) = [fact for fact in kinds.changes(Comparison(before, after, cost_limit=33)) if fact.kind == "cost"]
    assert fact.level.value == "look"


def test_it_is_told_line_by_line() -> None:
    fact = told(app(machine()), app({**machine("t3.small"), "Nat": NAT}))["cost"]
    assert [line.split() for line in fact.values["lines"]] == [
        ["-", "$12.26", "App/Machine:", "machine", "t4g.small"],
        ["+", "$15.18", "App/Machine:", "machine", "t3.small"],
        ["+", "$32.85", "App/Nat:", "NAT", "gateway"],
        ["$0.96", "App/Machine:", "disk", "of", "12", "GiB"],
    ]
    assert "$48.99 a month, $35.77 more than $13.22" in fact.sentence


def test_less_is_a_note() -> None:
    assert in_words(told(app({"Nat": NAT}), app()), cost) == {"note cost"}


def test_what_has_no_price_is_named_and_a_look_where_it_comes() -> None:
    huge = machine("p5.48xlarge")
    other = {
        "Items": resource("AWS::RDS::DBInstance"),
        "Role": resource("AWS::IAM::Role"),
        "Mine": resource("Custom::X"),
    }
    assert in_words(told(app(), app(huge | other)), cost) == {
        "look cost",
        "look unpriced:App/Machine",
        "look unpriced:App/Items",
    }
    assert in_words(found(app(huge)), cost) == {"note cost", "note unpriced:App/Machine"}
    assert "beside 1 thing without a price" in found(app(huge))["cost"].sentence


def test_a_region_whose_prices_nobody_knows_has_none() -> None:
    there = app({"Nat": NAT})
    there.stacks[0].artifact = {"environment": "aws://123456789012/mars-north-1"}
    assert "in `mars-north-1`" in found(there)["unpriced:App/Nat"].sentence


def test_a_group_is_as_many_machines() -> None:
    data = {"InstanceType": "t4g.small", "BlockDeviceMappings": [DISK]}
    group = {"LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"}, "DesiredCapacity": "3"}
    template = resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data})
    assert bill(app({"Template": template, "Group": resource("AWS::AutoScaling::AutoScalingGroup", group)})) == [
        36.79,
        *[0.96] * 3,
    ]


def test_an_address_is_paid_once() -> None:
    asking = machine(NetworkInterfaces=[{"AssociatePublicIpAddress": True}])
    assert bill(app(asking)) == [12.26, 0.96, 3.65]
    assert bill(app({**asking, "Ip": EIP})) == [12.26, 0.96, 3.65]


def test_the_dearer_size_of_a_condition_and_the_default_of_a_parameter() -> None:
    sizes = {"Fn::If": ["Big", "t4g.large", {"Ref": "Size"}]}
    assert bill(app(machine(sizes), Parameters={"Size": {"Default": "t4g.small"}}, Conditions={"Big": {}})) == [
        49.06,
        0.96,
    ]


def test_interface_endpoints_cost_by_zone_and_gateways_nothing() -> None:
    interface, gateway = (
        resource("AWS::EC2::VPCEndpoint", {"VpcEndpointType": kind, "SubnetIds": ["a", "b"]})
        for kind in ("Interface", "Gateway")
    )
    assert bill(app({"One": interface, "Two": gateway})) == [14.6]


def test_a_stack_that_the_app_leaves_still_costs_and_so_does_what_is_retained() -> None:
    both = {"A": {"Resources": {"Nat": NAT}}, "B": {"Resources": machine()}}
    assert in_words(told(apps(**both), apps(B=both["B"])), cost) == set()
    key = resource("AWS::KMS::Key", DeletionPolicy="Retain")
    assert in_words(told(app({"Key": key}), app()), cost) == set()


def test_a_nested_stack_that_goes_costs_no_more() -> None:
    outer = app({"Inner": resource("AWS::CloudFormation::Stack"), **machine()})
    inner = Stack("App", {"Resources": {"Nat": NAT}}, nested_as=outer.stacks[0].resources["Inner"])
    facts = told(Assembly(outer.folder, [*outer.stacks, inner]), app(machine()))
    assert (facts["cost"].values["before"], facts["cost"].values["after"]) == (46.07, 13.22)
