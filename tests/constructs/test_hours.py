"""Hours of a week: what they may be, when they begin and end, and what clocks do to them."""

from datetime import UTC, datetime

import pytest

from data_compute.hours import EXAMPLE, Hours

OFFICE = Hours.read(EXAMPLE)
NIGHTS = Hours.read("22:00-06:00 FRI,SUN Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_they_are_read_and_written() -> None:
    assert Hours(start="08:00", stop="19:00", days="MON-FRI", timezone="Europe/Berlin") == OFFICE
    assert str(OFFICE) == EXAMPLE


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("08:00-19:00 Europe/Berlin", "use from when to when, the days and the time zone, such as 08:00-19:00 MON-FRI"),
        ("8:00-19:00 MON-FRI Europe/Berlin", "start is '8:00': use a time from 00:00 to 23:59, such as 08:00"),
        ("08:00-24:00 MON-FRI Europe/Berlin", "stop is '24:00': use a time"),
        ("08:00-08:00 MON-FRI Europe/Berlin", "start and stop are both 08:00: a machine that always runs needs no"),
        ("08:00-19:00 MO-FR Europe/Berlin", "days are 'MO-FR': use MON, TUE, .*, such as MON-FRI or MON,WED"),
        ("08:00-19:00 MON- Europe/Berlin", "days are 'MON-'"),
        ("08:00-19:00 MON-FRI Berlin", "timezone is 'Berlin', which is no time zone: did you mean Europe/Berlin?"),
        ("08:00-19:00 MON-FRI Europe/Berln", "did you mean Europe/Berlin?"),
        ("08:00-19:00 MON-FRI localtime", "timezone is 'localtime', which is no time zone"),
        ("08:00-19:00 MON-FRI Xyzzy", "use a name such as Europe/Berlin, or UTC"),
    ],
)
def test_what_they_cannot_be_is_refused(text: str, refusal: str) -> None:
    with pytest.raises(ValueError, match=refusal.replace("?", r"\?")):
        Hours.read(text)


@pytest.mark.parametrize(
    ("days", "starts", "stops"),
    [
        ("MON-FRI", ["MON", "TUE", "WED", "THU", "FRI"], ["TUE", "WED", "THU", "FRI", "SAT"]),
        ("WED,MON", ["MON", "WED"], ["TUE", "THU"]),
        ("SAT-MON", ["MON", "SAT", "SUN"], ["MON", "TUE", "SUN"]),
        ("SUN", ["SUN"], ["MON"]),
    ],
)
def test_a_night_ends_on_the_day_after(days: str, starts: list[str], stops: list[str]) -> None:
    night = Hours(start="22:00", stop="06:00", days=days, timezone="UTC")
    day = Hours(start="06:00", stop="22:00", days=days, timezone="UTC")

    assert (night.start_days, night.stop_days) == (starts, stops)
    assert day.stop_days == day.start_days


@pytest.mark.parametrize(("hours", "count"), [(OFFICE, 55), (NIGHTS, 16), (Hours.read("08:30-18:00 MON,WED UTC"), 19)])
def test_they_are_counted(hours: Hours, count: float) -> None:
    assert hours.a_week == count


@pytest.mark.parametrize(
    ("hours", "moment", "within"),
    [
        # In winter Berlin is an hour before UTC, in summer two.
        (OFFICE, "2026-11-27T06:59", False),
        (OFFICE, "2026-11-27T07:00", True),
        (OFFICE, "2026-11-27T18:00", False),
        (OFFICE, "2026-07-24T06:00", True),
        (OFFICE, "2026-07-24T17:00", False),
        (OFFICE, "2026-11-28T12:00", False),
        (NIGHTS, "2026-11-27T21:00", True),
        (NIGHTS, "2026-11-28T04:59", True),
        (NIGHTS, "2026-11-28T05:00", False),
        (NIGHTS, "2026-11-30T01:00", True),
        (NIGHTS, "2026-11-28T22:00", False),
    ],
)
def test_whether_a_moment_is_within_them(hours: Hours, moment: str, *, within: bool) -> None:
    assert hours.include(at(moment)) is within


@pytest.mark.parametrize(
    ("moment", "start", "stop"),
    [
        ("2026-11-27T12:00", "2026-11-30T08:00:00+01:00", "2026-11-27T19:00:00+01:00"),
        ("2026-11-27T20:00", "2026-11-30T08:00:00+01:00", "2026-11-30T19:00:00+01:00"),
        # Over a weekend on which clocks change.
        ("2026-10-23T20:00", "2026-10-26T08:00:00+01:00", "2026-10-26T19:00:00+01:00"),
        ("2026-03-27T20:00", "2026-03-30T08:00:00+02:00", "2026-03-30T19:00:00+02:00"),
    ],
)
def test_what_comes_next(moment: str, start: str, stop: str) -> None:
    assert OFFICE.next_start(at(moment)).isoformat() == start
    assert OFFICE.next_stop(at(moment)).isoformat() == stop


def test_a_night_in_which_clocks_are_set_back_is_an_hour_longer() -> None:
    saturday = Hours.read("22:00-06:00 SAT Europe/Berlin")
    start, stop = saturday.next_start(at("2026-10-24T00:00")), saturday.next_stop(at("2026-10-24T00:00"))

    assert (stop.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600 == 9
    assert saturday.include(at("2026-10-25T04:59"))
    assert not saturday.include(at("2026-10-25T05:00"))
