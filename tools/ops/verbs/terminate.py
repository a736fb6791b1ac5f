"""``terminate``: the end of the machine, and why ``make destroy`` is the better one."""

import typer

from ops.answers.errors import OpsError
from ops.answers.options import DryRun, Yes
from ops.answers.output import note
from ops.answers.spelling import make, ops
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.machine import find_machine, replacing
from ops.verb import verb
from stacks.registry import PAGE

WHY = """\
`{destroy}` is the way to end the machine {machine}: it removes every stack of the copy with all they hold.
Terminating only the machine leaves stack {stack} drifted: CloudFormation still counts on a machine that is gone,
and the Elastic IP and its price stay. The machine's disk is deleted with it, and the page comes back only so:
{replacing}."""


@verb
def terminate(here: Here, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Terminate the machine; `make destroy` is better.

    Explains why, and terminates it all the same after a confirmation.
    """
    deployment = read_deployment(here)
    if deployment.fleet:
        stop, destroy = ops("stop", here.copy), make("destroy", here.copy)
        raise OpsError(
            f"a fleet replaces a machine that is terminated: `{stop}` ends all for the night, `{destroy}` all"
        )
    machine = find_machine(here, deployment.machine).existing()
    replacing_it, destroy = replacing(machine.id, here.copy), make("destroy", here.copy)
    note(WHY.format(machine=machine.id, stack=here.stack_name(PAGE), destroy=destroy, replacing=replacing_it))
    if dry_run:
        here.answer({"machine": machine.id, "dryRun": True}, f"would call ec2 terminate_instances for {machine.id}")
        return
    if not yes and typer.prompt(f"To terminate it all the same, type {machine.id}", err=True, default="") != machine.id:
        raise OpsError("nothing was terminated")
    here.aws.client("ec2").terminate_instances(InstanceIds=[machine.id])
    here.answer({"machine": machine.id, "state": "shutting-down"}, f"machine {machine.id} is being terminated")
