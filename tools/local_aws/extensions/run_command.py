"""The one command that ops has machines run: it counts who is connected to the page.

Machines are processes of the person's here, so nothing else that anybody asks for is run.
"""

from local_aws.balancers.balancers import Balancers
from local_aws.machines.machines import Machines
from local_aws.ministack import commands
from local_aws.ministack.commands import Ran
from ops.cloud.sessions import COUNT


def install(machines: Machines, balancers: Balancers) -> None:
    """Answer it of the laptop's machines."""

    def run(instance_id: str, script: str) -> Ran:
        machine = machines.get(instance_id)
        wanted = COUNT.format(port=machine.settings.port if machine else None)
        if script != wanted:
            return 126, "", f"the embedded AWS runs one command on a machine, and this is another: {wanted}\n"
        return 0, f"{balancers.connected_to(instance_id)}\n", ""

    commands.run_by(lambda instance_id: machines.get(instance_id) is not None, run)
