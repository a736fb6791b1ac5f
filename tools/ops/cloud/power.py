"""Starting, stopping and rebooting the machine: what to do as data, then doing it."""

from dataclasses import dataclass

from ops.answers.errors import OpsError
from ops.answers.output import Progress, progress
from ops.answers.spelling import ops
from ops.cloud import doors
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.machine import Machine
from ops.cloud.probe import page_is_silent
from ops.cloud.waiting import SILENCE_SECONDS, Silence, Target, wait_for_start, wait_for_stop, wait_until


@dataclass(frozen=True)
class Plan:
    """What a wish needs, given the machine's state."""

    # The state to wait for before the call; EC2 refuses it earlier.
    first: str | None
    # boto3's method; None where the wish is fulfilled already.
    call: str | None
    words: str


PLANS = {
    ("start", "stopped"): Plan(None, "start_instances", "starting"),
    ("start", "stopping"): Plan("stopped", "start_instances", "waiting until it has stopped, then starting"),
    ("start", "pending"): Plan(None, None, "starts already"),
    ("start", "running"): Plan(None, None, "runs already"),
    ("stop", "running"): Plan(None, "stop_instances", "stopping"),
    ("stop", "pending"): Plan("running", "stop_instances", "waiting until it has started, then stopping"),
    ("stop", "stopping"): Plan(None, None, "stops already"),
    ("stop", "stopped"): Plan(None, None, "is stopped already"),
    ("reboot", "running"): Plan(None, "reboot_instances", "rebooting"),
    ("reboot", "pending"): Plan("running", "reboot_instances", "waiting until it has started, then rebooting"),
}


def plan(wish: str, machine: Machine) -> Plan:
    """Decide what to do."""
    machine.existing()
    decided = PLANS.get((wish, machine.state))
    if not decided:
        raise OpsError(f"machine {machine.id} is {machine.state}: `{ops('start', machine.copy)}` boots it")
    return decided


def find_target(here: Here) -> Target:
    """Read from the stack which machine and page this is about."""
    deployment = read_deployment(here)
    return Target(here, deployment.machine, deployment.page_url)


def carry_out(wish: str, here: Here, *, wait: bool, dry_run: bool) -> None:
    """Do what a verb of this module's says, and answer."""
    target = find_target(here)
    machine = target.machine()
    decided = plan(wish, machine)
    facts = {"machine": machine.id, "was": machine.state, "call": decided.call, "page": target.url}
    if dry_run:
        then = f"would call ec2 {decided.call}" if decided.call else "would call nothing"
        here.answer({**facts, "dryRun": True}, f"machine {machine.id} is {machine.state}: {then}")
        return
    with progress(f"machine {machine.id}: {decided.words}") as line:
        words = act(wish, decided, target, line, wait=wait)
    here.answer({**facts, "state": target.machine().state}, f"machine {machine.id} {words}")


def act(wish: str, decided: Plan, target: Target, line: Progress, *, wait: bool) -> str:
    """Make the call, and wait until the machine and the page agree; return what became of it."""
    if decided.first:
        wait_until(line, target, lambda: target.machine().existing().state == decided.first, f"is not {decided.first}")
    way = target.passage() if wait else doors.Passage(False, "")
    page = way.ok is not False
    silence = Silence(target.url) if page and wish == "reboot" and not page_is_silent(target.url) else None
    if decided.call:
        getattr(target.here.aws.client("ec2"), decided.call)(InstanceIds=[target.instance_id])
    if not wait:
        return decided.words
    if silence and not silence.seen():
        raise OpsError(
            f"EC2 took the reboot, but the page has not paused within {SILENCE_SECONDS:.0f} s: "
            f"`{ops('logs boot', target.here.copy)}` says more"
        )
    wait_for = wait_for_stop if wish == "stop" else wait_for_start
    return wait_for(line, target, way)
