"""The stacks of a copy, as CloudFormation has them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops.answers.errors import OpsError
from ops.answers.spelling import make
from ops.cloud.here import Here
from stacks.copy_settings import named
from stacks.registry import MEAN, PAGE, stack_names

# What a stack can be used in. A rolled-back update left the stack as it was before.
USABLE = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "IMPORT_COMPLETE",
    }
)


@dataclass(frozen=True)
class Stack:
    """One stack: what it is called, how it is, and what it says."""

    name: str
    status: str
    reason: str
    outputs: Mapping[str, str]
    created: datetime
    deployed: datetime
    copy: str

    @property
    def usable(self) -> bool:
        """Whether what the stack holds can be relied on."""
        return self.status in USABLE

    def output(self, key: str) -> str:
        """Give an output, or say why there is none."""
        if not self.usable:
            raise OpsError(half_deployed(self))
        if key not in self.outputs:
            deploy = make("deploy", self.copy)
            raise OpsError(f"stack {self.name} has no output {key}: deploy this version of the app, `{deploy}`")
        return self.outputs[key]


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
    def told(self) -> dict[str, Mapping[str, str]]:
        """What each stack says it was told; nothing of one that is absent, or older than that output."""
        return {
            name: json.loads(stack.outputs["Settings"])
            for name, stack in self.stacks.items()
            if stack and "Settings" in stack.outputs
        }

    @property
    def mean_stack(self) -> Stack:
        """The function's stack, or an error that says how to get one."""
        return self.mean or _absent(named(MEAN, self.copy), self.copy)

    @property
    def page_stack(self) -> Stack:
        """The page's stack, or an error that says how to get one."""
        return self.page or _absent(named(PAGE, self.copy), self.copy)


def read_deployment(here: Here) -> Deployment:
    """Ask CloudFormation for each stack that a copy has."""
    return Deployment({name: read_stack(here, name) for name in stack_names(here.copy)}, here.copy)


def read_stack(here: Here, name: str) -> Stack | None:
    """Ask CloudFormation for one stack."""
    from botocore.exceptions import ClientError

    try:
        described = here.aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return _stack(described, here.copy)


def log_group(here: Here, stack: Stack, prefix: str) -> str:
    """Find a stack's log group, or say why there is none."""
    group = find_log_group(here, stack.name, prefix)
    if not group:
        deploy = make("deploy", here.copy)
        raise OpsError(f"stack {stack.name} has no log group {prefix}…: deploy this version of the app, `{deploy}`")
    return group


def find_log_group(here: Here, stack_name: str, prefix: str) -> str | None:
    """Find a stack's log group by how its logical id begins; the app's ids are a contract."""
    resources = here.aws.client("cloudformation").describe_stack_resources(StackName=stack_name)["StackResources"]
    for resource in resources:
        if resource["ResourceType"] == "AWS::Logs::LogGroup" and resource["LogicalResourceId"].startswith(prefix):
            # It has no name yet while the stack has only begun to make it.
            return resource.get("PhysicalResourceId") or None
    return None


def half_deployed(stack: Stack) -> str:
    """Say what a stack that can't be used is waiting for."""
    because = f" ({stack.reason})" if stack.reason else ""
    deploy, destroy = make("deploy", stack.copy), make("destroy", stack.copy)
    match stack.status:
        case "REVIEW_IN_PROGRESS":
            return f"stack {stack.name} was never deployed to its end: `{deploy}`"
        case "CREATE_IN_PROGRESS":
            return f"stack {stack.name} is being created: wait for `{deploy}` to end"
        case "DELETE_IN_PROGRESS":
            return f"stack {stack.name} is being deleted"
        case "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "ROLLBACK_IN_PROGRESS" | "CREATE_FAILED":
            return (
                f"stack {stack.name} is {stack.status}{because}: its first deploy failed. `{destroy}`, then `{deploy}`"
            )
        case _:
            return f"stack {stack.name} is {stack.status}{because}: `{deploy}` again, or `{destroy}`"


def _absent(name: str, copy: str) -> Stack:
    raise OpsError(
        f"stack {name} is not deployed in this account and region: `{make('deploy', copy)}`; "
        "for another region add --region, for another copy --copy NAME"
    )


def _stack(described: Mapping[str, Any], copy: str) -> Stack:
    return Stack(
        name=described["StackName"],
        status=described["StackStatus"],
        reason=described.get("StackStatusReason") or "",
        outputs={output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])},
        created=described["CreationTime"],
        deployed=described.get("LastUpdatedTime") or described["CreationTime"],
        copy=copy,
    )
