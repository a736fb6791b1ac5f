"""Where the logs are: as a stack says, and while its first deploy runs, as what was synthesized for it says.

Of a function, as the function itself says: a person adds one without a word of where it writes.
"""

import json
import re
from pathlib import Path

from ops.answers.errors import passing_over
from ops.cloud.here import Here
from ops.cloud.stack import Stack
from stacks.setting import CHECKOUT

# Where the CDK's command line leaves what it deploys.
ASSEMBLY = CHECKOUT / "cdk.out"
# What the CDK, and our `PythonFunction` before it, puts behind a construct's name.
BEHIND_A_NAME = re.compile(r"(?<=.)(Function)?[0-9A-F]{8}$")


def log_group(here: Here, stack: Stack, output: str) -> str:
    """Name the log group of an output, or say why there is none."""
    return find_log_group(here, stack, output, ASSEMBLY) or stack.output(output)


def find_log_group(here: Here, stack: Stack, output: str, assembly: Path) -> str | None:
    """Name the log group of an output, which a stack has only once it is deployed."""
    if output in stack.outputs:
        return stack.outputs[output]
    logical_id = _behind(output, assembly / f"{stack.name}.template.json")
    return _made(here, stack.name, logical_id) if logical_id else None


def function_groups(here: Here, stack: Stack) -> dict[str, str]:
    """Name the log groups of a stack's functions, each with whose it is."""
    pages = here.aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.name)
    functions = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        # It has no name yet while CloudFormation has only begun to make it.
        if resource["ResourceType"] == "AWS::Lambda::Function" and resource.get("PhysicalResourceId")
    }
    groups: dict[str, str] = {}
    # A function comes before the twin below it, which writes into the same group.
    for logical_id, name in sorted(functions.items()):
        # One that is deleted.
        with passing_over("ResourceNotFoundException"):
            asked = here.aws.client("lambda").get_function_configuration(FunctionName=name)
            # CloudFormation's own name for it is long; the construct's is what a person has typed.
            made_up = name.startswith(f"{stack.name}-")
            groups.setdefault(
                asked["LoggingConfig"]["LogGroup"], BEHIND_A_NAME.sub("", logical_id) if made_up else name
            )
    return groups


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
