"""The log that a machine's first boot leaves behind: where it is, and what to say of a boot that failed."""

import re
from collections.abc import Mapping, Sequence

from ops.cloud.here import Here

STREAM_SUFFIX = "/boot"
LAST_LINES = 40
# boot.sh's last words when all is well. A boot can end in many other ways, some of them without a word.
UP = re.compile(r"boot: .*\bthe page answers on port \d+")


def last_lines(here: Here, group: str, stream: str) -> list[str]:
    """Read the end of a boot log, which its machine writes in one go."""
    answer = here.aws.client("logs").get_log_events(
        logGroupName=group, logStreamName=stream, limit=LAST_LINES, startFromHead=False
    )
    return [event["message"].rstrip() for event in answer["events"]]


def why_not_up(logs: Mapping[str, Sequence[str]]) -> str:
    """Say, from the boot logs by stream, which machine did not come up and why; empty when none failed."""
    return "\n\n".join(
        "\n".join([f"machine {stream.removesuffix(STREAM_SUFFIX)} did not come up. Its boot log ends so:", *lines])
        for stream, lines in sorted(logs.items())
        if _failed(lines)
    )


def _failed(lines: Sequence[str]) -> bool:
    written = [line for line in lines if line.strip()]
    return bool(written) and not UP.match(written[-1])
