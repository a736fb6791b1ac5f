"""A deploy outside the hours leaves the machine as it found it, and says so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from data_compute.hours import EXAMPLE, Hours
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.machine import find_machine
from ops.cloud.office_hours import Found, after_deploy, leave_as_found, look, why_stopped
from tests.ops.fake_aws import INSTANCE, FakeAws

OFFICE = Hours.read(EXAMPLE)
FRIDAY_NOON, FRIDAY_NIGHT, LATER = (datetime(2026, 11, 27, hour, tzinfo=UTC) for hour in (12, 20, 21))
MONDAY = "it starts Monday 08:00 (Europe/Berlin); `python -m ops start` boots it now"
RUNS_ON = (
    "the machine runs outside its office hours, until Monday 19:00 (Europe/Berlin): `python -m ops stop` stops it now"
)


@pytest.mark.parametrize(
    ("state", "began", "ended", "stops", "words"),
    [
        ("stopped", FRIDAY_NIGHT, LATER, True, f"outside its office hours the machine was stopped, and is .*{MONDAY}"),
        ("stopping", FRIDAY_NIGHT, LATER, True, f".* is stopped again: {MONDAY}"),
        # Its own stop was the old machine's.
        ("running", FRIDAY_NOON, LATER, True, f"its office hours ended during the deploy, .* is stopped: {MONDAY}"),
        # Somebody has started it.
        ("running", FRIDAY_NIGHT, LATER, False, RUNS_ON),
        # There was none.
        (None, FRIDAY_NIGHT, LATER, False, RUNS_ON),
        (None, FRIDAY_NOON, LATER, False, RUNS_ON),
        ("stopped", FRIDAY_NOON, FRIDAY_NOON, False, ""),
    ],
)
def test_what_becomes_of_a_machine_that_runs(
    state: str | None, began: datetime, ended: datetime, words: str, *, stops: bool
) -> None:
    stop, said = after_deploy(OFFICE, Found(state, began), ended, "main")

    assert stop is stops
    assert [part for part in words.split(".*") if part not in said] == []


@pytest.fixture
def never() -> str:
    """Give hours that are not now."""
    later = datetime.now(UTC) + timedelta(hours=12)
    return f"{later:%H}:00-{later:%H}:01 MON-SUN UTC"


def test_what_was_stopped_is_stopped_again(
    aws: FakeAws, here: Here, never: str, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.deployment(office_hours=never)
    aws.machine("stopped")
    found = look(here)
    aws.deployment(office_hours=never)
    aws.machine()
    aws.expect("ec2", "stop_instances", {"StoppingInstances": []}, InstanceIds=[INSTANCE])
    leave_as_found(here, found)

    assert capsys.readouterr().err.startswith("outside its office hours the machine was stopped, and is stopped again")


def test_what_the_deploy_has_left_alone_stays(
    aws: FakeAws, here: Here, never: str, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.deployment(office_hours=never)
    aws.machine("stopped")
    leave_as_found(here, Found("stopped", FRIDAY_NIGHT))

    assert capsys.readouterr().err == ""


def gone(aws: FakeAws) -> None:
    aws.deployment()
    aws.refuse("ec2", "describe_instances", "InvalidInstanceID.NotFound")


def refused(aws: FakeAws) -> None:
    aws.deployment()
    aws.refuse("ec2", "describe_instances", "UnauthorizedOperation")


@pytest.mark.parametrize("so", [gone, refused, FakeAws.nothing_deployed])
def test_a_machine_that_cannot_be_seen_is_no_reason_against_a_deploy(
    aws: FakeAws, here: Here, so: Callable[[FakeAws], None]
) -> None:
    so(aws)

    assert look(here).state is None


def test_a_good_deploy_stays_one_whatever_comes_after(
    aws: FakeAws, here: Here, never: str, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.deployment(office_hours=never)
    aws.machine()
    aws.refuse("ec2", "stop_instances", "UnauthorizedOperation")
    leave_as_found(here, Found("stopped", FRIDAY_NIGHT))

    assert "the machine was not stopped again, if it was before: " in capsys.readouterr().err


BY_ITSELF = "by itself, as nobody had the page open"
NEXT = "next start Monday 08:00 (Europe/Berlin)"


@pytest.mark.parametrize(
    ("told", "by_itself", "now", "words"),
    [
        ({"office_hours": EXAMPLE}, False, FRIDAY_NIGHT, f"outside its office hours; {NEXT}"),
        # By a person.
        ({"office_hours": EXAMPLE}, False, FRIDAY_NOON, NEXT),
        ({"idle_stop": "45m"}, True, FRIDAY_NOON, BY_ITSELF),
        ({"idle_stop": "45m", "office_hours": EXAMPLE}, True, FRIDAY_NOON, f"{BY_ITSELF}; {NEXT}"),
        ({"idle_stop": "45m"}, False, FRIDAY_NOON, ""),
        ({}, True, FRIDAY_NOON, ""),
    ],
)
def test_why_a_machine_is_stopped(
    aws: FakeAws, here: Here, told: dict[str, str], now: datetime, words: str, *, by_itself: bool
) -> None:
    aws.deployment(**told)
    aws.machine("stopped", **({"StateReason": {"Code": "Client.InstanceInitiatedShutdown"}} if by_itself else {}))
    deployment = read_deployment(here)

    assert why_stopped(deployment, find_machine(here, INSTANCE), now) == words
