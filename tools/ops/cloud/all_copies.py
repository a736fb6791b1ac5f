"""All copies that an account has in a region: by their tags, whoever has deployed them."""

from dataclasses import dataclass

from ops.cloud.deployment import Deployment
from ops.cloud.here import Here
from ops.cloud.machine import Machine, find_machines_of_all_copies
from ops.cloud.stack import Stack, find_stacks
from stacks import outputs


@dataclass(frozen=True)
class Copy:
    """What of one copy is there."""

    name: str
    stacks: list[Stack]
    machines: list[Machine]

    @property
    def deployment(self) -> Deployment:
        """Its stacks, as whoever looks at one copy has them."""
        return Deployment({stack.name: stack for stack in self.stacks}, self.name)

    @property
    def page_url(self) -> str | None:
        """Where its page is."""
        return self.deployment.said(outputs.PAGE_URL)

    @property
    def state(self) -> str:
        """How its stacks are: those in trouble by name."""
        trouble = [f"{stack.name} {stack.status}" for stack in self.stacks if not stack.usable]
        return ", ".join(trouble) or ("deployed" if self.stacks else "no stack")


def find_all_copies(here: Here) -> list[Copy]:
    """Ask CloudFormation and EC2 for all of them."""
    stacks = [stack for stack in find_stacks(here) if stack.copy]
    machines = find_machines_of_all_copies(here)
    return [
        Copy(
            name,
            [stack for stack in stacks if stack.copy == name],
            [machine for machine in machines if machine.copy == name],
        )
        for name in sorted({stack.copy for stack in stacks} | {machine.copy for machine in machines})
    ]
