"""What doctor finds of a fleet: machines that are not well, and what the group has tried in vain."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.checks import Check
from ops.checks.fleet import check_fleet
from ops.checks.quotas import check_quotas
from ops.checks.reachability import check_way
from ops.cloud.deployment import read_deployment
from ops.cloud.fleet import find_fleet
from ops.cloud.here import Here
from tests.ops.checks.test_quotas import found, machines, quota
from tests.ops.fake_aws import FakeAws
from tests.ops.fake_fleet import BOTH, FIRST, FLEET, SECOND, FakeFleet
from tests.ops.fake_page import answering

NO_SPOT = "Could not launch Spot Instances. There is no Spot capacity available that matches your request."
ON_SPOT = {
    "InstanceType": "t4g.small",
    "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1},
    "InstanceLifecycle": "spot",
}


def activities(aws: FakeAws, *described: tuple[str, str, int]) -> None:
    """Say what the group has done: how that ended, why, and how many minutes ago."""
    listed: list[dict[str, Any]] = [
        {
            "ActivityId": "1",
            "AutoScalingGroupName": FLEET,
            "Cause": "it wants more",
            "StartTime": datetime.now(UTC) - timedelta(minutes=minutes),
            "StatusCode": code,
            "StatusMessage": message,
            "Description": "Launching a new EC2 instance",
        }
        for code, message, minutes in described
    ]
    asked = {"AutoScalingGroupName": FLEET, "MaxRecords": 20}
    aws.expect("autoscaling", "describe_scaling_activities", {"Activities": listed}, **asked)


def checks(here: Here) -> list[Check]:
    return list(check_fleet(here, find_fleet(here, FLEET)))


def test_all_are_well(aws: FakeAws, fleet: FakeFleet, here: Here) -> None:
    fleet.group(*BOTH)
    fleet.well(*BOTH)
    activities(aws, ("Successful", "done", 5), ("Failed", NO_SPOT, 61))
    assert found(checks(here)) == [(True, "2 of 2 wanted, 2 at least, 4 at most"), (True, "healthy"), (True, "healthy")]


def test_a_machine_that_is_not_well_says_why(aws: FakeAws, fleet: FakeFleet, here: Here) -> None:
    fleet.group(*BOTH, wanted=3)
    why = {"State": "unhealthy", "Description": "Health checks failed with these codes: [502]"}
    fleet.health({FIRST: why, SECOND: "initial"})
    activities(aws, ("InProgress", "begun", 1))
    group, first, second = checks(here)
    assert (group.ok, group.words) == (False, "2 of 3 wanted, 2 at least, 4 at most")
    assert first.ok is False
    assert first.words == "unhealthy (Health checks failed with these codes: [502])"
    assert f"`python -m ops logs app --machine {FIRST}`" in first.next_step
    assert (second.ok, second.next_step) == (None, "")


@pytest.mark.parametrize(("wanted", "ok"), [(2, None), (3, False)])
def test_spot_machines_that_were_not_to_be_had(
    aws: FakeAws, fleet: FakeFleet, here: Here, wanted: int, ok: bool | None
) -> None:
    fleet.group(*BOTH, wanted=wanted)
    fleet.well(*BOTH)
    activities(aws, ("Successful", "done", 1), ("Failed", NO_SPOT, 10))
    scaling = checks(here)[-1]
    assert (scaling.name, scaling.ok, scaling.words) == ("Scaling", ok, NO_SPOT)
    assert "`make deploy SPOT=` takes them on demand" in scaling.next_step


def test_the_way_leads_past_the_balancer(aws: FakeAws, fleet: FakeFleet, here: Here) -> None:
    with answering(200) as page, answering(200, body="2.0") as api:
        fleet.deployment(page=page.url, api=api.url)
        deployment = read_deployment(here)
        fleet.group(*BOTH)
        fleet.well(*BOTH)
        activities(aws)
        fleet.group(*BOTH)
        fleet.balancer()
        fleet.page_doors("0.0.0.0/0", port=int(page.url.rpartition(":")[2]))
        way = {check.name: check.ok for check in check_way(here, deployment)}
    assert list(way)[3:] == ["Fleet", f"Machine {FIRST}", f"Machine {SECOND}", "Name", "Security group", "Port", "Page"]
    assert all(way.values())


def test_a_stopped_fleet_ends_the_way(aws: FakeAws, fleet: FakeFleet, here: Here) -> None:
    fleet.deployment(api="http://127.0.0.1:1")
    deployment = read_deployment(here)
    fleet.group(smallest=0)
    fleet.well()
    activities(aws)
    last = list(check_way(here, deployment))[-1]
    assert (last.name, last.ok, last.next_step) == ("Fleet", False, "`python -m ops start`")


def test_a_fleet_needs_room_for_all_that_it_may_have(aws: FakeAws, here: Here) -> None:
    machines(aws)
    quota(aws, "ec2", "L-1216C47A", 8)
    assert found(list(check_quotas(here, {"machines": "2-5", "vpc": "x"}, deployed=False))) == [
        (False, "0 of 8 vCPUs of standard machines in use, and a deploy needs 10 more")
    ]
    machines(aws, "t4g.small", "t4g.small")
    quota(aws, "ec2", "L-1216C47A", 10)
    assert found(list(check_quotas(here, {"machines": "2-5"}, deployed=True))) == [
        (True, "4 of 10 vCPUs of standard machines in use")
    ]


def test_spot_machines_count_for_a_limit_of_their_own(aws: FakeAws, here: Here) -> None:
    told = {"machines": "2-4", "spot": "true", "vpc": "x"}
    on = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    machines(aws)
    quota(aws, "ec2", "L-1216C47A", 2)
    aws.expect("ec2", "describe_instances", {"Reservations": [{"Instances": [ON_SPOT]}]}, Filters=on)
    quota(aws, "ec2", "L-34B43A08", 7)
    assert found(list(check_quotas(here, told, deployed=False))) == [
        (True, "0 of 2 vCPUs of standard machines in use"),
        (False, "2 of 7 vCPUs of standard machines on Spot in use, and a deploy needs 6 more"),
    ]


def test_a_fleet_in_a_lab_counts_all_its_machines(aws: FakeAws, here: Here) -> None:
    machines(aws, "t3.small", "t3.small", "t3.small", "t3.small")
    machines(aws)
    quota(aws, "ec2", "L-1216C47A", 32)
    told = {"machines": "2-6", "account": "lab", "vpc": "x"}
    first, _ = check_quotas(here, told, deployed=False)
    assert (first.ok, "and a deploy needs 6 more" in first.words) == (False, True)
