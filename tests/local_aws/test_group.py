"""Auto Scaling groups by raw templates, without an app: the test boots the machines and signals for them."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from local_aws.cloud import Cloud
from tests.local_aws.checkout import wait_until
from tests.local_aws.drawn_fleet import OUTPUTS, PORT, fleet
from tests.local_aws.drawn_machine import ref
from tests.local_aws.raw_stacks import delete, reasons, tags, wait

pytestmark = pytest.mark.system

STACK = "fleet"


def template(drawn: dict[str, Any]) -> str:
    return json.dumps(
        {
            "Parameters": {"Word": {"Type": "String", "Default": "first"}},
            "Resources": drawn,
            "Outputs": {key: {"Value": value} for key, value in OUTPUTS.items()},
        }
    )


def running(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """Describe the fleet's machines that EC2 runs, by id."""
    asked = [
        {"Name": "instance-state-name", "Values": ["running"]},
        {"Name": "tag-key", "Values": ["aws:autoscaling:groupName"]},
    ]
    found = cloud.client("ec2").describe_instances(Filters=asked)["Reservations"]
    return {one["InstanceId"]: one for reservation in found for one in reservation["Instances"]}


def group(cloud: Cloud) -> dict[str, Any]:
    [found] = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert isinstance(found, dict)
    return found


@contextmanager
def signalling(cloud: Cloud, *statuses: str) -> Iterator[None]:
    """Signal for each new machine, in the order in which they come: the last word stands for all others."""
    done, told = threading.Event(), set(running(cloud))

    def signal() -> None:
        words = list(statuses)
        while not done.wait(0.05):
            for instance_id in running(cloud).keys() - told:
                asked = {"StackName": STACK, "LogicalResourceId": "Fleet", "UniqueId": instance_id}
                try:
                    cloud.client("cloudformation").signal_resource(**asked, Status=words[0])
                except ClientError:
                    continue
                told.add(instance_id)
                if len(words) > 1:
                    words.pop(0)

    thread = threading.Thread(target=signal)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def update(cloud: Cloud, drawn: dict[str, Any], word: str, ends: str = "update") -> None:
    cloud.client("cloudformation").update_stack(
        StackName=STACK,
        TemplateBody=template(drawn),
        Parameters=[{"ParameterKey": "Word", "ParameterValue": word}],
        Capabilities=["CAPABILITY_IAM"],
    )
    wait(cloud, STACK, f"stack_{ends}_complete")


@pytest.fixture
def deployed(cloud: Cloud) -> Iterator[dict[str, str]]:
    with signalling(cloud, "SUCCESS"):
        cloud.client("cloudformation").create_stack(
            StackName=STACK, TemplateBody=template(fleet()), Capabilities=["CAPABILITY_IAM"]
        )
        outputs = wait(cloud, STACK, "stack_create_complete")
    yield outputs
    delete(cloud, STACK)
    assert running(cloud) == {}


def versions(cloud: Cloud) -> list[str]:
    return sorted(tags(one)["aws:ec2launchtemplate:version"] for one in running(cloud).values())


def test_it_is_two_machines_in_two_zones_behind_a_balancer(cloud: Cloud, deployed: dict[str, str]) -> None:
    machines = running(cloud)
    assert {one["Placement"]["AvailabilityZone"] for one in machines.values()} == {"us-east-1a", "us-east-1b"}
    assert {tags(one)["Name"] for one in machines.values()} == {"fleet"}
    assert {tags(one)["aws:cloudformation:stack-name"] for one in machines.values()} == {STACK}
    told = group(cloud)
    assert {one["InstanceId"] for one in told["Instances"]} == machines.keys()
    assert told["TargetGroupARNs"] == [deployed["Targets"]]
    health = cloud.client("elbv2").describe_target_health(TargetGroupArn=deployed["Targets"])
    assert {one["Target"]["Id"] for one in health["TargetHealthDescriptions"]} == machines.keys()
    # Nobody listens on machines that boot elsewhere.
    with pytest.raises(urllib.error.HTTPError, match="502"):
        urllib.request.urlopen(f"http://{deployed['Host']}:{PORT}/")


@pytest.mark.usefixtures("deployed")
def test_a_new_version_comes_machine_by_machine(cloud: Cloud) -> None:
    before = running(cloud).keys()
    with signalling(cloud, "SUCCESS"):
        update(cloud, fleet(), "second")
    assert versions(cloud) == ["2", "2"]
    assert not before & running(cloud).keys()
    told = group(cloud)
    assert (told["MinSize"], told["DesiredCapacity"], told["SuspendedProcesses"]) == (2, 2, [])


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("statuses", [("FAILURE",), ("SUCCESS", "FAILURE", "SUCCESS")])
def test_a_version_that_fails_rolls_back(cloud: Cloud, statuses: tuple[str, ...]) -> None:
    before = running(cloud).keys()
    with signalling(cloud, *statuses):
        update(cloud, fleet(), "broken", ends="rollback")
        wait_until(lambda: len(running(cloud)) == 2, 5)
    assert "received failed message" in reasons(cloud, STACK)
    assert len(before & running(cloud).keys()) == 3 - len(statuses[:2])
    # What a rollback launches is of the version that the group had.
    assert versions(cloud) == ["1", "1"]
    after = running(cloud).keys()
    drawn = fleet()
    drawn["Doors"]["Properties"]["GroupDescription"] = "doors"
    drawn["Fleet"]["Properties"]["HealthCheckGracePeriod"] = 200
    update(cloud, drawn, "first")
    assert running(cloud).keys() == after


