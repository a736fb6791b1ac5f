"""``logs``: what the app, the boot, the API and the function have written."""

import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer

from ops.boot_log import GROUP_PREFIX, STREAM_SUFFIX, boot_streams
from ops.deployment import log_group, read_deployment
from ops.errors import OpsError, error_code
from ops.output import note, say
from ops.verb import Here, verb

FOLLOW_SECONDS = 2.0
SINCE = re.compile(r"(\d+)([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Source(StrEnum):
    """Who writes."""

    APP = "app"
    BOOT = "boot"
    API = "api"
    FUNCTION = "function"


@dataclass(frozen=True)
class Log:
    """Where a log is; no stream means all of the group."""

    group: str
    stream: str | None


Which = Annotated[Source, typer.Argument(help="Whose log.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Keep printing what comes.")]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="TIME", help="How far back: 30s, 15m, 1h, 2d. Default: 1h; boot: all of it."),
]


@verb
def logs(here: Here, source: Which = Source.APP, follow: Follow = False, since: Since = None) -> None:
    """Print the log of app, boot, API or function.

    boot: the latest one, also of a machine that failed. api: one line a request.
    """
    log = _find(here, source)
    default = timedelta(days=3650) if source is Source.BOOT else timedelta(hours=1)
    start = datetime.now(UTC) - (_duration(since) if since else default)
    events = _read(here, log, start)
    seen: set[str] = set()
    while True:
        latest = _print(here, events, seen)
        if not follow:
            break
        time.sleep(FOLLOW_SECONDS)
        # An event can arrive late, so we look back a little and leave out what was printed.
        start = max(start, latest - timedelta(seconds=30)) if latest else start
        events = _read(here, log, start)
    if not seen:
        note(f"nothing in {log.group}{f'/{log.stream}' if log.stream else ''} since {start:%Y-%m-%d %H:%M} UTC")


def _find(here: Here, source: Source) -> Log:
    deployment = read_deployment(here)
    if source in (Source.API, Source.FUNCTION):
        prefix = "ApiAccessLogs" if source is Source.API else "FunctionLogs"
        return Log(log_group(here, deployment.mean_stack, prefix), None)
    stack = deployment.page_stack
    group = log_group(here, stack, GROUP_PREFIX)
    machine = stack.outputs.get("InstanceId", "")
    if source is Source.APP:
        return Log(group, f"{machine}/app")
    stream = _newest_boot(here, group)
    if stream != machine + STREAM_SUFFIX:
        note(f"the latest boot is of machine {stream.partition('/')[0]}, not of {machine}, which is deployed")
    return Log(group, stream)


def _newest_boot(here: Here, group: str) -> str:
    """Name the stream of the latest boot: after a deploy that failed, of the machine that is gone again."""
    boots = boot_streams(here, group)
    if not boots:
        raise OpsError(f"no machine has written its boot log into {group} yet: a boot takes a minute or two")
    return str(max(boots, key=lambda stream: stream.get("creationTime", 0))["logStreamName"])


def _duration(text: str) -> timedelta:
    matched = SINCE.fullmatch(text.strip())
    if not matched:
        raise OpsError(f"--since {text!r} is not a time: a number with s, m, h or d, such as 15m or 2d")
    return timedelta(**{UNITS[matched[2]]: int(matched[1])})


def _read(here: Here, log: Log, start: datetime) -> Iterator[dict[str, Any]]:
    from botocore.exceptions import ClientError

    streams = {"logStreamNames": [log.stream]} if log.stream else {}
    pages = here.aws.client("logs").get_paginator("filter_log_events")
    try:
        for page in pages.paginate(logGroupName=log.group, startTime=int(start.timestamp() * 1000), **streams):
            yield from page["events"]
    except ClientError as error:
        # The stream is made with its first line.
        if error_code(error) != "ResourceNotFoundException":
            raise


def _print(here: Here, events: Iterable[dict[str, Any]], seen: set[str]) -> datetime | None:
    latest = None
    for event in events:
        latest = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        # The embedded AWS gives some events no id.
        identity = event.get("eventId") or f"{event['timestamp']} {event['logStreamName']} {event['message']}"
        if identity in seen:
            continue
        seen.add(identity)
        if here.json:
            facts = {"time": latest.isoformat(), "stream": event["logStreamName"], "message": event["message"]}
            say(json.dumps(facts))  # one line an event, as it comes
        else:
            say(f"{latest:%Y-%m-%d %H:%M:%S}  {event['message'].rstrip()}")
    return latest
