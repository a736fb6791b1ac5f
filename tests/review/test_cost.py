"""A month before and after, by the price table."""

from typing import Any

import pytest

from review import kinds
from review.assembly import Assembly, Stack
from review.comparison import Comparison
from review.costs import lines
from review.fact import Fact
from review.kinds import cost
from tests.review.apps import Json, app, apps, found, in_words, resource, told

# As the README and docs/costs.md reckon: a t4g.small, its disk, its address.
DISK = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 12, "VolumeType": "gp3"}}
EIP = resource("AWS::EC2::EIP", {"InstanceId": {"Ref": "Machine"}})
NAT = resource("AWS::EC2::NatGateway")
# Without a public address of its own.
BALANCER = resource("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Scheme": "internal"})


def machine(size: Any = "t4g.small", **more: Any) -> Json:
    return {"Machine": resource("AWS::EC2::Instance", {"InstanceType": size, "BlockDeviceMappings": [DISK], **more})}


def test_the_dearest_row_of_a_mapping_counts() -> None:
    size = {"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "of"]}
    sizes = {"a": {"of": "t4g.small"}, "b": {"of": "t4g.large"}, "c": {"of": "t4g.small"}}
    assert bill(app(machine(size), Mappings={"Sizes": sizes})) == bill(app(machine("t4g.large")))


def the_cost(facts: dict[str, Fact]) -> Fact:
    (fact,) = [fact for fact in facts.values() if fact.kind == "cost"]
    return fact


def bill(assembly: Assembly) -> list[float | None]:
    return [None if line.usd is None else round(line.usd, 2) for line in lines(assembly)]


def test_the_month_of_the_docs() -> None:
    fact = the_cost(found(app({**machine(), "Ip": EIP})))
    assert fact.values["after"] == 16.87
    assert "a month, at list prices of `us-east-1`. Not counted: traffic to the internet." in fact.sentence


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
    assert [fact.level.value for fact in facts.values() if fact.kind == "cost"] == ([level] if level else [])


def test_whoever_accepts_so_much_accepts_no_more() -> None:
    assert in_words(told(app(machine()), app({**machine(), "Nat": NAT})), cost) == {"STOP cost:+32.85"}
    assert in_words(told(app({"Nat": NAT}), app()), cost) == {"note cost:-32.85"}


def test_the_limit_is_the_callers() -> None:
    before, after = app(machine()), app({**machine(), "Nat": NAT})
    (fact,) = [fact for fact in kinds.changes(Comparison(before, after, cost_limit=33)) if fact.kind == "cost"]
    assert fact.level.value == "look"


def test_it_is_told_line_by_line() -> None:
    fact = the_cost(told(app(machine()), app({**machine("t3.small"), "Nat": NAT})))
    assert [line.split() for line in fact.values["lines"]] == [
        ["-", "$12.26", "App/Machine:", "machine", "t4g.small"],
        ["+", "$15.18", "App/Machine:", "machine", "t3.small"],
        ["+", "$32.85", "App/Nat:", "NAT", "gateway"],
        ["$0.96", "App/Machine:", "disk", "of", "12", "GiB"],
    ]
    assert fact.sentence == (
        "It costs $48.99 a month, $35.77 more than $13.22, at list prices of `us-east-1`. The limit is $20.00 more. "
        "Not counted: traffic through the NAT gateway, traffic to the internet."
    )


def test_what_has_no_price_is_named_and_a_look_where_it_comes() -> None:
    huge = machine("p5.48xlarge")
    other = {
        "Items": resource("AWS::RDS::DBInstance"),
        "Role": resource("AWS::IAM::Role"),
        "Mine": resource("Custom::X"),
    }
    assert in_words(told(app(), app(huge | other)), cost) == {
        "look cost:+0.96,AWS::RDS::DBInstance,machine_p5.48xlarge",
    }
    assert in_words(found(app(huge)), cost) == {"note cost:0.96", "note unpriced:App/Machine"}
    assert "Not counted: 1 thing without a price, " in the_cost(found(app(huge))).sentence


def test_what_has_no_price_is_never_told_as_cheaper() -> None:
    known, huge = app({**machine(), "Ip": EIP}), app({**machine("p5.48xlarge"), "Ip": EIP})
    end = ", at list prices of `us-east-1`. Not counted: traffic to the internet."
    unknown = "$4.61{} and what machine `p5.48xlarge` costs, which the price table does not know"
    assert in_words(told(known, huge), cost) == {"look cost:-12.26,machine_p5.48xlarge"}
    assert the_cost(told(known, huge)).sentence == f"It costs {unknown.format(' a month')}; before, $16.87{end}"
    assert the_cost(told(huge, known)).sentence == f"It costs $16.87 a month; before, {unknown.format('')}{end}"
    # What has no price and stays makes nothing of the rest unknown.
    more = the_cost(told(huge, app({**machine("p5.48xlarge"), "Ip": EIP, "Nat": NAT}))).sentence
    assert "$32.85 more than $4.61" in more
    assert "Not counted: 1 thing without a price, traffic" in more


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


def test_a_fleet_is_its_machines_their_addresses_and_a_balancer_with_one_in_each_zone() -> None:
    data = {
        "InstanceType": "t4g.small",
        "NetworkInterfaces": [{"AssociatePublicIpAddress": True}],
        "Monitoring": {"Enabled": True},
    }
    group = {"LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}}, "MinSize": "2", "MaxSize": "4"}
    resources = {
        "Template": resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data}),
        "Group": resource("AWS::AutoScaling::AutoScalingGroup", group),
        "Web": resource("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Subnets": ["one", "two"]}),
        "Inner": BALANCER,
    }
    assert bill(app(resources)) == [24.53, 4.2, 7.3, 16.43, 7.3, 16.43]


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
    fact = the_cost(told(Assembly(outer.folder, [*outer.stacks, inner]), app(machine())))
    assert (fact.values["before"], fact.values["after"]) == (46.07, 13.22)


