"""``cost``: what it costs a month."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer

from facts.prices import TABLE, Prices, read_prices, write_prices
from ops.answers.options import DryRun
from ops.answers.output import aligned, note, progress
from ops.answers.spelling import ops
from ops.cloud import commitment, lab_budget
from ops.cloud.balancer import find_balancers
from ops.cloud.costs import NOT_COUNTED, Line, bill, bill_of_front, dollars, facts_of, find_disks, rounded, total
from ops.cloud.deployment import read_deployment
from ops.cloud.fleet import find_fleet
from ops.cloud.fleet_costs import find_priced
from ops.cloud.here import Here
from ops.cloud.machine import find_machine
from ops.cloud.price_list import ask_prices
from ops.verb import verb

Refresh = Annotated[bool, typer.Option("--refresh", help="Ask AWS's Price List API, and keep its answer.")]
Commit = Annotated[bool, typer.Option("--commitment", help="Say what paying for one or three years would save.")]


IN_HOURS = "in its hours"
AT_MOST = "At most: the machine stops by itself when nobody uses it (idle_stop), and costs no more than stopped then."


@verb
def cost(here: Here, refresh: Refresh = False, commit: Commit = False, dry_run: DryRun = False) -> None:
    """Print what it costs a month.

    By resource, running and stopped, from a dated price table; of a fleet with as few machines as there may be, and as
    many; of a machine with office hours also in these. In a lab also how long its budget lasts. With --commitment, of
    the machines that always run and are not on Spot: what one and three years would save, and from how many hours a
    month on.
    """
    deployment = read_deployment(here)
    least, most = deployment.fleet_size
    if deployment.fleet:
        fleet = find_fleet(here, deployment.fleet)
        priced = find_priced(here, fleet, find_balancers(here, fleet))
        prices = _prices(here, priced.model.type, refresh=refresh, dry_run=dry_run)
        always, machine_type = priced.always(least), priced.model.type
        bills = {f"{count} machines": priced.bill(prices, count) for count in (least, most)}
    else:
        machine = find_machine(here, deployment.machine).existing()
        prices = _prices(here, machine.type, refresh=refresh, dry_run=dry_run)
        disks, hours = find_disks(here, machine), deployment.office_hours
        always, machine_type = 0 if hours else 1, machine.type
        bills = {"running": bill(prices, machine.type, disks)}
        if hours:
            bills[IN_HOURS] = bill(prices, machine.type, disks, hours)
    if commit:
        told = commitment.find_terms(prices, machine_type), machine_type, always, prices
        here.answer(commitment.facts_of(*told), commitment.in_words(*told))
        return
    bills = {name: [*lines, *bill_of_front(prices, deployment)] for name, lines in bills.items()}
    lines, *larger = bills.values()
    facts, text = facts_of(lines, prices), _table(here.copy, bills, prices)
    if deployment.idle_stop:
        text += f"\n\n{AT_MOST}"
    if IN_HOURS in bills:
        facts["inOfficeHours"] = rounded(total(bills[IN_HOURS]))
    elif larger:
        facts |= {"machines": least, "largest": {"machines": most, "total": rounded(total(larger[0]))}}
    if deployment.in_lab:
        facts["daysOfLab"] = lab_budget.days(lines)
        text += f"\n\n{lab_budget.in_words(lines)}"
    here.answer(facts, text)


def _prices(here: Here, machine_type: str, *, refresh: bool, dry_run: bool) -> Prices:
    prices = read_prices(here.aws.region_name)
    if not refresh:
        return prices
    with progress(f"asking AWS for the prices in {prices.region}"):
        asked = ask_prices(here.aws, prices.region, [*prices.instance_hour.keys() | {machine_type}])
    # Of what it does not ask, the table's own.
    prices = replace(asked, others=prices.others, shares=prices.shares)
    if dry_run:
        note(f"{TABLE.name} would be written")
    else:
        write_prices(prices)
    return prices


def _table(copy: str, bills: Mapping[str, list[Line]], prices: Prices) -> str:
    with_sums = [[*lines, total(lines)] for lines in bills.values()]
    rows = [("a month, 730 h", *bills, "stopped")]
    rows += [
        (same[0].resource, *(dollars(line.running) for line in same), dollars(same[0].stopped))
        for same in zip(*with_sums, strict=True)
    ]
    origin = [f"Prices in {prices.region}: {source}" for source in prices.sources]
    if "Spot" in "".join(line.resource for line in with_sums[0]) and "spot" in prices.shares:
        origin.append(f"On Spot: {prices.shares['spot'].source}")
    if any(None in (lines[-1].running, lines[-1].stopped) for lines in with_sums):
        refresh = ops("cost --refresh", copy)
        origin.append(f"{TABLE.name} lacks a price for {prices.region}: `{refresh}` asks AWS")
    return "\n".join([aligned(rows), "", *origin, NOT_COUNTED])
