"""Scheduled actions of a group: cron expressions, time zones, one time only."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from local_aws.groups.schedule import check, fits, is_due


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "when", "expected"),
    [
        ("0 8 * * *", "2026-11-27 08:00", True),
        ("0 8 * * *", "2026-11-27 08:01", False),
        ("*/15 * * * *", "2026-11-27 08:45", True),
        ("*/15 * * * *", "2026-11-27 08:46", False),
        ("5/20 * * * *", "2026-11-27 08:45", True),
        ("0 8-18/2 * * MON-FRI", "2026-11-27 16:00", True),
        ("0 8-18/2 * * mon-fri", "2026-11-27 17:00", False),
        ("0 0 * * 7", "2026-11-29 00:00", True),
        ("0 0 * * 0", "2026-11-29 00:00", True),
        ("0 0 1,15 dec *", "2026-12-15 00:00", True),
        ("0 0 1,15 dec *", "2026-11-15 00:00", False),
        # A Friday that is no thirteenth, and a thirteenth that is no Friday.
        ("0 0 13 * fri", "2026-11-27 00:00", True),
        ("0 0 13 * fri", "2026-12-13 00:00", True),
        ("0 0 13 * fri", "2026-12-14 00:00", False),
    ],
)
def test_a_cron_expression(expression: str, when: str, expected: bool) -> None:
    assert fits(expression, at(when)) is expected


@pytest.mark.parametrize("expression", ["", "0 8 * *", "0 24 * * *", "0 8 * * someday", "60 8 * * *", "5-1 * * * *"])
def test_what_is_no_cron_expression(expression: str) -> None:
    with pytest.raises(ValueError, match="Recurrence"):
        fits(expression, at("2026-11-27 08:00"))


@pytest.mark.parametrize(
    ("action", "due"),
    [
        ({"Recurrence": "0 8 * * *"}, True),
        ({"Recurrence": "0 9 * * *"}, False),
        # Winter in Vienna, an hour before UTC.
        ({"Recurrence": "0 9 * * *", "TimeZone": "Europe/Vienna"}, True),
        ({"Recurrence": "0 8 * * *", "TimeZone": "Europe/Vienna"}, False),
        ({"Recurrence": "0 8 * * *", "StartTime": "2026-11-28T00:00:00Z"}, False),
        ({"Recurrence": "0 8 * * *", "EndTime": "2026-11-27T00:00:00Z"}, False),
        ({"StartTime": "2026-11-27T08:00:00Z"}, True),
        ({"StartTime": "2026-11-27T08:00:00"}, True),
        ({"StartTime": "2026-11-27T07:59:00Z"}, False),
        ({}, False),
    ],
)
def test_what_is_due_at_eight(action: dict[str, str], due: bool) -> None:
    assert is_due(action, at("2026-11-27 07:59:30"), at("2026-11-27 08:00:10")) is due


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ({"Recurrence": "0 24 * * *"}, "Recurrence has '24'"),
        ({"Recurrence": "0 8 * * *", "TimeZone": "Europe/Wien"}, "TimeZone is 'Europe/Wien'"),
        ({"StartTime": "tomorrow"}, "tomorrow"),
    ],
)
def test_what_would_never_be_due_is_refused(action: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check(action)


def test_it_is_due_once() -> None:
    looks = [at("2026-11-27 07:59:00") + timedelta(seconds=7 * number) for number in range(30)]
    assert sum(is_due({"Recurrence": "0 8 * * *"}, *span) for span in pairwise(looks)) == 1


def test_a_laptop_that_slept_does_what_it_missed_once() -> None:
    assert is_due({"Recurrence": "0 8 * * *"}, at("2026-11-01 00:00"), at("2026-11-27 20:00"))
