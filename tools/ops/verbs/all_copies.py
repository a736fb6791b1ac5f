"""``class``: all copies of an account at once."""

from collections.abc import Sequence
from dataclasses import replace

import typer

from facts.prices import Prices, read_prices
from ops.answers.errors import OpsError, error_code, in_words
from ops.answers.options import DryRun, Yes
from ops.answers.output import aligned, note
from ops.answers.questions import require
from ops.answers.spelling import ops
from ops.cloud.all_copies import Copy, find_all_copies
from ops.cloud.all_running import Running, find_running
from ops.cloud.balancer import find_balancers
from ops.cloud.costs import Line, bill, bill_of_front, dollars, find_disks, rounded, total
from ops.cloud.fleet import find_fleet
from ops.cloud.fleet_costs import find_priced
from ops.cloud.here import Here
from ops.cloud.identity import check_refusal
from ops.cloud.machine import Machine
from ops.verb import verb_of_all_copies
from stacks.copy_settings import MAIN

all_copies = typer.Typer(
    help="Show, stop or price all copies in the account.\n\nIn one region, by the tags project and copy.",
    no_args_is_help=True,
)


@all_copies.command()
@verb_of_all_copies
def status(here: Here) -> None:
    """Show each copy's stacks, machine and page."""
    copies = find_all_copies(here)
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
    here.answer(facts, f"{aligned(rows)}\n\n{summary}" if copies else _none(here))


@all_copies.command()
@verb_of_all_copies
def stop(here: Here, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Stop every machine that runs, whosever it is.

    It asks, and does not wait for them. Whichever AWS refuses to stop is named, and the others stop. A fleet stops as a
    whole, and each copy's own start brings it back.
    """
    running = list(find_running(here))
    if not running or dry_run:
        would = f"would stop {_listed(running)}" if running else f"no machine of a copy runs in {here.aws.region_name}"
        here.answer({"stop": [one.id for one in running], "dryRun": dry_run}, would)
        return
    note(f"to be stopped: {_listed(running)}")
    advice = f"`{ops('class stop', MAIN)} --yes` asks nothing"
    require("Stop them?", yes=yes, otherwise="nothing was stopped", advice=advice)
    stopping = [one for one in running if _stops(here, one)]
    words = f"stopping {_listed(stopping)}" if stopping else "nothing was stopped"
    here.answer({"stop": [one.id for one in stopping], "dryRun": False}, words)
    if refused := [one for one in running if one not in stopping]:
        raise OpsError(f"{len(refused)} of {len(running)} run on: {_listed(refused)}")


@all_copies.command()
@verb_of_all_copies
def cost(here: Here) -> None:
    """Print what each copy costs a month."""
    prices = read_prices(here.aws.region_name)
    bills = {
        copy.name: [*_bill(replace(here, copy=copy.name), prices, copy), *bill_of_front(prices, copy.deployment)]
        for copy in find_all_copies(here)
    }
    months = {name: total(lines) for name, lines in bills.items()}
    together = total([line for lines in bills.values() for line in lines])
    rows = [("a month, 730 h", "running", "stopped")]
    rows += [
        (name, dollars(month.running), dollars(month.stopped))
        for name, month in (*months.items(), ("together", together))
    ]
    facts = {"copies": {name: rounded(month) for name, month in months.items()}, "total": rounded(together)}
    here.answer(facts, aligned(rows) if bills else _none(here))


def _none(here: Here) -> str:
    return f"no copy in {here.aws.region_name}: for another region add --region"


def _in_words(machine: Machine) -> str:
    return f"{machine.id} {machine.type} {machine.state}"


def _listed(running: Sequence[Running]) -> str:
    return ", ".join(f"{one.words} of {one.copy}" for one in running)


def _stops(here: Here, running: Running) -> bool:
    try:
        running.stop()
    except Exception as error:
        if not error_code(error):
            raise
        check_refusal(here.aws, error)
        note(f"{running.words} of {running.copy} runs on: {in_words(error)}")
        return False
    return True


def _bill(here: Here, prices: Prices, copy: Copy) -> list[Line]:
    """Reckon with all machines of a copy; of a fleet with as few as there may be."""
    if copy.deployment.fleet:
        try:
            fleet = find_fleet(here, copy.deployment.fleet)
        except OpsError as error:
            note(in_words(error))
            return []
        return find_priced(here, fleet, find_balancers(here, fleet)).bill(prices, copy.deployment.fleet_size[0])
    return [line for machine in copy.machines for line in bill(prices, machine.type, find_disks(here, machine))]
