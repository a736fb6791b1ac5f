"""``logs``: what the app, the boot, the API and the functions have written."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ops.answers.errors import OpsError
from ops.answers.following import until_interrupted
from ops.answers.options import OfMachine, OfStack
from ops.answers.output import note, say
from ops.cloud.here import Here
from ops.cloud.log_reader import Event, LogSource, LogsReader, find_logs
from ops.verb import verb

FOLLOW_SECONDS = 2.0
SINCE = re.compile(r"(\d+)([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# Older than any log of ours.
LONGEST = timedelta(days=3650)

Which = Annotated[LogSource, typer.Argument(help="Whose log.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Keep printing what comes.")]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="TIME", help="How far back: 30s, 15m, 1h, 2d. Default: 1h; boot: all of it."),
]


@verb
def logs(
    here: Here,
    source: Which = LogSource.APP,
    stack: OfStack = None,
    machine_id: OfMachine = None,
    follow: Follow = False,
    since: Since = None,
) -> None:
    """Print the log of app, boot, API or functions.

    app: of a fleet, each line with its machine's name. boot: the latest one, also of a machine that failed.
    api: one line a request. function: each function of the copy, or of --stack, by its name.
    """
    found_logs = find_logs(here, source, stack, machine_id)
    default = LONGEST if source is LogSource.BOOT else timedelta(hours=1)
    start = datetime.now(UTC) - (_duration(since) if since else default)
    reader = LogsReader(here, found_logs, start)
    found = False
    for _ in until_interrupted(FOLLOW_SECONDS) if follow else [None]:
        for event in reader.new_events():
            found = True
            say(_json(event) if here.json else event.words)
    if not found:
        where = ", ".join("/".join(filter(None, [log.group, log.stream])) for log in found_logs)
        note(f"nothing in {where} since {start:%Y-%m-%d %H:%M} UTC")


def _duration(text: str) -> timedelta:
    matched = SINCE.fullmatch(text.strip())
    if not matched:
        raise OpsError(f"--since {text!r} is not a time: a number with s, m, h or d, such as 15m or 2d")
    # As a float: whatever the digits, it is one.
    seconds = float(matched[1]) * SECONDS[matched[2]]
    if seconds > LONGEST.total_seconds():
        raise OpsError(f"--since {text!r} is too long ago: {LONGEST.days}d shows all there is")
    return timedelta(seconds=seconds)


def _json(event: Event) -> str:
    """Put an event on one line, as it comes."""
    of_function = {"function": event.function} if event.function else {}
    whole = {"time": event.moment.isoformat(), **of_function, "stream": event.stream, "message": event.message}
    return json.dumps(whole)
