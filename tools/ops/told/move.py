"""The move between one machine and a fleet: what it changes, said before it is made."""

from collections.abc import Mapping

from facts.prices import Prices, read_prices
from ops.answers.output import note
from ops.cloud.balancer import Balancer
from ops.cloud.costs import bill, bill_of_secrets, dollars, total
from ops.cloud.deployment import read_deployment
from ops.cloud.fleet import fleet_size
from ops.cloud.fleet_costs import Model, Priced
from ops.cloud.here import Here
from stacks import outputs
from stacks.fleet_settings import ONE_MACHINE
from stacks.registry import SETTINGS

# A balancer has an address in each of two zones.
BEFORE_A_FLEET = Balancer((), ("first", "second"))


def note_move(here: Here, deployed: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Say it, if what is deployed is one of both and what is wanted is the other."""
    before, after = fleet_size(deployed), fleet_size(wanted)
    if not deployed or (before == ONE_MACHINE) == (after == ONE_MACHINE):
        return
    url = read_deployment(here).said(outputs.PAGE_URL)
    if not url:
        return
    prices = read_prices(here.aws.region_name)
    note(
        f"the page moves from {_words(before)} to {_words(after)}, and what is deployed beside it stays. "
        f"{_address(url, deployed, wanted)}. It costs {_month(prices, wanted, after)} a month, "
        f"{_month(prices, deployed, before)} until now, disks and traffic not counted"
    )


def _words(size: tuple[int, int]) -> str:
    return "one machine" if size == ONE_MACHINE else f"a fleet of {size[0]} to {size[1]}"


def _address(url: str, deployed: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    if deployed.get("https") == wanted.get("https") == "true":
        return f"Its address stays, {url}"
    return f"Its address ends, {url}: the deploy prints the new one, {outputs.PAGE_URL}, for whoever has the old"


def _month(prices: Prices, told: Mapping[str, str], size: tuple[int, int]) -> str:
    machine = told.get("instance_type") or SETTINGS["instance_type"].default_for(told)
    secrets = bill_of_secrets(prices, https=told.get("https") == "true", fleet=size != ONE_MACHINE)
    if size == ONE_MACHINE:
        return dollars(total([*bill(prices, machine, []), *secrets]).running)
    fleet = Priced(
        Model(machine, [], public=True, monitored=True), [BEFORE_A_FLEET], 1 if told.get("spot") == "true" else None
    )
    few, many = (dollars(total([*fleet.bill(prices, count), *secrets]).running) for count in size)
    return f"{few} to {many}"
