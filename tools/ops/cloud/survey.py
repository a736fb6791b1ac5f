"""Looking at the whole of a deployment, for ``status``: page and API answer while AWS is asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from facts.prices import read_prices
from ops.answers.errors import OpsError
from ops.cloud.costs import bill, bill_of_front, find_disks
from ops.cloud.deployment import read_deployment
from ops.cloud.doors import find_doors
from ops.cloud.here import Here
from ops.cloud.machine import GONE, Machine, find_machine
from ops.cloud.probe import Health, ask_api, ask_page
from ops.cloud.situation import Situation
from ops.cloud.users import who_may
from stacks import outputs


def find_situation(here: Here) -> Situation:
    """Ask AWS, the page and the API."""
    deployment = read_deployment(here)
    machines: list[Machine] = []
    missing: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        page = _asked(pool, ask_page, deployment.said(outputs.PAGE_URL))
        api = _asked(pool, ask_api, deployment.said(outputs.API_URL))
        for instance_id in deployment.machines:
            try:
                machines.append(find_machine(here, instance_id))
            except OpsError as error:
                missing.append(str(error))
        there = [machine for machine in machines if machine.state not in GONE]
        groups = [group for machine in there for group in machine.security_groups]
        doors = find_doors(here, groups, deployment.edge)
        prices = read_prices(here.aws.region_name)
        lines = [line for machine in there for line in bill(prices, machine.type, find_disks(here, machine))]
        lines += bill_of_front(prices, deployment)
        sign_in = who_may(here, deployment)
    return Situation(deployment, page(), api(), machines, missing, doors, lines, sign_in)


def _asked(pool: ThreadPoolExecutor, ask: Callable[[str], Health], url: str | None) -> Callable[[], Health | None]:
    """Ask at once, and return a function that waits for the answer."""
    return pool.submit(ask, url).result if url else lambda: None
