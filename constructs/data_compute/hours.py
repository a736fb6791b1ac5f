"""Hours of a week in a time zone, in which a machine runs; free of the CDK, as settings and tools read them too."""

import difflib
import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
FORM = re.compile(r"(?P<start>\S+)-(?P<stop>\S+)\s+(?P<days>\S+)\s+(?P<timezone>\S+)")
EXAMPLE = "08:00-19:00 MON-FRI Europe/Berlin"
ONE_DAY = timedelta(days=1)
# Reads the system's whole table of zones.
known_zones = cache(zoneinfo.available_timezones)


@dataclass(frozen=True, kw_only=True)
class Hours:
    """From when to when, and on which days. Where it stops before it starts, that is on the day after."""

    start: str
    stop: str
    days: str
    timezone: str

    def __post_init__(self) -> None:
        for name, value in (("start", self.start), ("stop", self.stop)):
            if not TIME.fullmatch(value):
                raise ValueError(f"{name} is {value!r}: use a time from 00:00 to 23:59, such as 08:00")
        if self.start == self.stop:
            raise ValueError(f"start and stop are both {self.start}: a machine that always runs needs no hours")
        _numbers(self.days)
        _check_zone(self.timezone)

    @classmethod
    def read(cls, text: str) -> "Hours":
        """Read them as one text."""
        if not (found := FORM.fullmatch(text)):
            raise ValueError(f"use from when to when, the days and the time zone, such as {EXAMPLE}")
        return cls(**found.groupdict())

    def __str__(self) -> str:
        return f"{self.start}-{self.stop} {self.days} {self.timezone}"

    @property
    def start_days(self) -> list[str]:
        """The days on which a machine is started."""
        return [DAYS[number] for number in _numbers(self.days)]

    @property
    def stop_days(self) -> list[str]:
        """The days on which it is stopped."""
        return [DAYS[number] for number in sorted((number + self._over_midnight) % 7 for number in _numbers(self.days))]

    @property
    def a_week(self) -> float:
        """How many hours of a week they are."""
        start, stop = (int(text[:2]) + int(text[3:]) / 60 for text in (self.start, self.stop))
        return len(self.start_days) * ((stop - start) % 24)

    def include(self, at: datetime) -> bool:
        """Tell whether a moment is within them."""
        return any(start <= at < stop for start, stop in self._around(at))

    def next_start(self, at: datetime) -> datetime:
        """Give the next time at which a machine is started, in their time zone."""
        return self._here(min(start for start, _ in self._around(at) if start > at))

    def next_stop(self, at: datetime) -> datetime:
        """Give the next time at which it is stopped, in their time zone."""
        return self._here(min(stop for _, stop in self._around(at) if stop > at))

    @property
    def _over_midnight(self) -> bool:
        return self.stop < self.start

    def _around(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give each start with its stop, from the day before to a week after; in UTC, as clocks are set back."""
        today = self._here(at).date()
        for day in (today + number * ONE_DAY for number in range(-1, 9)):
            if day.weekday() in _numbers(self.days):
                yield self._moment(day, self.start), self._moment(day + self._over_midnight * ONE_DAY, self.stop)

    def _moment(self, day: date, text: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(text), zoneinfo.ZoneInfo(self.timezone)).astimezone(UTC)

    def _here(self, at: datetime) -> datetime:
        return at.astimezone(zoneinfo.ZoneInfo(self.timezone))


def _numbers(text: str) -> list[int]:
    """Read days such as ``MON-FRI``, ``MON,WED`` or ``SAT-MON``: Monday is 0."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        ends = [first, last or first]
        if not all(end in DAYS for end in ends) or part.endswith("-"):
            raise ValueError(f"days are {text!r}: use {', '.join(DAYS)}, such as MON-FRI or MON,WED")
        begin, end = map(DAYS.index, ends)
        found |= {(begin + number) % 7 for number in range((end - begin) % 7 + 1)}
    return sorted(found)


def _check_zone(name: str) -> None:
    known = known_zones()
    # Of the others some are a system's own, such as localtime.
    if name in known and ("/" in name or name == "UTC"):
        return
    if not known:
        raise ValueError(f"timezone is {name!r}, and this Python knows no time zone: pip install tzdata")
    # A city is often all that is known.
    by_city = {one.rpartition("/")[2].lower(): one for one in sorted(known) if "/" in one}
    word = name.rpartition("/")[2].lower().replace(" ", "_")
    near = [by_city[city] for city in difflib.get_close_matches(word, by_city, n=1, cutoff=0.7)]
    meant = f"did you mean {near[0]}?" if near else "use a name such as Europe/Berlin, or UTC"
    raise ValueError(f"timezone is {name!r}, which is no time zone: {meant}")
