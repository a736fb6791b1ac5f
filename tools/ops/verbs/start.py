"""``start``."""

from typing import Annotated

import typer

from ops.answers.options import DryRun
from ops.cloud.here import Here
from ops.verb import verb

NoWait = Annotated[bool, typer.Option("--no-wait", help="Return as soon as EC2 has taken the call.")]


@verb
def start(here: Here, no_wait: NoWait = False, dry_run: DryRun = False) -> None:
    """Boot the machine, and wait until its page answers."""
    from ops.cloud.power import carry_out

    carry_out("start", here, wait=not no_wait, dry_run=dry_run)
