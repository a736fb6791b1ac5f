"""Reading a log of the deployment, each line once: of AWS and of the embedded AWS, which numbers no event."""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from ops.answers.errors import OpsError, passing_over
from ops.answers.output import note
from ops.cloud.boot_log import STREAM_SUFFIX
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.log_groups import function_groups, log_group
from ops.cloud.machine_logs import machine_streams, stream_of
from stacks import outputs
from stacks.registry import MEAN, PAGE

# An event can arrive late, so we look back a little and leave out what was read.
LATE = timedelta(seconds=30)
APP = "/app"


class LogSource(StrEnum):
    """Who writes."""

    APP = "app"
    BOOT = "boot"
    API = "api"
    FUNCTION = "function"


@dataclass(frozen=True)
class Log:
    """Where a log is; no stream means all of the group."""

    group: str
    stream: str | None = None
    # How the streams end that are read of all the group, each called by its machine.
    ending: str = ""
    # Whose, where a stack may have several.
    function: str = ""


@dataclass(frozen=True)
class Event:
    """One line."""

    moment: datetime
    stream: str
    message: str
    function: str = ""
    # Where several write.
    machine: str = ""

    @property
    def words(self) -> str:
        """What a person reads of it."""
        whose = self.function or self.machine
        return "  ".join(filter(None, [f"{self.moment:%Y-%m-%d %H:%M:%S}", whose, self.message.rstrip()]))


class LogReader:
    """Reads a log from a moment on."""

    def __init__(self, here: Here, log: Log, start: datetime) -> None:
        self._here, self._log, self._start = here, log, start
        self._seen: Counter[str] = Counter()

    def new_events(self) -> Iterator[Event]:
        """Read what has come since the last time."""
        now: Counter[str] = Counter()
        latest = self._start
        for event in self._read():
            number = event.get("eventId")
            identity = number or f"{event['timestamp']} {event['logStreamName']} {event['message']}"
            # Without a number the same line twice is two lines.
            now[identity] = 1 if number else now[identity] + 1
            moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            latest = max(latest, moment)
            if now[identity] > self._seen[identity]:
                self._seen[identity] += 1
                stream, ending = event["logStreamName"], self._log.ending
                machine = stream.removesuffix(ending) if ending else ""
                yield Event(moment, stream, event["message"], self._log.function, machine)
        self._start = max(self._start, latest - LATE)

    def _read(self) -> Iterator[dict[str, Any]]:
        streams = {"logStreamNames": [self._log.stream]} if self._log.stream else {}
        start = int(self._start.timestamp() * 1000)
        pages = self._here.aws.client("logs").get_paginator("filter_log_events")
        # The stream is made with its first line.
        with passing_over("ResourceNotFoundException"):
            for page in pages.paginate(logGroupName=self._log.group, startTime=start, **streams):
                # Of nothing every text ends so.
                yield from (event for event in page["events"] if event["logStreamName"].endswith(self._log.ending))


class LogsReader:
    """Reads several as one, oldest first."""

    def __init__(self, here: Here, logs: Sequence[Log], start: datetime) -> None:
        self._readers = [LogReader(here, log, start) for log in logs]

    def new_events(self) -> Iterator[Event]:
        """Read what has come since the last time."""
        return heapq.merge(*(reader.new_events() for reader in self._readers), key=lambda event: event.moment)


def find_logs(here: Here, source: LogSource, stack: str | None = None, machine_id: str | None = None) -> list[Log]:
    """Find out where a log is, of functions each one's: ours, or that of a stack which names it as ours do."""
    of_function = source in (LogSource.API, LogSource.FUNCTION)
    if of_function and machine_id:
        raise OpsError(f"--machine {machine_id}: no machine writes the log of {source}, but those of app and boot")
    deployment = read_deployment(here, stack)
    found = deployment.stack(stack or (MEAN if of_function else PAGE))
    if source is LogSource.FUNCTION:
        stacks = [found] if stack else list(filter(None, deployment.stacks.values()))
        functions = {group: name for one in stacks for group, name in function_groups(here, one).items()}
        if not functions:
            raise OpsError(f"no function is in {', '.join(one.name for one in stacks)}")
        return [Log(group, function=name) for group, name in functions.items()]
    if source is LogSource.API:
        return [Log(log_group(here, found, outputs.API_LOGS))]
    group = log_group(here, found, outputs.SERVER_LOGS)
    if machine_id:
        return [Log(group, stream_of(here, group, machine_id, APP if source is LogSource.APP else STREAM_SUFFIX))]
    machine = found.outputs.get(outputs.MACHINE, "")
    if source is LogSource.APP:
        # Of a fleet those too that are gone or come while one follows.
        return [Log(group, machine + APP if machine else None, "" if machine else APP)]
    stream = _newest_boot(here, group)
    if not machine:
        note(f"the latest boot is of machine {stream.partition('/')[0]}: --machine names another")
    elif stream != machine + STREAM_SUFFIX:
        note(f"the latest boot is of machine {stream.partition('/')[0]}, not of {machine}, which is deployed")
    return [Log(group, stream)]


def _newest_boot(here: Here, group: str) -> str:
    """Name the stream of the latest boot: after a deploy that failed, of the machine that is gone again."""
    boots = machine_streams(here, group, STREAM_SUFFIX)
    if not boots:
        raise OpsError(f"no machine has written its boot log into {group} yet: a boot takes several minutes")
    return str(max(boots, key=lambda stream: stream.get("creationTime", 0))["logStreamName"])
