"""The machines behind the page: the only one, or those of its fleet."""

from collections.abc import Sequence

from ops.answers.errors import OpsError
from ops.answers.spelling import ops
from ops.cloud.balancer import find_balancers
from ops.cloud.deployment import Deployment
from ops.cloud.doors import Door, find_doors
from ops.cloud.fleet import find_fleet
from ops.cloud.here import Here
from ops.cloud.machine import Machine, find_existing, find_machine


def find_machines(here: Here, deployment: Deployment) -> list[Machine]:
    """Ask for all of them."""
    if deployment.fleet:
        return find_existing(here, find_fleet(here, deployment.fleet).members)
    return [find_machine(here, deployment.machine)]


def find_ways_in(here: Here, deployment: Deployment, machines: Sequence[Machine]) -> list[Door]:
    """Ask who may come in: to one machine by its own groups, to the page of a fleet by its balancer's."""
    balancers = find_balancers(here, find_fleet(here, deployment.fleet)) if deployment.fleet else []
    own = [group for machine in machines for group in machine.security_groups]
    return find_doors(
        here, own, deployment.edge, [group for balancer in balancers for group in balancer.security_groups]
    )


def choose_machine(here: Here, deployment: Deployment, wanted: str | None, verb: str) -> Machine:
    """Give the machine that is wanted, or the only one there is.

    :param verb: what is wanted of it.
    """
    machines = find_machines(here, deployment)
    ids = [machine.id for machine in machines]
    if wanted and wanted not in ids:
        raise OpsError(f"--machine {wanted} is no machine of copy {here.copy}, which has {', '.join(ids) or 'none'}")
    if not machines:
        raise OpsError(f"the fleet has no machine now: `{ops('start', here.copy)}` brings it back")
    if len(machines) > 1 and not wanted:
        zones = ", ".join(f"{machine.id} in {machine.zone}" for machine in machines)
        choose = ops(f"{verb} --machine {machines[0].id}", here.copy)
        raise OpsError(f"the fleet has {len(machines)} machines, {zones}: choose one, `{choose}`")
    return machines[ids.index(wanted)] if wanted else machines[0]
