"""`logs`: what the function, the app and the embedded AWS had to say."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from local_aws import deployment
from local_aws.cloud import Cloud
from ops.answers.terminal import shown

PERIOD_SECONDS = 0.5

# When, in milliseconds; in which stream; what.
Event = tuple[int, str, str]


class Source(StrEnum):
    """Whose log."""

    API = "api"
    APP = "app"
    AWS = "aws"


def logs(cloud: Cloud, source: Source | None, copy: str, *, follow: bool) -> None:
    """Print a copy's logs, oldest first; with ``follow`` until interrupted."""
    readers: list[Iterator[str]] = []
    if source in (None, Source.API):
        readers.append(_groups(cloud, copy, "ApiUrl"))
    if source in (None, Source.APP):
        readers.append(_groups(cloud, copy, "StreamlitUrl"))
    if source in (None, Source.AWS):
        readers.append(_file(cloud.state.server_log))
    while True:
        for reader in readers:
            sys.stdout.write(shown(next(reader)))
        sys.stdout.flush()
        if not follow:
            return
        time.sleep(PERIOD_SECONDS)


def _groups(cloud: Cloud, copy: str, output: str) -> Iterator[str]:
    """Yield what is new in the log groups of the stack with an output."""
    stack = deployment.read(cloud, copy).stack_with(output)
    resources = cloud.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    names = [one["PhysicalResourceId"] for one in resources if one["ResourceType"] == "AWS::Logs::LogGroup"]
    client = cloud.client("logs")
    seen: Counter[Event] = Counter()
    while True:
        # The embedded AWS gives its events no id: the same line twice is two lines.
        events = Counter(event for name in names for event in _events(client, name))
        fresh = events - seen
        seen = events
        yield "".join(_line(event) for event in sorted(fresh.elements(), key=lambda event: event[0]))


def _events(client: Any, group: str) -> Iterator[Event]:
    for page in client.get_paginator("filter_log_events").paginate(logGroupName=group):
        for event in page["events"]:
            yield event["timestamp"], event["logStreamName"], event["message"].rstrip()


def _line(event: Event) -> str:
    moment, stream, message = event
    return f"{datetime.fromtimestamp(moment / 1000):%H:%M:%S} {stream} {message}\n"


def _file(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        while True:
            yield file.read()
