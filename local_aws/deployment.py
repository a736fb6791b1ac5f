"""What is deployed, as the embedded AWS itself tells it."""

import time
from dataclasses import dataclass
from typing import Any

from local_aws.cloud import Cloud
from local_aws.errors import LocalAwsError
from local_aws.web import ask
from stacks.registry import STACKS

ANSWER_SECONDS = 60.0
TOOLKIT = "CDKToolkit"


@dataclass(frozen=True)
class Deployment:
    """The deployed stacks, and what a person wants to know of them."""

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
        raise LocalAwsError(f"no stack has the output {output}: the last deploy did not finish")

    def _output(self, key: str) -> str:
        if key not in self.outputs:
            raise LocalAwsError(f"no stack has the output {key}: the last deploy did not finish")
        return self.outputs[key]


def read(cloud: Cloud) -> Deployment:
    """Ask the embedded AWS what is deployed: the app's own stacks first, in the order of their deploy."""
    described = cloud.client("cloudformation").describe_stacks()["Stacks"]
    stacks = {stack["StackName"]: stack for stack in described if stack["StackName"] != TOOLKIT}
    return Deployment(dict(sorted(stacks.items(), key=lambda named: _place(named[0]))))


def _place(stack_name: str) -> int:
    """Tell where a stack, of whichever copy, stands in the registry; a stack of the person's own comes last."""
    return next((place for place, name in enumerate(STACKS) if stack_name.split("-")[0] == name), len(STACKS))


def wait_until_it_answers(deployment: Deployment) -> None:
    """Wait until the page's own script runs and the function answers over HTTP."""
    status = wait_for_script(deployment, ANSWER_SECONDS)
    if status != 200:
        raise LocalAwsError(f"the page {deployment.page_url} answers {status or 'nothing'}: see `logs app`")
    status, text = ask(f"{deployment.api_url}?nums=1,2,3")
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
