"""When a scheduled action is due.

As the Auto Scaling guide has it, "Scheduled scaling": at its start, or by a Unix cron expression, in UTC unless a time
zone is named. A minute that a time zone leaves out in spring does not come, and one that comes twice in autumn does.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
NAMES = dict(zip(MONTHS, range(1, 13), strict=True)) | dict(zip(WEEKDAYS, range(7), strict=True))
# Minute, hour, day, month, weekday, whose 7 is another Sunday.
SPANS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
MINUTE = timedelta(minutes=1)
PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?")
# Of a laptop that slept longer, nobody wants all that it missed.
LONGEST = timedelta(days=1)


def check(action: Mapping[str, Any]) -> None:
    """Refuse, as Auto Scaling does, what nobody could tell of whether it is due."""
    name = action.get("TimeZone") or "UTC"
    if name not in available_timezones():
        raise ValueError(f"TimeZone is {name!r}: use a name such as Europe/Berlin")
    for moment in ("StartTime", "EndTime"):
        _moment(action.get(moment))
    if action.get("Recurrence"):
        fits(action["Recurrence"], datetime.now(UTC))


def is_due(action: Mapping[str, str], after: datetime, until: datetime) -> bool:
    """Tell whether an action falls into a span of time, whose beginning belongs to the span before."""
    begins = _moment(action.get("StartTime"))
    if not action.get("Recurrence"):
        return begins is not None and after < begins <= until
    zone = ZoneInfo(action.get("TimeZone") or "UTC")
    ends = _moment(action.get("EndTime"))
    minute = max(after, until - LONGEST).replace(second=0, microsecond=0) + MINUTE
    while minute <= until:
        within = (begins is None or begins <= minute) and (ends is None or minute <= ends)
        if within and fits(action["Recurrence"], minute.astimezone(zone)):
            return True
        minute += MINUTE
    return False


def fits(expression: str, at: datetime) -> bool:
    """Tell whether a minute is one of a cron expression's."""
    fields = expression.split()
    if len(fields) != len(SPANS):
        raise ValueError(f"Recurrence is {expression!r}: five fields are wanted, as in '0 8 * * mon-fri'")
    minute, hour, day, month, weekday = (_numbers(field, *span) for field, span in zip(fields, SPANS, strict=True))
    days = (at.day in day, at.isoweekday() % 7 in {one % 7 for one in weekday})
    # Where both days are told, either is enough.
    on_day = any(days) if fields[2] != "*" and fields[4] != "*" else all(days)
    return at.minute in minute and at.hour in hour and at.month in month and on_day


def _numbers(field: str, first: int, last: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        read = PART.fullmatch(part)
        if not read:
            raise ValueError(f"Recurrence has {part!r}: use numbers, names, `*`, `-`, `,` and `/`")
        every, low, high, step = read.groups()
        begins = first if every else _number(low)
        # A step without an end goes on to the last.
        ends = last if every or (step and not high) else _number(high or low)
        if not first <= begins <= ends <= last:
            raise ValueError(f"Recurrence has {part!r}: numbers from {first} to {last} are wanted there")
        found.update(range(begins, ends + 1, int(step or 1)))
    return found


def _number(word: str) -> int:
    name = word.lower()
    if not word.isdecimal() and name not in NAMES:
        raise ValueError(f"Recurrence has {word!r}: no number, and no month or weekday by its first three letters")
    return int(word) if word.isdecimal() else NAMES[name]


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
