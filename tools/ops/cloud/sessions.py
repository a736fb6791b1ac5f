"""How many browsers each machine of a fleet has open: counted on the machines themselves, all asked at once."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ops.answers.errors import in_words, passing_over
from ops.cloud.here import Here

DOCUMENT = "AWS-RunShellScript"
# An open page is one connection; a machine that may stop by itself looks closer (idle_stop.sh).
# The embedded AWS runs no command but this one.
COUNT = "ss -Htn state established 'sport = :{port}' | wc -l"
# For a machine that does not answer nobody waits longer; the others are told.
LIMIT_SECONDS = 8.0
PAUSE_SECONDS = 0.5
ENDED = ("Success", "Failed", "TimedOut", "Cancelled")


@dataclass(frozen=True)
class Sessions:
    """How many there are by machine, and why not, where they could not be counted."""

    counts: Mapping[str, int] = field(default_factory=dict)
    trouble: str = ""


def count_sessions(here: Here, machines: Sequence[str], port: int) -> Sessions:
    """Count them; without the right to ask, the rest of what is known is worth telling all the same."""
    if not machines:
        return Sessions()
    try:
        return Sessions(_count(here, machines, port))
    except Exception as error:
        return Sessions(trouble=in_words(error))


def _count(here: Here, machines: Sequence[str], port: int) -> dict[str, int]:
    ssm = here.aws.client("ssm")
    # As targets: of ids in a list AWS refuses all, where one is not connected yet.
    targets = [{"Key": "InstanceIds", "Values": list(machines)}]
    commands = {"commands": [COUNT.format(port=port)]}
    sent = ssm.send_command(DocumentName=DOCUMENT, Targets=targets, Parameters=commands)
    counts: dict[str, int] = {}
    left, until = list(machines), time.monotonic() + LIMIT_SECONDS
    while left and time.monotonic() < until:
        time.sleep(PAUSE_SECONDS)
        for machine in list(left):
            # A command reaches its machines one after the other.
            with passing_over("InvocationDoesNotExist"):
                answer = ssm.get_command_invocation(CommandId=sent["Command"]["CommandId"], InstanceId=machine)
                if answer["Status"] in ENDED:
                    left.remove(machine)
                    if answer["StandardOutputContent"].strip().isdigit():
                        counts[machine] = int(answer["StandardOutputContent"])
    return counts
