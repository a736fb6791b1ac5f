"""``start``, ``stop``, ``reboot``: the power of the machine, or of all machines of a fleet."""

from typing import Annotated

import typer

from ops.answers.errors import OpsError
from ops.answers.options import DryRun
from ops.answers.output import progress
from ops.answers.spelling import make
from ops.cloud import fleet_power
from ops.cloud.deployment import Deployment, read_deployment
from ops.cloud.fleet import BEFORE_STOP, find_fleet
from ops.cloud.here import Here
from ops.cloud.power import REACHED, act, plan
from ops.cloud.waiting import find_target
from ops.verb import verb

NoWait = Annotated[bool, typer.Option("--no-wait", help="Return as soon as AWS has taken the call.")]


@verb
def start(here: Here, no_wait: NoWait = False, dry_run: DryRun = False) -> None:
    """Boot the machine, and wait until its page answers.

    Of a fleet: let it be as large as it was before the stop.
    """
    _carry_out("start", here, wait=not no_wait, dry_run=dry_run)


@verb
def stop(here: Here, no_wait: NoWait = False, dry_run: DryRun = False) -> None:
    """Stop the machine for the night, and wait until it has stopped.

    Of a fleet: end all machines, and let neither load nor schedule bring one back. Its balancer and address stay.
    """
    _carry_out("stop", here, wait=not no_wait, dry_run=dry_run)


@verb
def reboot(here: Here, no_wait: NoWait = False, dry_run: DryRun = False) -> None:
    """Reboot the machine, and wait until its page answers again.

    A fleet gets new machines instead, one after the other: make deploy or make up, with GENERATION=…
    """
    _carry_out("reboot", here, wait=not no_wait, dry_run=dry_run)


def _carry_out(wish: str, here: Here, *, wait: bool, dry_run: bool) -> None:
    deployment = read_deployment(here)
    if deployment.fleet:
        _carry_out_for_fleet(wish, here, deployment, deployment.fleet, wait=wait, dry_run=dry_run)
        return
    target = find_target(here, deployment)
    machine = target.machine()
    decided = plan(wish, machine)
    facts = {"machine": machine.id, "was": machine.state, "call": decided.call, "page": target.url}
    if dry_run:
        then = f"would call ec2 {decided.call}" if decided.call else "would call nothing"
        here.answer({**facts, "dryRun": True}, f"machine {machine.id} is {machine.state}: {then}")
        return
    with progress(f"machine {machine.id}: {decided.words}") as tell:
        words = act(wish, decided, target, machine, tell, wait=wait)
    state = REACHED[wish] if wait else target.machine().state
    here.answer({**facts, "state": state}, f"machine {machine.id} {words}")


def _carry_out_for_fleet(
    wish: str, here: Here, deployment: Deployment, name: str, *, wait: bool, dry_run: bool
) -> None:
    if wish == "reboot":
        another = make("up" if here.aws.embedded else "deploy", here.copy, generation="…")
        raise OpsError(
            "a fleet takes a machine that reboots for a broken one, and replaces it: "
            f"`{another}`, with a word of yours, gives it new machines one after the other, and no request fails"
        )
    fleet, told_smallest = find_fleet(here, name), deployment.fleet_size[0]
    before = {"smallest": fleet.smallest, "wanted": fleet.wanted}
    smallest, wanted = (0, 0) if wish == "stop" else fleet_power.before_stop(fleet, told_smallest)
    # A start that broke off half-way has left the tag.
    done = fleet.stopped if wish == "stop" else not fleet.stopped and BEFORE_STOP not in fleet.tags
    after = before if done else {"smallest": smallest, "wanted": wanted}
    facts = {"fleet": name, "was": before, "becomes": after, "page": deployment.page_url}
    if dry_run:
        would = "would change nothing" if done else f"would want {wanted} machines, {smallest} at least"
        here.answer({**facts, "dryRun": True}, f"fleet {name}: {fleet.numbers}: {would}")
        return
    doing = {
        ("start", False): "starting",
        ("start", True): "runs already",
        ("stop", False): "stopping",
        ("stop", True): "is stopped already",
    }
    words = doing[wish, done]
    with progress(f"fleet {name}: {words}") as tell:
        if wish == "stop":
            if not done:
                fleet_power.stop_fleet(here, fleet, told_smallest)
            words = fleet_power.wait_for_stop(tell, here, name) if wait else words
        else:
            count = fleet.wanted if done else fleet_power.start_fleet(here, fleet, told_smallest)
            words = fleet_power.wait_for_start(tell, here, deployment, fleet, count) if wait else words
    here.answer(facts, f"fleet {name} {words}")
