"""A machine that stops by itself once nobody uses its page."""

from pathlib import Path
from typing import Protocol

from aws_cdk import Duration, Token
from constructs import Construct

from data_compute.arguments import check_kind
from data_compute.limits import LONGEST_IDLE, SHORTEST_IDLE
from data_compute.machine.boot_part import BootPart
from data_compute.machine.launch_template import MachineTemplate
from data_compute.shared_types import Machine, check_machine


class BootedMachine(Machine, Protocol):
    """One machine with a boot of ours."""

    template: MachineTemplate


class IdleStop(Construct):
    """Stops a machine once nobody has had its page open for a while; its address and its disk stay.

    The machine looks once a minute, by itself and without any right on AWS. A tab that is open counts, in whatever
    state; a crawler's requests, or a connection that nobody speaks on, do not::

        IdleStop(self, "IdleStop", machine=server, after=Duration.minutes(45))

    Never while it boots, nor within that time of a start. Somebody starts it again: a person, or ``OfficeHours``. The
    app's log says why it has stopped. On a machine that is deployed already it makes a new one.

    :param machine: a ``StreamlitServer``. A fleet has its own ``scale_on_schedule``.
    :param after: from 10 minutes to 24 hours.
    """

    def __init__(self, scope: Construct, construct_id: str, *, machine: BootedMachine, after: Duration) -> None:
        super().__init__(scope, construct_id)
        check_machine(machine)
        if not isinstance(getattr(machine, "template", None), MachineTemplate):
            raise ValueError(f"machine is {machine!r}: pass a StreamlitServer, whose boot can be told of it")
        check_kind("after", after, Duration, "cdk.Duration.minutes(45), or another Duration")
        if Token.is_unresolved(after) or not SHORTEST_IDLE * 60 <= after.to_seconds() <= LONGEST_IDLE * 60:
            raise ValueError(f"after is {after.to_human_string()}: use from 10 minutes to 24 hours")
        machine.template.add_boot_part(
            BootPart(
                name="idle",
                files=Path(__file__).with_name("idle"),
                settings={"IDLE_SECONDS": f"{after.to_seconds():.0f}"},
            )
        )