def schedule(call: str, expression: str, **more: Any) -> Json:
    target = {
        "Arn": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":scheduler:::aws-sdk:ec2:{call}"]]},
        "Input": {"Fn::Join": ["", ['{"InstanceIds":["', {"Ref": "Machine"}, '"]}']]},
    }
    return resource("AWS::Scheduler::Schedule", {"ScheduleExpression": expression, "Target": target, **more})


OFFICE = {
    "Start": schedule("startInstances", "cron(0 8 ? * MON-FRI *)"),
    "Stop": schedule("stopInstances", "cron(30 18 ? * MON,TUE,WED,THU,FRI *)"),
    "Group": resource("AWS::Scheduler::ScheduleGroup"),
}


def test_a_machine_with_office_hours_costs_by_the_hour() -> None:
    before, after = app({**machine(), **OFFICE}), app(machine())
    assert bill(before) == [3.83, 0.96]
    gone = the_cost(told(before, after))
    assert "It costs $13.22 a month, $8.43 more than $4.79, at list prices" in gone.sentence
    assert [line.split(maxsplit=2)[2] for line in gone.values["lines"] if line[0] in "-+"] == [
        "App/Machine: machine t4g.small, 52.5 hours a week",
        "App/Machine: machine t4g.small",
    ]
    assert "calls of schedules" in the_cost(found(before)).sentence


@pytest.mark.parametrize(
    ("schedules", "usd"),
    [
        # A night, over the end of the week.
        (
            {
                "Start": schedule("startInstances", "cron(0 22 ? * FRI,SUN *)"),
                "Stop": schedule("stopInstances", "cron(0 6 ? * MON,SAT *)"),
            },
            1.17,
        ),
        ({"Stop": OFFICE["Stop"]}, 12.26),
        ({"Start": OFFICE["Start"]}, 12.26),
        ({**OFFICE, "Stop": schedule("stopInstances", "rate(1 day)")}, 12.26),
        ({**OFFICE, "Stop": schedule("stopInstances", "cron(0 19 ? * 2-6 *)")}, 12.26),
        ({**OFFICE, "Stop": schedule("stopInstances", "cron(0 19 ? * MON-FRI *)", State="DISABLED")}, 12.26),
        ({**OFFICE, "Hm": schedule("rebootInstances", "cron(0 19 ? * MON-FRI *)")}, 12.26),
        ({"Start": OFFICE["Start"], "Stop": schedule("stopInstances", "cron(0 20 ? * * *)")}, 4.38),
    ],
)
def test_hours_are_counted_only_where_they_are_known(schedules: Json, usd: float) -> None:
    assert bill(app({**machine(), **schedules}))[0] == usd


def test_a_machine_that_may_stop_by_itself_costs_so_much_at_most() -> None:
    user_data = {"Fn::Base64": {"Fn::Join": ["", ["#!/bin/bash\nIDLE_SECONDS=2700\nA=", {"Ref": "AWS::Region"}]]}}
    idle, always = app(machine(UserData=user_data)), app(machine())
    assert bill(idle) == bill(always)
    gone = the_cost(told(idle, always))
    assert gone.values["lines"][0] == "-    $12.26  App/Machine: machine t4g.small, at most: it stops by itself"
