"""Two schedules and their role: what they may do, to which machine, and when."""

from typing import Any, cast

import pytest
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2

from data_compute import OfficeHours, StreamlitServer
from tests.constructs.conftest import NewStack
from tests.constructs.servers import DefineServer
from tests.templates import Json, resources, synthesized


@pytest.fixture(scope="module")
def server(define: DefineServer) -> StreamlitServer:
    server = define()
    OfficeHours(
        Stack.of(server), "Hours", machine=server, start="08:00", stop="19:30", days="MON-FRI", timezone="Europe/Berlin"
    )
    return server


@pytest.fixture(scope="module")
def template(server: StreamlitServer) -> Json:
    return synthesized(Stack.of(server))


def schedule(template: Json, call: str) -> Json:
    (found,) = (
        one["Properties"]
        for one in resources(template, "AWS::Scheduler::Schedule").values()
        if one["Properties"]["Target"]["Arn"]["Fn::Join"][1][-1].endswith(f":ec2:{call}")
    )
    return cast(Json, found)


@pytest.mark.parametrize(("call", "time"), [("startInstances", "0 8"), ("stopInstances", "30 19")])
def test_each_schedule_calls_ec2_itself_about_the_one_machine(template: Json, call: str, time: str) -> None:
    (machine,) = resources(template, "AWS::EC2::Instance")
    (group,) = resources(template, "AWS::Scheduler::ScheduleGroup")
    (role,) = (name for name in resources(template, "AWS::IAM::Role") if name.startswith("Hours"))
    found = schedule(template, call)

    assert found["ScheduleExpression"] == f"cron({time} ? * MON,TUE,WED,THU,FRI *)"
    assert found["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert found["GroupName"] == {"Ref": group}
    assert found["Target"] == {
        "Arn": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":scheduler:::aws-sdk:ec2:{call}"]]},
        "Input": {"Fn::Join": ["", ['{"InstanceIds":["', {"Ref": machine}, '"]}']]},
        "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10},
        "RoleArn": {"Fn::GetAtt": [role, "Arn"]},
    }


def test_the_role_may_start_and_stop_that_machine_and_is_the_groups_alone(template: Json) -> None:
    (machine,) = resources(template, "AWS::EC2::Instance")
    (group,) = resources(template, "AWS::Scheduler::ScheduleGroup")
    (role,) = (one["Properties"] for name, one in resources(template, "AWS::IAM::Role").items() if name[:5] == "Hours")
    ((policy,), (trust,)) = role["Policies"], role["AssumeRolePolicyDocument"]["Statement"]
    ((power,), account) = policy["PolicyDocument"]["Statement"], {"Ref": "AWS::AccountId"}
    arn = ["arn:", {"Ref": "AWS::Partition"}, ":ec2:", {"Ref": "AWS::Region"}, ":", account, ":instance/"]

    assert power == {
        "Action": ["ec2:StartInstances", "ec2:StopInstances"],
        "Effect": "Allow",
        "Resource": {"Fn::Join": ["", [*arn, {"Ref": machine}]]},
    }
    assert trust == {
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": {"Fn::GetAtt": [group, "Arn"]}}},
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
    }
    # No policy of its own, which a schedule could come before.
    assert not any(name.startswith("Hours") for name in resources(template, "AWS::IAM::Policy"))


def test_a_night_is_stopped_on_the_day_after(new_stack: NewStack) -> None:
    stack = new_stack()
    machine = ec2.Instance(
        stack,
        "Machine",
        vpc=ec2.Vpc(stack, "Vpc"),
        instance_type=ec2.InstanceType("t4g.small"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
    )
    OfficeHours(stack, "Hours", machine=machine, start="22:00", stop="06:00", days="FRI,SUN", timezone="UTC")
    template = synthesized(stack)

    assert schedule(template, "startInstances")["ScheduleExpression"] == "cron(0 22 ? * FRI,SUN *)"
    assert schedule(template, "stopInstances")["ScheduleExpression"] == "cron(0 6 ? * MON,SAT *)"
    [name] = resources(template, "AWS::EC2::Instance")
    assert {"Ref": name} in schedule(template, "stopInstances")["Target"]["Input"]["Fn::Join"][1]


@pytest.mark.parametrize("machine", [None, "i-0123456789abcdef0", object()])
def test_what_is_no_machine_is_refused(new_stack: NewStack, machine: Any) -> None:
    with pytest.raises(ValueError, match=r"pass one machine, a StreamlitServer .* StreamlitFleet has its own scale_on"):
        OfficeHours(new_stack(), "Hours", machine=machine, start="08:00", stop="19:00", timezone="UTC")


def test_wrong_hours_are_refused(define: DefineServer) -> None:
    server = define()

    with pytest.raises(ValueError, match=r"timezone is 'Berlin', .*: did you mean Europe/Berlin\?"):
        OfficeHours(Stack.of(server), "Hours", machine=server, start="08:00", stop="19:00", timezone="Berlin")
