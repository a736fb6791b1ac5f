"""The logs of machines in a log group: each has a stream by its id, which stays when the machine is gone."""

from typing import Any

from ops.answers.errors import OpsError
from ops.cloud.here import Here

MOST_NAMED = 9


def machine_streams(here: Here, group: str, ending: str) -> list[dict[str, Any]]:
    """List the streams that end so, one a machine."""
    pages = here.aws.client("logs").get_paginator("describe_log_streams").paginate(logGroupName=group)
    return [stream for page in pages for stream in page["logStreams"] if stream["logStreamName"].endswith(ending)]


def stream_of(here: Here, group: str, machine: str, ending: str) -> str:
    """Name a machine's stream, or say which machines have one."""
    streams = sorted(machine_streams(here, group, ending), key=lambda stream: -stream.get("creationTime", 0))
    names = [stream["logStreamName"] for stream in streams]
    if machine + ending in names:
        return machine + ending
    newest = ", ".join(name.removesuffix(ending) for name in names[:MOST_NAMED]) or "none"
    raise OpsError(
        f"--machine {machine}: no {ending.strip('/')} log of it is in {group}; the newest are of {newest}. One that "
        "boots writes its own within minutes"
    )
