"""What runs of all copies of an account, each machine or fleet with how to stop it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from ops.answers.errors import OpsError, in_words
from ops.answers.output import note
from ops.cloud.all_copies import find_all_copies
from ops.cloud.fleet import find_fleet
from ops.cloud.fleet_power import stop_fleet
from ops.cloud.here import Here


@dataclass(frozen=True)
class Running:
    """A machine, or a fleet as a whole, that can be stopped."""

    id: str
    words: str
    copy: str
    stop: Callable[[], object]


def find_running(here: Here) -> Iterator[Running]:
    """Ask for all that runs of all copies."""
    for copy in find_all_copies(here):
        own = replace(here, copy=copy.name)
        if copy.deployment.fleet:
            # Of its machines the group would replace each that stops.
            try:
                fleet = find_fleet(own, copy.deployment.fleet)
            except OpsError as error:
                # A stack that is being deleted names it still; the others are to stop.
                note(in_words(error))
                continue
            if not fleet.stopped:
                stop_all = partial(stop_fleet, own, fleet, copy.deployment.fleet_size[0])
                yield Running(fleet.name, f"fleet {fleet.name}", copy.name, stop_all)
            continue
        for machine in copy.machines:
            # EC2 refuses to stop one earlier.
            if machine.state == "pending":
                note(f"machine {machine.id} of {copy.name} starts still, and is left: once more in a minute")
            # Alone: of a call for several EC2 refuses all, where it refuses one.
            stop_it = partial(here.aws.client("ec2").stop_instances, InstanceIds=[machine.id])
            if machine.state == "running":
                yield Running(machine.id, machine.id, copy.name, stop_it)
