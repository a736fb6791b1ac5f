"""``deploy``: a deploy that, should it fail, shows why the machine did not come up."""

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from ops.boot_log import why_not_up
from ops.boot_watch import BootWatch
from ops.child import run
from ops.clients import Aws
from ops.errors import FORBIDDEN, error_code, in_words
from ops.output import note
from ops.verb import Copy, Here, speaking

COPY = re.compile(r"(?:(?:-c|--context)=?)?copy=(.*)")

Command = Annotated[list[str], typer.Argument(help="Such as cdk deploy --all.")]


@speaking
def deploy(command: Command, copy: Copy = "") -> None:
    """Run a deploy; if the machine fails to boot, say why.

    `make deploy` is this with `cdk deploy`. CloudFormation deletes the boot log of a first deploy that fails: it is
    read while the deploy runs. The exit status is the command's.
    """
    # AWS is asked in the background, and the terminal is the command's: no question about an MFA code from us.
    here = Here(Aws(may_ask=False), copy or copy_in(command), json=False)
    with BootWatch(here) as watch:
        status = run(command)
    if status == 0:
        return
    if reason := why_not_up(watch.logs):
        note(f"\n{reason}")
    elif watch.trouble and error_code(watch.trouble) in FORBIDDEN:
        note(f"\nno boot log was looked for: {in_words(watch.trouble)}")
    raise typer.Exit(status)


def copy_in(command: Sequence[str]) -> str:
    """Name the copy that a command of the CDK deploys, by its ``-c copy=NAME``."""
    named = [matched[1] for argument in command if (matched := COPY.fullmatch(argument))]
    return named[-1] if named else ""
