"""A fleet as a person sees it: how its machines do, in rows and as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.answers.output import age
from ops.cloud.balancer import Balancer, Health
from ops.cloud.fleet import Fleet
from ops.cloud.machine import Machine
from ops.cloud.sessions import Sessions


@dataclass(frozen=True)
class FleetView:
    """A fleet, what stands before it, and how each of its machines does."""

    fleet: Fleet
    balancers: Sequence[Balancer]
    health: Mapping[str, Health]
    sessions: Sessions

    @property
    def balancer_groups(self) -> list[str]:
        """The security groups of what stands before the machines."""
        return [group for balancer in self.balancers for group in balancer.security_groups]


def machine_rows(machines: Sequence[Machine], view: FleetView | None) -> list[tuple[str, ...]]:
    """Lay out a line for each machine, and one for the fleet, if they are of one."""
    rows: list[tuple[str, ...]] = [("Machine", ", ".join(_words(machine, view))) for machine in machines]
    if view:
        rows.insert(0, ("Fleet", view.fleet.numbers))
        if view.sessions.trouble:
            rows.append(("Sessions", f"not counted: {view.sessions.trouble}"))
    return rows


def machine_facts(machine: Machine, view: FleetView | None) -> dict[str, Any]:
    """Give a machine as data."""
    facts = {"id": machine.id, "state": machine.state, "type": machine.type, "launched": machine.launched.isoformat()}
    if not view:
        return facts
    health = view.health.get(machine.id)
    return facts | {
        "zone": machine.zone,
        "purchase": machine.purchase,
        "health": health and health.state,
        "reason": health and health.reason,
        "sessions": view.sessions.counts.get(machine.id),
    }


def fleet_facts(view: FleetView | None) -> dict[str, Any] | None:
    """Give the fleet as data."""
    if not view:
        return None
    fleet = view.fleet
    return {"name": fleet.name, "smallest": fleet.smallest, "wanted": fleet.wanted, "largest": fleet.largest}


def _words(machine: Machine, view: FleetView | None) -> list[str]:
    since = f" for {age(machine.launched)}" if machine.state == "running" else ""
    words = [machine.id, machine.type, f"{machine.state}{since}"]
    if not view:
        return words
    health, count = view.health.get(machine.id), view.sessions.counts.get(machine.id)
    # A machine that boots has not been told to the balancer yet.
    words += [machine.zone, machine.purchase, health.words if health else view.fleet.members[machine.id]]
    return words + ([] if count is None else [f"{count} session{'' if count == 1 else 's'}"])
