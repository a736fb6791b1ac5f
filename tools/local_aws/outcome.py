"""How an `up` has ended: where all of it is, or what still runs."""

import shlex
import textwrap
from collections.abc import Mapping
from contextlib import suppress

from local_aws import decisions, fidelity, inventory, sources
from local_aws.cloud import Cloud
from local_aws.grants import denials
from local_aws.spelling import spell
from ops.answers.errors import in_words
from ops.answers.output import aligned, say
from ops.answers.spelling import removing
from ops.cloud.deployment import Deployment
from ops.cloud.situation import output_rows, running_rows
from ops.cloud.survey import find_situation
from ops.cloud.users import note_if_nobody
from ops.told.leftovers import find_left
from stacks.copy_settings import MAIN


def tell(cloud: Cloud, found: Deployment, told: Mapping[str, str], seconds: float, since: int) -> None:
    """Say where all of it is, and what a person should know of it.

    :param told: the copy's settings.
    :param since: the decisions of IAM that were there before.
    """
    tell_where(cloud, found, told, seconds)
    tell_left(cloud, found.copy)
    if told.get("sign_in") == "true":
        note_if_nobody(cloud.here(found.copy), f"{_pointing(cloud)}; ")
    _tell_denials(cloud, since)
    say(f"\nNot proved here: {fidelity.summary(fidelity.find_ledger(cloud))}: `{spell(cloud.state, 'fidelity')}`")


def tell_where(cloud: Cloud, found: Deployment, told: Mapping[str, str], seconds: float) -> None:
    """Say where all of it is, and which commands there are."""
    copy, state, api = found.copy, cloud.state, found.api_url
    rows = [
        ("The page", found.page_url),
        ("The function", api),
        *output_rows(found.stacks.values()),
        *inventory.rows_beside(cloud, found),
        ("", ""),
        ("Call it", f"curl '{api}?nums=1,2,3'"),
        ("By its name", _pointing(cloud)),
        ("", f"aws lambda invoke --function-name {found.function} --payload '{{\"nums\": [1, 2, 3]}}' output.json"),
        *([("Settings", shlex.join(f"{name}={text}" for name, text in sorted(told.items())))] if told else []),
        ("Logs", spell(state, "logs --follow", copy)),
        ("Status", spell(state, "status", copy)),
        ("Stop", spell(state, "down")),
    ]
    which = "" if copy == MAIN else f" copy {copy},"
    say(f"\nUp after {seconds:.0f} s,{which} on this laptop only.\n\n{textwrap.indent(aligned(rows), '  ')}")


def _pointing(cloud: Cloud) -> str:
    """Spell what points a shell at it, and at this checkout's Python."""
    return f'eval "$({spell(cloud.state, "env")})"'


def tell_left(cloud: Cloud, copy: str) -> None:
    """Name the stacks that the copy no longer has: no deploy removes one."""
    if names := [stack.name for stack in find_left(cloud.here(copy))]:
        say(
            f"\nThe copy {copy} no longer has {', '.join(names)}, deployed still. To remove it: "
            f"`{_pointing(cloud)}; {removing(copy, *names)}`"
        )


def give_up(cloud: Cloud, copy: str, since: int) -> None:
    """Say what was denied, and what still runs, by asking it; take a first `up` back."""
    # An embedded AWS that has gone or hangs does not hide what failed.
    with suppress(Exception):
        _tell_denials(cloud, since)
    up = sources.copies_up(cloud.state)
    if not up:
        cloud.stop()
        say(f"\nnothing is left running; the embedded AWS's own log is {cloud.state.server_log}")
        return
    if copy not in up:
        say(f"\nthe copy {copy} is not up; what is: {', '.join(up)}")
    _tell_what_runs(cloud, copy)


def _tell_what_runs(cloud: Cloud, copy: str) -> None:
    try:
        cloud.check()
        found = find_situation(cloud.here(copy))
    except Exception as error:
        say(f"\nwhat runs now is not known: {in_words(error)}")
        return
    if rows := running_rows(found):
        say(f"\nwhat runs now:\n{aligned(rows)}")
    stacks = found.deployment.stacks.values()
    for name in [stack.name for stack in stacks if stack and stack.status.endswith("_IN_PROGRESS")]:
        status = spell(cloud.state, "status", copy)
        say(f"CloudFormation goes on with the stack {name}: `{status}` tells how it ends")


def _tell_denials(cloud: Cloud, since: int) -> None:
    """Say what IAM has denied meanwhile: AWS goes on after most of it, and the logs or a page are empty."""
    for words in denials(cloud, decisions.read(cloud.state.decisions, since)):
        say(f"\nIAM denied {words}")
