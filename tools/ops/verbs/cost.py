"""``cost``: what it costs a month."""

from dataclasses import replace
from typing import Annotated

import typer

from facts.prices import TABLE, Prices, read_prices, write_prices
from ops.answers.options import DryRun
from ops.answers.output import aligned, note, progress
from ops.answers.spelling import ops
from ops.cloud import lab_budget
from ops.cloud.costs import NOT_COUNTED, Line, bill, bill_of_front, dollars, facts_of, find_disks, total
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.machine import find_machine
from ops.cloud.price_list import ask_prices
from ops.verb import verb

Refresh = Annotated[bool, typer.Option("--refresh", help="Ask AWS's Price List API, and keep its answer.")]


@verb
def cost(here: Here, refresh: Refresh = False, dry_run: DryRun = False) -> None:
    """Print what it costs a month.

    By resource, running and stopped, from a dated price table. In a lab also how long its budget lasts.
    """
    deployment = read_deployment(here)
    machine = find_machine(here, deployment.machine).existing()
    prices = read_prices(here.aws.region_name)
    if refresh:
        with progress(f"asking AWS for the prices in {prices.region}"):
            asked = ask_prices(here.aws, prices.region, [*prices.instance_hour.keys() | {machine.type}])
        # Of what it does not ask, the table's own.
        prices = replace(asked, others=prices.others)
        if dry_run:
            note(f"{TABLE.name} would be written")
        else:
            write_prices(prices)
    lines = bill(prices, machine.type, find_disks(here, machine))
    lines += bill_of_front(prices, deployment)
    facts, text = facts_of(lines, prices), _table(here.copy, lines, prices)
    if deployment.in_lab:
        facts["daysOfLab"] = lab_budget.days(lines)
        text += f"\n\n{lab_budget.in_words(lines)}"
    here.answer(facts, text)


def _table(copy: str, lines: list[Line], prices: Prices) -> str:
    sums = total(lines)
    rows = [("a month, 730 h", "running", "stopped")]
    rows += [(line.resource, dollars(line.running), dollars(line.stopped)) for line in (*lines, sums)]
    origin = [f"Prices in {prices.region}: {source}" for source in prices.sources]
    if sums.running is None or sums.stopped is None:
        refresh = ops("cost --refresh", copy)
        origin.append(f"{TABLE.name} lacks a price for {prices.region}: `{refresh}` asks AWS")
    return "\n".join([aligned(rows), "", *origin, NOT_COUNTED])
