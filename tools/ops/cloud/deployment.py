"""The stacks of a copy, and what they say: where the page is, what is behind it, where the logs are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from data_compute.hours import Hours
from ops.answers.errors import OpsError
from ops.answers.spelling import make
from ops.cloud.doors import Door
from ops.cloud.fleet import fleet_size
from ops.cloud.here import Here
from ops.cloud.probe import host_and_port
from ops.cloud.stack import Stack, read_stack
from stacks import outputs
from stacks.copy_settings import named
from stacks.lab_names import is_lab
from stacks.registry import MEAN, PAGE, SETTINGS, possible_stacks, stacks_with, usual_stacks
from stacks.setting import parts


@dataclass(frozen=True)
class Deployment:
    """What of a copy is deployed: all its stacks by name; None is one that is absent."""

    stacks: Mapping[str, Stack | None]
    copy: str

    @property
    def mean(self) -> Stack | None:
        """The function's stack."""
        return self.stacks[named(MEAN, self.copy)]

    @property
    def page(self) -> Stack | None:
        """The page's stack."""
        return self.stacks[named(PAGE, self.copy)]

    @property
    def page_url(self) -> str:
        """Where the page is."""
        return self.stack(PAGE).output(outputs.PAGE_URL)

    @property
    def fleet(self) -> str | None:
        """The Auto Scaling group behind the page; None where that is one machine."""
        return self.said(outputs.FLEET)

    @property
    def fleet_size(self) -> tuple[int, int]:
        """How many machines there are at least and at most, as the stack was told."""
        return fleet_size(self.told.get(named(PAGE, self.copy), {}))

    @property
    def machine(self) -> str:
        """The one machine behind the page, where it has no fleet."""
        return self.stack(PAGE).output(outputs.MACHINE)

    @property
    def key_pair(self) -> str:
        """The key pair's id; of a lab's own, its name."""
        return self.stack(PAGE).output(outputs.KEY_PAIR)

    @property
    def api_url(self) -> str:
        """Where the function answers over HTTP."""
        return self.stack(MEAN).output(outputs.API_URL)

    @property
    def function(self) -> str:
        """The function's name."""
        return self.stack(MEAN).output(outputs.FUNCTION)

    @property
    def told(self) -> dict[str, Mapping[str, str]]:
        """What each stack says it was told; nothing of one that is absent, or older than that output."""
        return {name: stack.told for name, stack in self.stacks.items() if stack and stack.told is not None}

    @property
    def in_lab(self) -> bool:
        """Whether it is in an AWS Academy Learner Lab."""
        return any(map(is_lab, self.told.values()))

    @property
    def https(self) -> bool:
        """Whether the page is at an HTTPS address."""
        return any(told.get("https") == "true" for told in self.told.values())

    @property
    def edge(self) -> list[Door]:
        """The doors of an HTTPS address's edge; none where there is no edge."""
        if not self.https or not (url := self.said(outputs.PAGE_URL)):
            return []
        # On a laptop it is another than HTTPS's own.
        port = host_and_port(url)[1]
        return [Door(port, port, source) for source in self._told_of_page("web_from")]

    @property
    def page_port(self) -> int:
        """Where the machine itself serves the page, by whatever address people come."""
        port: int = self._told_of_page("port") if self.https else host_and_port(self.page_url)[1]
        return port

    @property
    def office_hours(self) -> Hours | None:
        """When the machine runs; None where that is always."""
        hours: Hours | None = self._told_of_page("office_hours")
        return hours

    @property
    def idle_stop(self) -> int | None:
        """After how many minutes the machine stops by itself; None where it does not."""
        minutes: int | None = self._told_of_page("idle_stop")
        return minutes

    def _told_of_page(self, name: str) -> Any:
        told = self.told.get(named(PAGE, self.copy), {})
        return SETTINGS[name].parse(told.get(name) or SETTINGS[name].default)

    @property
    def sign_in(self) -> bool:
        """Whether people sign in to the page."""
        return any(told.get("sign_in") == "true" for told in self.told.values())

    def said(self, output: str) -> str | None:
        """Give what a stack says, however it is; None where none says it."""
        return next(
            (stack.outputs[output] for stack in self.stacks.values() if stack and output in stack.outputs), None
        )

    def stack(self, name: str) -> Stack:
        """Give a stack by its name in the registry, or say how to get it."""
        name = named(name, self.copy)
        if stack := self.stacks[name]:
            return stack
        deploy = f"`{make('deploy', self.copy)}`; " if name in possible_stacks(self.copy) else ""
        raise OpsError(
            f"stack {name} is not deployed in this account and region: {deploy}"
            "for another region add --region, for another copy --copy NAME"
        )


def read_deployment(here: Here, further: str | None = None) -> Deployment:
    """Ask CloudFormation for each stack that a copy has.

    :param further: one more, as of a project of a person's own, whose outputs are wanted by the same names.
    """
    stacks = {name: read_stack(here, name) for name in usual_stacks(here.copy)}
    others = stacks_with(here.copy, extras_of(filter(None, stacks.values())))
    names = dict.fromkeys([*others, *([named(further, here.copy)] if further else [])])
    return Deployment({name: stacks[name] if name in stacks else read_stack(here, name) for name in names}, here.copy)


def extras_of(stacks: Iterable[Stack]) -> list[str]:
    """Tell which extras a copy has, by what the stacks that each has were told."""
    told = [stack.told or {} for stack in stacks if stack.name in usual_stacks(stack.copy)]
    return list(dict.fromkeys(extra for settings in told for extra in parts(settings.get("extras", ""))))
