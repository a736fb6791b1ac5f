"""Looking at the whole of a deployment, for ``status``: page and API answer while AWS is asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from facts.prices import Prices, read_prices
from ops.answers.errors import OpsError
from ops.cloud.balancer import find_balancers, find_health
from ops.cloud.costs import Line, bill, bill_of_front, find_disks
from ops.cloud.deployment import Deployment, read_deployment
from ops.cloud.doors import find_doors
from ops.cloud.fleet import find_fleet
from ops.cloud.fleet_costs import find_priced
from ops.cloud.fleet_view import FleetView
from ops.cloud.here import Here
from ops.cloud.machine import GONE, Machine, find_existing, find_machine
from ops.cloud.probe import Health, ask_api, ask_page
from ops.cloud.sessions import count_sessions
from ops.cloud.situation import Situation
from ops.cloud.users import who_may
from stacks import outputs


def find_situation(here: Here) -> Situation:
    """Ask AWS, the page and the API."""
    deployment = read_deployment(here)
    machines: list[Machine] = []
    missing: list[str] = []
    view = None
    with ThreadPoolExecutor(3) as pool:
        page = _asked(pool, ask_page, deployment.said(outputs.PAGE_URL))
        api = _asked(pool, ask_api, deployment.said(outputs.API_URL))
        try:
            if deployment.fleet:
                view, machines = _look_at_fleet(here, deployment, deployment.fleet, pool)
            elif instance_id := deployment.said(outputs.MACHINE):
                machines.append(find_machine(here, instance_id))
        except OpsError as error:
            missing.append(str(error))
        there = [machine for machine in machines if machine.state not in GONE]
        groups = [group for machine in there for group in machine.security_groups]
        doors = find_doors(here, groups, deployment.edge, view.balancer_groups if view else ())
        prices = read_prices(here.aws.region_name)
        lines = [
            *(_bill_of_fleet(here, prices, deployment, view) if view else _bill(here, prices, there)),
            *bill_of_front(prices, deployment),
        ]
        sign_in = who_may(here, deployment)
    return Situation(deployment, page(), api(), machines, missing, doors, lines, sign_in, view)


def _look_at_fleet(
    here: Here, deployment: Deployment, name: str, pool: ThreadPoolExecutor
) -> tuple[FleetView, list[Machine]]:
    fleet = find_fleet(here, name)
    machines = find_existing(here, fleet.members)
    running = [machine.id for machine in machines if machine.state == "running"]
    # Made here, as boto3 makes no two at once.
    here.aws.client("ssm")
    sessions = pool.submit(count_sessions, here, running, deployment.page_port)
    balancers, health = find_balancers(here, fleet), find_health(here, fleet)
    return FleetView(fleet, balancers, health, sessions.result()), machines


def _bill(here: Here, prices: Prices, machines: list[Machine]) -> list[Line]:
    return [line for machine in machines for line in bill(prices, machine.type, find_disks(here, machine))]


def _bill_of_fleet(here: Here, prices: Prices, deployment: Deployment, view: FleetView) -> list[Line]:
    """Reckon with as many machines as there are now; of a stopped fleet with its smallest number."""
    count = view.fleet.wanted or deployment.fleet_size[0]
    return find_priced(here, view.fleet, view.balancers).bill(prices, count)


def _asked(pool: ThreadPoolExecutor, ask: Callable[[str], Health], url: str | None) -> Callable[[], Health | None]:
    """Ask at once, and return a function that waits for the answer."""
    return pool.submit(ask, url).result if url else lambda: None
