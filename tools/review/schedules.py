"""In how many hours of a week a machine runs that schedules start and stop."""

import re

from facts.schemas import at
from review.assembly import Assembly, Resource
from review.meaning import resources_named
from review.values import text

SCHEDULE = "AWS::Scheduler::Schedule"
# What EventBridge Scheduler calls, and whether a machine runs then.
CALLS = {":aws-sdk:ec2:startInstances": True, ":aws-sdk:ec2:stopInstances": False}
TIMES = re.compile(r"cron\(([0-9]{1,2}) ([0-9]{1,2}) \? \* (\S+) \*\)")
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
A_DAY, A_WEEK = 24 * 60, 7 * 24 * 60


def hours_a_week(assembly: Assembly, machine: Resource) -> float | None:
    """Count them; None where it may run all the time, or nobody can tell."""
    events: dict[int, bool] = {}
    for schedule in assembly.resources:
        target = at(schedule.properties, ["Target"])
        if schedule.type != SCHEDULE or machine not in _machines(assembly, schedule):
            continue
        on = next((on for call, on in CALLS.items() if text(at(target, ["Arn"])).endswith(call)), None)
        times = _times(schedule)
        if on is None or not times:
            return None
        events |= dict.fromkeys(times, on)
    # Without a stop it always runs; without a start a person says when.
    if set(events.values()) != {True, False}:
        return None
    order = sorted(events)
    following = [*order[1:], order[0] + A_WEEK]
    return sum(end - begin for begin, end in zip(order, following, strict=True) if events[begin]) / 60


def _machines(assembly: Assembly, schedule: Resource) -> list[Resource]:
    return [one for one, _ in resources_named(assembly, schedule.stack, at(schedule.properties, ["Target", "Input"]))]


def _times(schedule: Resource) -> list[int]:
    """Give the minutes of a week at which it calls; none where that is written otherwise than this reads."""
    found = TIMES.fullmatch(text(schedule.properties.get("ScheduleExpression")))
    if not found or str(schedule.properties.get("State", "ENABLED")) != "ENABLED":
        return []
    minutes, hours = int(found[1]), int(found[2])
    return [day * A_DAY + hours * 60 + minutes for day in _days(found[3])]


def _days(written: str) -> list[int]:
    if written == "*":
        return [*range(7)]
    ends = [(first, last or first) for first, _, last in (part.partition("-") for part in written.split(","))]
    if not all(end in DAYS for both in ends for end in both):
        return []
    spans = [(DAYS.index(first), DAYS.index(last)) for first, last in ends]
    return [(begin + number) % 7 for begin, end in spans for number in range((end - begin) % 7 + 1)]
