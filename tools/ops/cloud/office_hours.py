"""A machine that runs in office hours alone: what a deploy outside of them leaves, and when it starts again."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from data_compute.hours import Hours
from ops.answers.errors import in_words
from ops.answers.output import note
from ops.answers.spelling import ops
from ops.cloud.deployment import Deployment, read_deployment
from ops.cloud.here import Here
from ops.cloud.machine import Machine, find_machine
from stacks import outputs

STOPPED = ("stopped", "stopping")


@dataclass(frozen=True)
class Found:
    """How the machine was before a deploy; no state is that of no machine."""

    state: str | None
    at: datetime


def look(here: Here) -> Found:
    """See how the machine is before a deploy."""
    state = None
    # One that is gone is no reason against the deploy that makes another.
    with suppress(Exception):
        state = _state(here, read_deployment(here))
    return Found(state, datetime.now(UTC))


def leave_as_found(here: Here, found: Found) -> None:
    """Stop the machine where a deploy outside its hours has made another of one that was stopped, and say so.

    The schedules name a machine once it is well, so none of them ends a boot. But the stop of the hours that end
    meanwhile is the old machine's, and until the next one nobody else stops the new.
    """
    try:
        deployment = read_deployment(here)
        hours = deployment.office_hours
        if hours and _state(here, deployment) == "running":
            stop, words = after_deploy(hours, found, datetime.now(UTC), here.copy)
            if stop:
                here.aws.client("ec2").stop_instances(InstanceIds=[deployment.machine])
            if words:
                note(words)
    except Exception as error:
        # The deploy itself was good.
        note(f"the machine was not stopped again, if it was before: {in_words(error)}")


def after_deploy(hours: Hours, found: Found, now: datetime, copy: str) -> tuple[bool, str]:
    """Tell whether to stop a machine that runs after a deploy, and in words what becomes of it."""
    if hours.include(now):
        return False, ""
    begins = f"it starts {spelled(hours.next_start(now))}; `{ops('start', copy)}` boots it now"
    if found.state in STOPPED:
        return True, f"outside its office hours the machine was stopped, and is stopped again: {begins}"
    if found.state and hours.include(found.at):
        return True, f"its office hours ended during the deploy, so the machine is stopped: {begins}"
    until = spelled(hours.next_stop(now))
    return False, f"the machine runs outside its office hours, until {until}: `{ops('stop', copy)}` stops it now"


def why_stopped(deployment: Deployment, machine: Machine, now: datetime) -> str:
    """Tell why a machine that is stopped is so, and when it starts again, as far as what it was told says that."""
    hours, words = deployment.office_hours, []
    if deployment.idle_stop and machine.by_itself:
        words.append("by itself, as nobody had the page open")
    elif hours and not hours.include(now):
        words.append("outside its office hours")
    return "; ".join([*words, *([f"next start {spelled(hours.next_start(now))}"] if hours else [])])


def spelled(at: datetime) -> str:
    """Write a time of a week, in its zone."""
    return f"{at:%A %H:%M} ({at.tzinfo})"


def _state(here: Here, deployment: Deployment) -> str | None:
    machine = deployment.said(outputs.MACHINE)
    return find_machine(here, machine).state if machine else None
