"""A deploy that is rolled back leaves a fleet as large as it was, and says what a stopped one does not prove."""

from pathlib import Path
from typing import Any

import pytest

from stacks.copies import write_copy
from tests.ops.fake_aws import FakeAws, Ops
from tests.ops.fake_fleet import BOTH, FLEET, FakeFleet
from tests.ops.recorded import Recorded

TOLD = {"machines": "2-4"}
STOPPED = "the fleet is stopped: nothing proves this version; `python -m ops start` first\n"


@pytest.fixture(autouse=True)
def _deployed(monkeypatch: pytest.MonkeyPatch, aws: FakeAws, copies: Path) -> None:
    monkeypatch.setattr("ops.verbs.deploy.offer_removal", lambda *_, **__: None)
    monkeypatch.setattr("ops.verbs.deploy.say_why", lambda *_: None)
    write_copy(copies, "main", TOLD)
    aws.told(TOLD)


def ends(aws: FakeAws, status: str) -> None:
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {"Settings": '{"machines": "2-4"}'}, status)


def sets(aws: FakeAws, **numbers: Any) -> None:
    aws.expect("autoscaling", "update_auto_scaling_group", {}, AutoScalingGroupName=FLEET, **numbers)


def test_a_season_goes_on_after_a_rollback(aws: FakeAws, fleet: FakeFleet, ops: Ops, recorded: Recorded) -> None:
    fleet.deployment()
    fleet.group(*BOTH, smallest=4, wanted=5, largest=6)
    ends(aws, "UPDATE_ROLLBACK_COMPLETE")
    fleet.group(*BOTH, smallest=2, wanted=4, largest=4)
    sets(aws, MinSize=4, MaxSize=6, DesiredCapacity=5)
    result = ops("deploy", "--", *recorded.command(status=1))
    assert result.exit_code == 1
    numbers = "4 at least, 5 wanted, 6 at most"
    assert result.stderr == f"\nfleet {FLEET} is as before, {numbers}: the rollback had set 2 to 4 machines\n"


def test_a_stopped_fleet_stays_so_after_a_rollback(
    aws: FakeAws, fleet: FakeFleet, ops: Ops, recorded: Recorded
) -> None:
    fleet.deployment()
    fleet.group(smallest=0)
    ends(aws, "UPDATE_ROLLBACK_COMPLETE")
    fleet.group(smallest=2, wanted=2)
    suspended = ["AlarmNotification", "ScheduledActions"]
    aws.expect("autoscaling", "suspend_processes", {}, AutoScalingGroupName=FLEET, ScalingProcesses=suspended)
    sets(aws, MinSize=0, MaxSize=4, DesiredCapacity=0)
    result = ops("deploy", "--", *recorded.command(status=1))
    assert result.exit_code == 1
    assert result.stderr == f"{STOPPED}\nfleet {FLEET} is as before, stopped: the rollback had set 2 to 4 machines\n"


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_without_a_rollback_that_has_ended_nothing_is_set(
    aws: FakeAws, fleet: FakeFleet, ops: Ops, recorded: Recorded, status: str
) -> None:
    fleet.deployment()
    fleet.group(*BOTH, smallest=4)
    ends(aws, status)
    result = ops("deploy", "--", *recorded.command(status=1))
    assert (result.exit_code, result.output) == (1, "")


def test_what_the_rollback_has_left_alone_is_not_set(
    aws: FakeAws, fleet: FakeFleet, ops: Ops, recorded: Recorded
) -> None:
    fleet.deployment()
    fleet.group(*BOTH)
    ends(aws, "UPDATE_ROLLBACK_COMPLETE")
    fleet.group(*BOTH, wanted=3)
    result = ops("deploy", "--", *recorded.command(status=1))
    assert (result.exit_code, result.output) == (1, "")


def test_a_deploy_that_succeeds_asks_no_more(fleet: FakeFleet, ops: Ops, recorded: Recorded) -> None:
    fleet.deployment()
    fleet.group(smallest=0)
    result = ops("deploy", "--", *recorded.command())
    assert (result.exit_code, result.output) == (0, STOPPED)


def test_who_may_not_ask_deploys_all_the_same(aws: FakeAws, fleet: FakeFleet, ops: Ops, recorded: Recorded) -> None:
    fleet.deployment()
    aws.refuse("autoscaling", "describe_auto_scaling_groups", "AccessDenied")
    result = ops("deploy", "--", *recorded.command(status=1))
    assert result.exit_code == 1
    assert result.stderr.startswith("what a rollback changes of the fleet's size will not be set again: ")


def test_who_may_not_set_them_is_told_what_they_were(
    aws: FakeAws, fleet: FakeFleet, ops: Ops, recorded: Recorded
) -> None:
    fleet.deployment()
    fleet.group(*BOTH, smallest=4, wanted=5, largest=6)
    ends(aws, "UPDATE_ROLLBACK_COMPLETE")
    fleet.group(*BOTH, smallest=2, wanted=4, largest=4)
    aws.refuse("autoscaling", "update_auto_scaling_group", "AccessDenied")
    result = ops("deploy", "--", *recorded.command(status=1))
    assert result.exit_code == 1
    assert f"fleet {FLEET} was 4 at least, 5 wanted, 6 at most before; what the rollback made" in result.stderr
