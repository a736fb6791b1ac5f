"""`logs`: what `ops logs` shows of the embedded AWS, several at once, and the embedded AWS's own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from local_aws import inventory
from local_aws.cloud import Cloud
from ops.answers.following import until_interrupted
from ops.answers.output import say
from ops.cloud.log_reader import LogSource, LogsReader, find_logs

PERIOD_SECONDS = 0.5
# The last is the embedded AWS's own.
Name = Literal["app", "boot", "api", "function", "aws"]


def logs(cloud: Cloud, name: Name | None, copy: str, *, follow: bool) -> None:
    """Print a copy's logs, oldest first; with ``follow`` until interrupted."""
    names = [name] if name else get_args(Name)
    readers = {one: _own(cloud.state.server_log) if one == "aws" else _deployed(cloud, one, copy) for one in names}
    for _ in until_interrupted(PERIOD_SECONDS) if follow else [None]:
        for one, reader in readers.items():
            for line in next(reader):
                say(line if name else f"{one:<8}  {line}")


def _deployed(cloud: Cloud, name: str, copy: str) -> Iterator[Iterator[str]]:
    """Yield again and again what is new in a log of what is deployed, since `up`."""
    inventory.find_copy(cloud, copy)
    here = cloud.here(copy)
    reader = LogsReader(here, find_logs(here, LogSource(name)), datetime.fromtimestamp(0, UTC))
    while True:
        yield (event.words for event in reader.new_events())


def _own(path: Path) -> Iterator[Iterator[str]]:
    with path.open(encoding="utf-8", errors="replace") as file:
        while True:
            yield (line.rstrip("\n") for line in file)
