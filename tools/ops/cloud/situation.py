"""All that `status` found out: as rows for a screen, as data, and the next step."""

from dataclasses import dataclass

from ops.answers.output import age, ago
from ops.answers.spelling import make, ops
from ops.cloud import doors
from ops.cloud.costs import Line, dollars, per_day
from ops.cloud.deployment import Deployment, Stack, half_deployed
from ops.cloud.doors import Door
from ops.cloud.machine import Machine
from ops.cloud.probe import Health, host_and_port


@dataclass(frozen=True)
class Situation:
    """All that was found out; None is what is not there."""

    deployment: Deployment
    page: Health | None
    api: Health | None
    machine: Machine | None
    # Why there is no machine, where the stack names one.
    trouble: str | None
    doors: list[Door]
    lines: list[Line]

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
    if found.deployment.mean:
        rows.append(("API", _answering(found.deployment.mean.outputs.get("ApiUrl"), found.api)))
    if found.deployment.page:
        rows.append(("Page", _answering(found.deployment.page.outputs.get("StreamlitUrl"), found.page)))
    if found.trouble:
        rows.append(("Machine", found.trouble))
    if found.machine:
        rows.append(("Machine", _machine_in_words(found.machine)))
        port = _page_port(found)
        rows += [
            ("Open to", f"{name}: {doors.in_words(doors.sources(found.doors, number))}")
            for name, number in (("the page", port), ("SSH", doors.SSH))
        ]
        rows += [
            ("Open to", f"{doors.ports_in_words(door, port)}: {doors.in_words([door.source])}")
            for door in found.doors
            if not door.opens(port) and not door.opens(doors.SSH)
        ]
    if found.lines:
        day = per_day(found.lines)
        rows.append(
            ("Cost a day", f"{dollars(day['running'])} running, {dollars(day['stopped'])} stopped (list price)")
        )
    return rows


def facts_of(found: Situation) -> dict[str, object]:
    """Give it as data."""
    machine = found.machine
    port = _page_port(found)
    return {
        "well": found.well,
        "stacks": {
            name: stack
            and {
                "status": stack.status,
                "deployed": stack.deployed.isoformat(),
                "created": stack.created.isoformat(),
            }
            for name, stack in found.deployment.stacks.items()
        },
        "api": _health_facts(found.deployment.mean, "ApiUrl", found.api),
        "page": _health_facts(found.deployment.page, "StreamlitUrl", found.page),
        "machine": machine
        and {"id": machine.id, "state": machine.state, "type": machine.type, "launched": machine.launched.isoformat()},
        "open": {"page": doors.sources(found.doors, port), "ssh": doors.sources(found.doors, doors.SSH)},
        "costPerDay": per_day(found.lines) if found.lines else None,
    }


def _page_port(found: Situation) -> int:
    url = found.deployment.page.outputs.get("StreamlitUrl", "") if found.deployment.page else ""
    return host_and_port(url)[1]


def _health_facts(stack: Stack | None, output: str, health: Health | None) -> dict[str, object] | None:
    if not stack or not health:
        return None
    return {"url": stack.outputs[output], "ok": health.ok, "words": health.words, "ms": round(health.milliseconds)}


def _stack_in_words(stack: Stack | None) -> str:
    if not stack:
        return "not deployed"
    deployed, created = ago(stack.deployed), ago(stack.created)
    return f"{stack.status}, last deploy {deployed}" + ("" if created == deployed else f", created {created}")


def _answering(url: str | None, health: Health | None) -> str:
    if not url or not health:
        return "no address yet"
    return f"{url}  {health.words}" + (f" in {health.milliseconds:.0f} ms" if health.ok else "")


def _machine_in_words(machine: Machine) -> str:
    since = f" for {age(machine.launched)}" if machine.state == "running" else ""
    return f"{machine.id}, {machine.type}, {machine.state}{since}"


def next_step(found: Situation) -> str:
    """Say the first thing that is wrong, and what to do about it."""
    copy = found.deployment.copy
    for name, stack in found.deployment.stacks.items():
        if not stack:
            return f"stack {name} is not deployed: `{make('deploy', copy)}`"
        if not stack.usable:
            return half_deployed(stack)
    if found.machine and found.machine.state == "stopped":
        return f"the machine is stopped: `{ops('start', copy)}` boots it"
    return f"not everything answers: `{ops('doctor', copy)}` says why"
