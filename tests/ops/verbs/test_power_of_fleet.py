"""stop and start of a fleet: to no machine, and back to what it was."""

import json
from typing import Any

import pytest

from ops.cloud import fleet_power, waiting
from ops.cloud.clients import Aws
from tests.ops.fake_aws import FakeAws, Ops
from tests.ops.fake_fleet import BOTH, FIRST, FLEET, FakeFleet
from tests.ops.fake_page import answering

TAG = {
    "ResourceId": FLEET,
    "ResourceType": "auto-scaling-group",
    "Key": "data-compute:before-stop",
    "PropagateAtLaunch": False,
}
PROCESSES = {"AutoScalingGroupName": FLEET, "ScalingProcesses": ["AlarmNotification", "ScheduledActions"]}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 0.01)


def tagged(text: str) -> dict[str, Any]:
    return {"Tags": [{"Key": TAG["Key"], "Value": text}]}


def stops(aws: FakeAws, was: str) -> None:
    aws.expect("autoscaling", "create_or_update_tags", {}, Tags=[{**TAG, "Value": was}])
    aws.expect("autoscaling", "suspend_processes", {}, **PROCESSES)
    to_none = {"AutoScalingGroupName": FLEET, "MinSize": 0, "DesiredCapacity": 0}
    aws.expect("autoscaling", "update_auto_scaling_group", {}, **to_none)


def starts(aws: FakeAws, smallest: int, wanted: int) -> None:
    back = {"AutoScalingGroupName": FLEET, "MinSize": smallest, "DesiredCapacity": wanted}
    aws.expect("autoscaling", "update_auto_scaling_group", {}, **back)
    aws.expect("autoscaling", "resume_processes", {}, **PROCESSES)
    aws.expect("autoscaling", "delete_tags", {}, Tags=[TAG])


def test_stop_remembers_what_it_was_and_waits_for_the_last_machine(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(*BOTH, wanted=3)
    stops(aws, "2/3/2")
    fleet.group(FIRST, smallest=0, wanted=0)
    fleet.group(smallest=0)
    result = ops("stop")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"fleet {FLEET} has stopped; its balancer still costs (`python -m ops cost`)\n"


def test_a_second_stop_forgets_nothing(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(smallest=0, **tagged("2/3/2"))
    result = ops("stop", "--no-wait", "--json")
    none = {"smallest": 0, "wanted": 0}
    assert json.loads(result.stdout) | {"page": ""} == {"fleet": FLEET, "was": none, "becomes": none, "page": ""}
    assert result.stderr == f"fleet {FLEET}: is stopped already\n"


def test_start_brings_back_what_it_was(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    with answering(503, 200) as page:
        port = int(page.url.rpartition(":")[2])
        fleet.deployment(page=page.url)
        fleet.group(smallest=0, **tagged("3/4/2"))
        starts(aws, 3, 4)
        fleet.well(FIRST)
        fleet.well("i-1", "i-2", "i-3", "i-4")
        fleet.group("i-1", "i-2", "i-3", "i-4")
        fleet.balancer()
        fleet.page_doors("0.0.0.0/0", port=port)
        result = ops("start")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"fleet {FLEET} has 4 healthy machines and its page answers: {page.url}\n"
    assert f"fleet {FLEET}: 1 of 4 machines are healthy" in result.stderr


@pytest.mark.parametrize(("was", "smallest", "wanted"), [(None, 2, 2), ("5/9/2", 4, 4), ("2/3/2", 2, 3)])
def test_what_it_was_may_be_unknown_or_too_many_by_now(
    aws: FakeAws, fleet: FakeFleet, ops: Ops, was: str | None, smallest: int, wanted: int
) -> None:
    fleet.deployment()
    fleet.group(smallest=0, **(tagged(was) if was else {}))
    starts(aws, smallest, wanted)
    assert ops("start", "--no-wait").stdout == f"fleet {FLEET} starting\n"


def test_a_size_that_was_told_since_counts_where_it_is_the_larger(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    for was, smallest, wanted in (("2/2/2", 3, 3), ("4/5/2", 4, 5), ("2/2/3", 2, 2)):
        fleet.deployment(machines="3-6")
        fleet.group(smallest=0, largest=6, **tagged(was))
        starts(aws, smallest, wanted)
        assert ops("start", "--no-wait").exit_code == 0


def test_a_start_that_broke_off_is_begun_anew(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(*BOTH, **tagged("2/3/2"))
    starts(aws, 2, 3)
    assert ops("start", "--no-wait").exit_code == 0


def test_starting_what_runs_changes_nothing(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment(page="http://203.0.113.9:8501")
    fleet.group(*BOTH)
    fleet.well(*BOTH)
    fleet.group(*BOTH)
    fleet.balancer()
    fleet.page_doors()
    result = ops("start")
    assert result.stdout == (
        f"fleet {FLEET} has 2 healthy machines; its page was not asked: port 8501 is open to nobody\n"
    )
    assert result.stderr.startswith(f"fleet {FLEET}: runs already\n")


def test_start_gives_up_in_words(aws: FakeAws, fleet: FakeFleet, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_power, "LIMIT_SECONDS", 0.0)
    fleet.deployment()
    fleet.group(smallest=0)
    starts(aws, 2, 2)
    fleet.well(FIRST)
    result = ops("start")
    assert result.exit_code == 1
    assert "has fewer healthy machines than 2 after 0 s: `python -m ops doctor` says why" in result.stderr


def test_a_rehearsal_says_what_it_would_be(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(*BOTH)
    result = ops("stop", "--dry-run")
    now = "2 of 2 wanted, 2 at least, 4 at most"
    assert result.stdout == f"fleet {FLEET}: {now}: would want 0 machines, 0 at least\n"


@pytest.mark.parametrize(("embedded", "target"), [(False, "deploy"), (True, "up")])
def test_a_fleet_is_not_rebooted(
    fleet: FakeFleet, ops: Ops, monkeypatch: pytest.MonkeyPatch, embedded: bool, target: str
) -> None:
    monkeypatch.setattr(Aws, "embedded", embedded)
    fleet.deployment()
    result = ops("reboot")
    assert result.exit_code == 1
    assert "takes a machine that reboots for a broken one" in result.stderr
    assert f"make {target} GENERATION=…" in result.stderr.replace("'", "")


def test_a_group_that_is_gone(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    aws.expect("autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroups": []})
    assert f"fleet {FLEET}, which the stack names, does not exist any more" in ops("stop").stderr
