"""A fleet over a deploy: what it is before, and is again where CloudFormation rolls back.

A rollback gives the group what the template says, although a season, a person or `stop` has set it otherwise.
"""

from collections.abc import Mapping

from ops.answers.errors import in_words
from ops.answers.output import note
from ops.answers.spelling import ops
from ops.cloud.deployment import read_deployment
from ops.cloud.fleet import Fleet, find_fleet, fleet_size
from ops.cloud.fleet_power import set_again
from ops.cloud.here import Here
from stacks.fleet_settings import ONE_MACHINE


def fleet_before(here: Here, deployed: Mapping[str, str]) -> Fleet | None:
    """Give the fleet that is deployed, if one is; of one that is stopped, say what its deploy leaves open."""
    if fleet_size(deployed) == ONE_MACHINE:
        return None
    try:
        name = read_deployment(here).fleet
        fleet = find_fleet(here, name) if name else None
    except Exception as error:
        note(f"what a rollback changes of the fleet's size will not be set again: {in_words(error)}")
        return None
    if fleet and fleet.stopped:
        note(f"the fleet is stopped: nothing proves this version; `{ops('start', here.copy)}` first")
    return fleet


def keep_size(here: Here, before: Fleet) -> None:
    """After a deploy that failed: set again what its rollback has reset, and say so."""
    had = (
        "stopped" if before.stopped else f"{before.smallest} at least, {before.wanted} wanted, {before.largest} at most"
    )
    try:
        page = read_deployment(here).page
        if not page or page.status != "UPDATE_ROLLBACK_COMPLETE":
            return
        now = find_fleet(here, before.name)
        if (now.smallest, now.largest) == (before.smallest, before.largest):
            return
        set_again(here, before)
    except Exception as error:
        note(f"\nfleet {before.name} was {had} before; what the rollback made of it is left: {in_words(error)}")
        return
    note(f"\nfleet {before.name} is as before, {had}: the rollback had set {now.smallest} to {now.largest} machines")
