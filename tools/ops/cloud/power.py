"""Starting, stopping and rebooting a machine: what to do as data, then doing it."""

from dataclasses import dataclass

from ops.answers.errors import OpsError
from ops.answers.output import Tell
from ops.answers.spelling import ops
from ops.cloud.machine import Machine
from ops.cloud.probe import page_is_silent
from ops.cloud.waiting import SILENCE_SECONDS, Silence, Target, wait_for_start, wait_for_state, wait_for_stop


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
# The state that is waited for.
REACHED = {"start": "running", "stop": "stopped", "reboot": "running"}


def plan(wish: str, machine: Machine) -> Plan:
    """Decide what to do."""
    if (wish, machine.existing().state) not in PLANS:
        machine.running()
    return PLANS[wish, machine.state]


def act(wish: str, decided: Plan, target: Target, machine: Machine, tell: Tell, *, wait: bool) -> str:
    """Make the call, and wait until the machine and the page agree; return what became of it."""
    if decided.first:
        wait_for_state(tell, target, decided.first)
    # Whether the page can be asked depends on this laptop's address; after a stop there is nothing to ask it.
    way = target.passage(machine) if wait and wish != "stop" else None
    # Silence is news only of a page that answers now.
    seen = wish == "reboot" and way and way.ok is not False and not page_is_silent(target.url)
    silence = Silence(target.url) if seen else None
    if decided.call:
        getattr(target.here.aws.client("ec2"), decided.call)(InstanceIds=[target.instance_id])
    if not wait:
        return decided.words
    if silence and not silence.seen():
        raise OpsError(
            f"EC2 took the reboot, but the page has not paused within {SILENCE_SECONDS:.0f} s: "
            f"`{ops('logs boot', target.here.copy)}` says more"
        )
    return wait_for_start(tell, target, way) if way else wait_for_stop(tell, target)