@pytest.mark.usefixtures("deployed")
def test_a_version_that_never_signals_rolls_back(cloud: Cloud) -> None:
    before = running(cloud).keys()
    update(cloud, fleet(pause="PT1S"), "silent", ends="rollback")
    wait_until(lambda: running(cloud).keys() == before, 5)
    assert "timed out" in reasons(cloud, STACK)


def test_a_group_that_does_not_come_up_leaves_nothing(cloud: Cloud) -> None:
    with signalling(cloud, "FAILURE"):
        cloud.client("cloudformation").create_stack(
            StackName=STACK, TemplateBody=template(fleet()), Capabilities=["CAPABILITY_IAM"]
        )
        with pytest.raises(WaiterError):
            wait(cloud, STACK, "stack_create_complete")
    assert running(cloud) == {}
    assert cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"] == []
    delete(cloud, STACK)


@pytest.mark.usefixtures("deployed")
def test_a_person_resizes_pauses_and_ends_one(cloud: Cloud) -> None:
    scaling, name = cloud.client("autoscaling"), group(cloud)["AutoScalingGroupName"]
    scaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=3)
    wait_until(lambda: len(running(cloud)) == 3, 5)
    with pytest.raises(ClientError, match="Desired capacity:4 must be below or equal to max size:3"):
        scaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=4)

    scaling.suspend_processes(AutoScalingGroupName=name, ScalingProcesses=["Launch"])
    assert [one["ProcessName"] for one in group(cloud)["SuspendedProcesses"]] == ["Launch"]
    [first, *_] = running(cloud)
    cloud.client("ec2").terminate_instances(InstanceIds=[first])
    wait_until(lambda: len(group(cloud)["Instances"]) == 2, 5)
    scaling.resume_processes(AutoScalingGroupName=name)
    wait_until(lambda: len(running(cloud)) == 3, 5)

    [second, *_] = running(cloud)
    ended = {"InstanceId": second, "ShouldDecrementDesiredCapacity": True}
    scaling.terminate_instance_in_auto_scaling_group(**ended)
    wait_until(lambda: len(running(cloud)) == 2 and second not in running(cloud), 5)
    with pytest.raises(ClientError, match="desiredSize equals minSize"):
        scaling.terminate_instance_in_auto_scaling_group(**ended | {"InstanceId": next(iter(running(cloud)))})

    scaling.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=0, DesiredCapacity=0)
    wait_until(lambda: running(cloud) == {}, 5)
    scaling.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=2)
    wait_until(lambda: len(running(cloud)) == 2, 5)


@pytest.mark.usefixtures("deployed")
def test_a_schedule_fires_once(cloud: Cloud) -> None:
    scaling, name = cloud.client("autoscaling"), group(cloud)["AutoScalingGroupName"]
    scaling.put_scheduled_update_group_action(
        AutoScalingGroupName=name,
        ScheduledActionName="holidays",
        StartTime=datetime.now(UTC) + timedelta(seconds=1),
        MinSize=3,
    )
    wait_until(lambda: len(running(cloud)) == 3, 5)
    assert scaling.describe_scheduled_actions(AutoScalingGroupName=name)["ScheduledUpdateGroupActions"] == []
    with pytest.raises(ClientError, match="TimeZone is 'Europe/Wien'"):
        scaling.put_scheduled_update_group_action(
            AutoScalingGroupName=name, ScheduledActionName="off", Recurrence="0 8 * * *", TimeZone="Europe/Wien"
        )
    # A deploy that says the same sizes as before leaves the schedule's.
    drawn = fleet(HealthCheckGracePeriod=100)
    update(cloud, drawn, "first")
    assert group(cloud)["MinSize"] == 3


@pytest.mark.usefixtures("deployed")
def test_one_on_demand_the_rest_on_spot(cloud: Cloud) -> None:
    version = {"LaunchTemplateId": ref("Template"), "Version": {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}}
    mixed = {
        "InstancesDistribution": {"OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 0},
        "LaunchTemplate": {
            "LaunchTemplateSpecification": version,
            "Overrides": [{"InstanceType": "t4g.medium"}, {"InstanceType": "m7g.medium"}],
        },
    }
    drawn = fleet(MixedInstancesPolicy=mixed)
    del drawn["Fleet"]["Properties"]["LaunchTemplate"]
    with signalling(cloud, "SUCCESS"):
        update(cloud, drawn, "first")
    found = running(cloud).values()
    assert sorted(one.get("InstanceLifecycle", "on demand") for one in found) == ["on demand", "spot"]
    assert {one["InstanceType"] for one in found} == {"t4g.medium"}
