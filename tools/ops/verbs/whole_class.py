"""``class``: all copies of an account at once."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

import typer

from facts.prices import read_prices
from ops.answers.errors import OpsError
from ops.answers.options import DryRun
from ops.answers.output import aligned, note
from ops.cloud.costs import bill, dollars, find_disks, rounded, total
from ops.cloud.here import Here
from ops.cloud.machine import Machine
from ops.cloud.school_class import CopyThere, find_class
from ops.verb import verb_of_all_copies

What = Annotated[Literal["status", "stop", "cost"], typer.Argument(help="What to show of them, or to do.")]


@verb_of_all_copies
def whole_class(here: Here, what: What, dry_run: DryRun = False) -> None:
    """Show, stop or reckon all copies in the account.

    status shows each copy's stacks, machine and page; stop stops every machine that runs, and does not wait for it;
    cost reckons what each copy costs a month. Copies are found by the tags project and copy, in one region.
    """
    copies = find_class(here)
    if not copies:
        raise OpsError(
            f"no copy is deployed in {here.aws.region_name} of this account: for another region add --region"
        )
    acts: dict[str, Callable[[], None]] = {
        "status": lambda: _status(here, copies),
        "stop": lambda: _stop(here, copies, dry_run=dry_run),
        "cost": lambda: _cost(here, copies),
    }
    acts[what]()


def _status(here: Here, copies: Sequence[CopyThere]) -> None:
    rows = [("copy", "stacks", "machine", "page")]
    rows += [
        (copy.name, copy.state, ", ".join(map(_in_words, copy.machines)) or "none", copy.page_url or "none")
        for copy in copies
    ]
    running = [machine.id for copy in copies for machine in copy.machines if machine.state == "running"]
    summary = f"copies in {here.aws.region_name}: {len(copies)}; machines that run: {len(running)}"
    facts = [
        {
            "copy": copy.name,
            "stacks": {stack.name: stack.status for stack in copy.stacks},
            "machines": {machine.id: machine.state for machine in copy.machines},
            "page": copy.page_url,
        }
        for copy in copies
    ]
    here.answer(facts, f"{aligned(rows)}\n\n{summary}")


def _in_words(machine: Machine) -> str:
    return f"{machine.id} {machine.type} {machine.state}"


def _stop(here: Here, copies: Sequence[CopyThere], *, dry_run: bool) -> None:
    machines = [machine for copy in copies for machine in copy.machines]
    running = {machine.id: machine.copy for machine in machines if machine.state == "running"}
    if running and not dry_run:
        here.aws.client("ec2").stop_instances(InstanceIds=list(running))
    # EC2 refuses to stop one earlier, and with it all others of the call.
    for machine in machines:
        if machine.state == "pending":
            note(f"machine {machine.id} of {machine.copy} starts still, and was left: once more in a minute")
    would = "would stop" if dry_run else "stopping"
    listed = ", ".join(f"{machine} of {copy}" for machine, copy in running.items())
    here.answer({"stop": list(running), "dryRun": dry_run}, f"{would} {listed}" if running else "no machine runs")


def _cost(here: Here, copies: Sequence[CopyThere]) -> None:
    prices = read_prices(here.aws.region_name)
    each = [
        (
            copy.name,
            [line for machine in copy.machines for line in bill(prices, machine.type, find_disks(here, machine))],
        )
        for copy in copies
    ]
    sums = [
        (name, total(lines)) for name, lines in (*each, ("together", [line for _, lines in each for line in lines]))
    ]
    rows = [("a month, 730 h", "running", "stopped")]
    rows += [(name, dollars(month.running), dollars(month.stopped)) for name, month in sums]
    here.answer({name: rounded(month) for name, month in sums}, aligned(rows))
