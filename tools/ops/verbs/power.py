"""``start``, ``stop``, ``reboot``: the machine's power."""

from typing import Annotated

import typer

from ops.answers.options import DryRun
from ops.answers.output import progress
from ops.cloud.here import Here
from ops.cloud.power import REACHED, act, plan
from ops.cloud.waiting import find_target
from ops.verb import verb

NoWait = Annotated[bool, typer.Option("--no-wait", help="Return as soon as EC2 has taken the call.")]


@verb
def start(here: Here, no_wait: NoWait = False, dry_run: DryRun = False) -> None:
    """Boot the machine, and wait until its page answers."""
    _carry_out("start", here, wait=not no_wait, dry_run=dry_run)


@verb
def stop(here: Here, no_wait: NoWait = False, dry_run: DryRun = False) -> None:
    """Stop the machine for the night, and wait until it has stopped."""
    _carry_out("stop", here, wait=not no_wait, dry_run=dry_run)


@verb
def reboot(here: Here, no_wait: NoWait = False, dry_run: DryRun = False) -> None:
    """Reboot the machine, and wait until its page answers again."""
    _carry_out("reboot", here, wait=not no_wait, dry_run=dry_run)


def _carry_out(wish: str, here: Here, *, wait: bool, dry_run: bool) -> None:
    target = find_target(here)
    machine = target.machine()
    decided = plan(wish, machine)
    facts = {"machine": machine.id, "was": machine.state, "call": decided.call, "page": target.url}
    if dry_run:
        then = f"would call ec2 {decided.call}" if decided.call else "would call nothing"
        here.answer({**facts, "dryRun": True}, f"machine {machine.id} is {machine.state}: {then}")
        return
    with progress(f"machine {machine.id}: {decided.words}") as tell:
        words = act(wish, decided, target, machine, tell, wait=wait)
    state = REACHED[wish] if wait else target.machine().state
    here.answer({**facts, "state": state}, f"machine {machine.id} {words}")
