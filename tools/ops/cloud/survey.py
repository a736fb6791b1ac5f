"""Looking at the whole of a deployment, for ``status``: page and API answer while AWS is asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from facts.prices import read_prices
from ops.answers.errors import OpsError
from ops.cloud.costs import bill, find_disks
from ops.cloud.deployment import Stack, read_deployment
from ops.cloud.doors import find_doors
from ops.cloud.here import Here
from ops.cloud.machine import GONE, find_machine
from ops.cloud.probe import Health, ask_api, ask_page
from ops.cloud.situation import Situation


def find_situation(here: Here) -> Situation:
    """Ask AWS, the page and the API."""
    deployment = read_deployment(here)
    machine, trouble, found, lines = None, None, [], []
    with ThreadPoolExecutor(2) as pool:
        page = _asked(pool, ask_page, deployment.page, "StreamlitUrl")
        api = _asked(pool, ask_api, deployment.mean, "ApiUrl")
        instance_id = deployment.page.outputs.get("InstanceId") if deployment.page else None
        if instance_id:
            try:
                machine = find_machine(here, instance_id)
            except OpsError as error:
                trouble = str(error)
        if machine and machine.state not in GONE:
            found = find_doors(here, machine.security_groups)
            lines = bill(read_prices(here.aws.region_name), machine.type, find_disks(here, machine))
    return Situation(deployment, page(), api(), machine, trouble, found, lines)


def _asked(
    pool: ThreadPoolExecutor, ask: Callable[[str], Health], stack: Stack | None, output: str
) -> Callable[[], Health | None]:
    """Ask at once, and return a function that waits for the answer."""
    url = stack.outputs.get(output) if stack else None
    return pool.submit(ask, url).result if url else lambda: None
