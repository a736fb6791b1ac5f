"""What is deployed, as the embedded AWS itself tells it."""

import time
from dataclasses import dataclass
from typing import Any

from local_aws.cloud import Cloud
from local_aws.command import spell, spell_make
from local_aws.errors import LocalAwsError
from local_aws.web import ask
from stacks.copy_settings import MAIN
from stacks.registry import PROJECT, stack_names

ANSWER_SECONDS = 60.0
TOOLKIT = "CDKToolkit"


@dataclass(frozen=True)
class Deployment:
    """The deployed stacks of a copy, and what a person wants to know of them."""

    copy: str
    stacks: dict[str, dict[str, Any]]

    @property
    def outputs(self) -> dict[str, str]:
        """All stacks' outputs, by key."""
        return {
            output["OutputKey"]: output["OutputValue"]
            for stack in self.stacks.values()
            for output in stack.get("Outputs", [])
        }

    @property
    def page_url(self) -> str:
        """Where the page is."""
        return self._output("StreamlitUrl")

    @property
    def api_url(self) -> str:
        """Where the function answers over HTTP."""
        return self._output("ApiUrl")

    @property
    def function_name(self) -> str:
        """The name to invoke the function by."""
        return self._output("FunctionName")

    @property
    def instance_id(self) -> str:
        """The machine."""
        return self._output("InstanceId")

    def stack_with(self, output: str) -> str:
        """Name the stack that has an output."""
        for name, stack in self.stacks.items():
            if any(one["OutputKey"] == output for one in stack.get("Outputs", [])):
                return name
        raise self._lacks(output)

    def ask_function(self, timeout: float = 90.0) -> tuple[int, str]:
        """Ask the function over HTTP: the status and the text."""
        return ask(f"{self.api_url}?nums=1,2,3", timeout)

    def _output(self, key: str) -> str:
        if key not in self.outputs:
            raise self._lacks(key)
        return self.outputs[key]

    def _lacks(self, output: str) -> LocalAwsError:
        return LocalAwsError(
            f"no stack of the copy {self.copy} has the output {output}: `{spell_make('up', self.copy)}` deploys it"
        )


def read(cloud: Cloud, copy: str = MAIN) -> Deployment:
    """Ask the embedded AWS what of a copy is deployed: the app's own stacks first, in the order of their deploy."""
    described = cloud.client("cloudformation").describe_stacks()["Stacks"]
    stacks = {stack["StackName"]: stack for stack in described if stack["StackName"] != TOOLKIT}
    copies = {name: _copy_of(stack) for name, stack in stacks.items()}
    if copy not in copies.values() and copy != MAIN:
        up = ", ".join(sorted(set(copies.values()))) or "no copy"
        raise LocalAwsError(f"the copy {copy} is not up (what is: {up}): `{spell_make('up', copy)}` deploys it")
    ours = [name for name in stack_names(copy) if name in stacks]
    others = [name for name in sorted(stacks) if copies[name] == copy and name not in ours]
    return Deployment(copy, {name: stacks[name] for name in [*ours, *others]})


def _copy_of(stack: dict[str, Any]) -> str:
    """Tell by a stack's tags which copy it is of; one of the person's own is shown with the main one."""
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    return tags.get("copy", MAIN) if tags.get("project") == PROJECT else MAIN


def wait_until_it_answers(deployment: Deployment) -> None:
    """Wait until the page's own script runs and the function answers over HTTP."""
    status = wait_for_script(deployment, ANSWER_SECONDS)
    if status != 200:
        raise LocalAwsError(
            f"the page {deployment.page_url} answers {status or 'nothing'}: see `{spell('logs app', deployment.copy)}`"
        )
    status, text = deployment.ask_function()
    if status != 200:
        raise LocalAwsError(f"the function {deployment.api_url} answers {status}: {text[:300]}")


def wait_for_script(deployment: Deployment, seconds: float) -> int:
    """Wait until the app's script has run; answers 200, 503 if it raised an error, 0 if nobody is there in time."""
    deadline = time.monotonic() + seconds
    while True:
        status, _ = ask(f"{deployment.page_url}/_stcore/script-health-check")
        if status or time.monotonic() > deadline:
            return status
        time.sleep(0.1)
