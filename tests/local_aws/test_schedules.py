"""Schedules, by the clock of their zone: what clocks leave out and repeat, who may call, and what is called."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from ministack.services import iam

from data_compute.hours import Hours
from local_aws.ministack import rights
from local_aws.ministack.schedules import next_time

BERLIN = "Europe/Berlin"
OFFICE = "cron(0 8 ? * MON,TUE,WED,THU,FRI *)"
NIGHTLY = "cron(30 2 ? * * *)"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "after", "following"),
    [
        (OFFICE, BERLIN, "2026-11-27T06:59:50", "2026-11-27T07:00"),
        (OFFICE, BERLIN, "2026-11-27T07:00", "2026-11-30T07:00"),
        (OFFICE, BERLIN, "2026-07-24T05:00", "2026-07-24T06:00"),
        ("at(2026-11-27T08:00:00)", BERLIN, "2026-11-27T06:59:50", "2026-11-27T07:00"),
        (OFFICE, "UTC", "2026-11-27T07:00", "2026-11-27T08:00"),
        (OFFICE, "America/New_York", "2026-11-27T12:00", "2026-11-27T13:00"),
        # Clocks are set forward at 02:00, and there is no 02:30.
        (NIGHTLY, BERLIN, "2026-03-28T12:00", "2026-03-30T00:30"),
        # They are set back at 03:00, and there are two.
        (NIGHTLY, BERLIN, "2026-10-24T12:00", "2026-10-25T00:30"),
        (NIGHTLY, BERLIN, "2026-10-25T00:30:01", "2026-10-26T01:30"),
        (NIGHTLY, BERLIN, "2026-10-25T01:10", "2026-10-26T01:30"),
    ],
)
def test_the_next_time_of_a_schedule(expression: str, zone: str, after: str, following: str) -> None:
    assert next_time(expression, zone, utc(after)) == utc(following)


@pytest.mark.parametrize("expression", ["rate(1 minute)", "at(2026-11-26T08:00:00)", "cron(0 8 * * MON *)"])
def test_what_is_no_time_of_a_clock_has_none(expression: str) -> None:
    assert next_time(expression, BERLIN, utc("2026-11-27T00:00")) is None


def test_it_calls_when_office_hours_say_so() -> None:
    """Over a year, with both changes of the clock: what the library writes and what it reckons with are the same."""
    hours, at = Hours.read(f"22:00-06:00 FRI,SUN {BERLIN}"), utc("2026-01-01T00:00")
    for _ in range(105):
        following = next_time("cron(0 22 ? * FRI,SUN *)", BERLIN, at)
        assert following == hours.next_start(at)
        stop = next_time("cron(0 6 ? * MON,SAT *)", BERLIN, following)
        assert stop == hours.next_stop(following)
        assert hours.include(stop - timedelta(minutes=1))
        at = stop


GROUP = "arn:aws:scheduler:us-east-1:000000000000:schedule-group/hours"
OURS = {"aws:sourceaccount": "000000000000", "aws:sourcearn": GROUP}


@pytest.mark.parametrize(
    ("service", "asked", "trusted"),
    [
        ("scheduler", OURS, True),
        ("scheduler", OURS | {"aws:sourcearn": GROUP.replace("hours", "default")}, False),
        ("scheduler", OURS | {"aws:sourceaccount": "111111111111"}, False),
        ("scheduler", {}, False),
        ("lambda", OURS, False),
    ],
)
def test_a_role_trusts_the_schedules_of_its_group_alone(
    monkeypatch: pytest.MonkeyPatch, service: str, asked: dict[str, str], *, trusted: bool
) -> None:
    ours = {"aws:SourceAccount": "000000000000", "aws:SourceArn": GROUP}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": ours},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    monkeypatch.setitem(iam._roles, "Power", {"AssumeRolePolicyDocument": document, "RoleId": "AROA1"})

    assert rights.trusts("000000000000", "Power", f"{service}.amazonaws.com", asked) is trusted
