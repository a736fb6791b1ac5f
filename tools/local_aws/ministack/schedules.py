"""Schedules of EventBridge Scheduler: MiniStack looks at them by UTC, and calls few services."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ministack.services import eventbridge, scheduler

from local_aws.ministack.resources import Properties, wrap_result

SCHEDULE = "AWS::Scheduler::Schedule"
# Of its kinds this one is of a single time.
ONCE = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
ZONE = "ScheduleExpressionTimezone"
# A call of any service, as Scheduler's universal targets name it.
UNIVERSAL = re.compile(r"arn:aws:scheduler:::aws-sdk:(\w+):(\w+)")


@dataclass(frozen=True)
class Schedule:
    """One that calls a service itself."""

    account: str
    group: str
    name: str
    service: str
    call: str
    role: str
    # As JSON.
    parameters: str
    expression: str
    zone: str

    def next_time(self, after: datetime) -> datetime | None:
        """Give the next time at which it calls."""
        return next_time(self.expression, self.zone, after)


def keep_time_zones() -> None:
    """Let a template's schedules have their time zone, which MiniStack leaves out."""

    def keep(name: str, props: Properties) -> None:
        group = props.get("GroupName", "default")
        scheduler._schedules[f"{group}/{name}"][ZONE] = props.get(ZONE, "UTC")

    wrap_result(SCHEDULE, keep)


def look_also(ours: Callable[[], None]) -> None:
    """Look after what MiniStack does not call, each time that it looks."""
    theirs = scheduler._tick_schedules

    def look() -> None:
        theirs()
        ours()

    scheduler._tick_schedules = look
    # Of ten.
    scheduler._SCHEDULE_TICK_INTERVAL = 1


def schedules() -> Iterator[Schedule]:
    """Give those that are on and call a service themselves."""
    for (account, _, key), record in scheduler._schedules.all_items():
        target = record["Target"]
        if record["State"] == "ENABLED" and (universal := UNIVERSAL.fullmatch(target["Arn"])):
            group, _, name = key.partition("/")
            yield Schedule(
                account,
                group,
                name,
                service=universal[1],
                call=universal[2],
                role=target["RoleArn"],
                parameters=target.get("Input") or "{}",
                expression=record["ScheduleExpression"],
                zone=record.get(ZONE) or "UTC",
            )


def next_time(expression: str, zone: str, after: datetime) -> datetime | None:
    """Give the next time of a cron or at expression by the clock of a zone; None where it has none, or is no such.

    As on AWS, what falls into an hour that clocks leave out is left out, and what falls into one that they repeat is
    done once.
    """
    fields, there = eventbridge._parse_cron_fields(expression), ZoneInfo(zone)
    if once := ONCE.fullmatch(expression):
        at = datetime.fromisoformat(once[1]).replace(tzinfo=there).astimezone(UTC)
        return at if at > after else None
    # MiniStack reckons by UTC: what the clock there shows is taken for that.
    shown = after.astimezone(there).replace(tzinfo=UTC, fold=0) if fields else None
    while shown := shown and eventbridge._cron_next_fire(fields, shown):
        found = shown.replace(tzinfo=there).astimezone(UTC)
        if found > after and found.astimezone(there).replace(tzinfo=UTC, fold=0) == shown:
            return found
    return None
