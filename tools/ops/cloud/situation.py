"""All that `status` found out: as rows for a screen, as data, and the next step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ops.answers.output import age
from ops.answers.spelling import make, ops
from ops.cloud import doors
from ops.cloud.costs import Line, dollars, per_day
from ops.cloud.deployment import Deployment
from ops.cloud.doors import Door
from ops.cloud.fleet_view import FleetView, fleet_facts, machine_facts, machine_rows
from ops.cloud.lab_budget import SESSIONS
from ops.cloud.machine import Machine
from ops.cloud.office_hours import why_stopped
from ops.cloud.probe import Health, host_and_port
from ops.cloud.stack import Stack, half_deployed
from stacks import outputs


@dataclass(frozen=True)
class Situation:
    """All that was found out; None is what is not there."""

    deployment: Deployment
    page: Health | None
    api: Health | None
    machines: list[Machine]
    # Of each machine that is not there, although the stack names it.
    missing: list[str]
    doors: list[Door]
    lines: list[Line]
    # Who may sign in, in words; None where nobody is asked to.
    sign_in: str | None = None
    # None of one machine.
    view: FleetView | None = None

    @property
    def well(self) -> bool:
        """Whether all is deployed and answers."""
        return all(stack and stack.usable for stack in self.deployment.stacks.values()) and all(
            health and health.ok for health in (self.page, self.api)
        )


def rows_of(found: Situation) -> list[tuple[str, ...]]:
    """Lay it out for a screen."""
    rows: list[tuple[str, ...]] = []
    for name, stack in found.deployment.stacks.items():
        rows.append((f"Stack {name}", _stack_in_words(stack)))
    rows += running_rows(found)
    # A stopped fleet's balancer stays, and says who may open the page; only a machine says who may log in to it.
    if found.machines or found.view:
        port = _page_port(found)
        named = [("the page", port), *([("SSH", doors.SSH)] if found.machines else [])]
        rows += [("Open to", f"{name}: {doors.in_words(doors.sources(found.doors, number))}") for name, number in named]
        rows += [
            ("Open to", f"{doors.ports_in_words(door, port)}: {doors.in_words([door.source])}")
            for door in found.doors
            if not door.opens(port) and not door.opens(doors.SSH)
        ]
    if found.sign_in:
        rows.append(("Sign in", found.sign_in))
    rows += output_rows(found.deployment.stacks.values())
    if found.lines:
        day = per_day(found.lines)
        rows.append(
            ("Cost a day", f"{dollars(day['running'])} running, {dollars(day['stopped'])} stopped (list price)")
        )
    if found.deployment.in_lab and found.machines:
        rows.append(("Lab", f"{SESSIONS}: `{ops('stop', found.deployment.copy)}`"))
    return rows


def output_rows(stacks: Iterable[Stack | None]) -> list[tuple[str, ...]]:
    """Lay out what a person's own stacks say, and what they have added to ours."""
    return [(f"{stack.name}.{name}", text) for stack in stacks if stack for name, text in stack.further_outputs.items()]


def running_rows(found: Situation) -> list[tuple[str, ...]]:
    """Lay out what runs, and whether it answers."""
    rows: list[tuple[str, ...]] = []
    if found.deployment.mean:
        rows.append(("API", _answering(found.deployment.said(outputs.API_URL), found.api)))
    if found.deployment.page:
        rows.append(("Page", _answering(found.deployment.said(outputs.PAGE_URL), found.page)))
    rows += [("Machine", words) for words in found.missing]
    rows += machine_rows(found.machines, found.view)
    return rows + [("Stopped", why) for why in _why_stopped(found)]


def _why_stopped(found: Situation) -> list[str]:
    off = [machine for machine in found.machines if machine.state == "stopped"]
    return [why for machine in off if (why := why_stopped(found.deployment, machine, datetime.now(UTC)))]


def facts_of(found: Situation) -> dict[str, object]:
    """Give it as data."""
    port = _page_port(found)
    return {
        "well": found.well,
        "stacks": {
            name: stack
            and {
                "status": stack.status,
                "deployed": stack.deployed.isoformat(),
                "created": stack.created.isoformat(),
                "outputs": dict(stack.further_outputs),
            }
            for name, stack in found.deployment.stacks.items()
        },
        "api": _health_facts(found.deployment.said(outputs.API_URL), found.api),
        "page": _health_facts(found.deployment.said(outputs.PAGE_URL), found.page),
        "fleet": fleet_facts(found.view),
        "machines": [machine_facts(machine, found.view) for machine in found.machines],
        "stopped": next(iter(_why_stopped(found)), None),
        "open": {"page": doors.sources(found.doors, port), "ssh": doors.sources(found.doors, doors.SSH)},
        "signIn": found.sign_in,
        "costPerDay": per_day(found.lines) if found.lines else None,
    }


def _page_port(found: Situation) -> int:
    return host_and_port(found.deployment.said(outputs.PAGE_URL) or "")[1]


def _health_facts(url: str | None, health: Health | None) -> dict[str, object] | None:
    if not health:
        return None
    return {"url": url, "ok": health.ok, "words": health.words, "ms": round(health.milliseconds)}


def _stack_in_words(stack: Stack | None) -> str:
    if not stack:
        return "not deployed"
    deployed, created = age(stack.deployed), age(stack.created)
    return f"{stack.status}, last deploy {deployed} ago" + ("" if created == deployed else f", created {created} ago")


def _answering(url: str | None, health: Health | None) -> str:
    if not url or not health:
        return "no address yet"
    return f"{url}  {health.words}" + (f" in {health.milliseconds:.0f} ms" if health.ok else "")


def next_step(found: Situation) -> str:
    """Say the first thing that is wrong, and what to do about it."""
    copy = found.deployment.copy
    for name, stack in found.deployment.stacks.items():
        if not stack:
            return f"stack {name} is not deployed: `{make('deploy', copy)}`"
        if not stack.usable:
            return half_deployed(stack)
    if found.view and found.view.fleet.stopped:
        return f"the fleet is stopped: `{ops('start', copy)}` brings it back"
    if any(machine.state == "stopped" for machine in found.machines):
        return f"the machine is stopped: `{ops('start', copy)}` boots it"
    return f"not everything answers: `{ops('doctor', copy)}` says why"
