"""One stack, as CloudFormation has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops.answers.errors import OpsError, passing_over
from ops.answers.spelling import make
from ops.cloud.here import Here

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


def read_stack(here: Here, name: str) -> Stack | None:
    """Ask CloudFormation for one stack."""
    with passing_over("does not exist"):
        return _stack(here.aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0], here.copy)
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
