"""Where the logs are: as a stack says, and while its first deploy runs, as what was synthesized for it says."""

import json
from pathlib import Path

from ops.answers.errors import passing_over
from ops.cloud.here import Here
from ops.cloud.stack import Stack
from stacks.setting import CHECKOUT

# Where the CDK's command line leaves what it deploys.
ASSEMBLY = CHECKOUT / "cdk.out"


def log_group(here: Here, stack: Stack, output: str) -> str:
    """Name the log group of an output, or say why there is none."""
    return find_log_group(here, stack, output, ASSEMBLY) or stack.output(output)


def find_log_group(here: Here, stack: Stack, output: str, assembly: Path) -> str | None:
    """Name the log group of an output, which a stack has only once it is deployed."""
    if output in stack.outputs:
        return stack.outputs[output]
    logical_id = _behind(output, assembly / f"{stack.name}.template.json")
    return _made(here, stack.name, logical_id) if logical_id else None


def _behind(output: str, template: Path) -> str | None:
    """Give the logical id of the resource whose name an output says."""
    try:
        return str(json.loads(template.read_text(encoding="utf-8"))["Outputs"][output]["Value"]["Ref"])
    except (OSError, ValueError, KeyError):
        return None


def _made(here: Here, stack: str, logical_id: str) -> str | None:
    cloudformation = here.aws.client("cloudformation")
    # CloudFormation has not come so far.
    with passing_over("does not exist"):
        answer = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
        # It has no name yet while CloudFormation has only begun to make it.
        return answer["StackResourceDetail"].get("PhysicalResourceId") or None
    return None
