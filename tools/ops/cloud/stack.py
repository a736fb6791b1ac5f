"""Stacks, as CloudFormation has them: one by its name, and all of a copy by their tags."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops.answers.errors import OpsError, passing_over
from ops.answers.spelling import make, removing
from ops.cloud import meanings
from ops.cloud.here import Here
from stacks import outputs
from stacks.copy_settings import MAIN, named
from stacks.registry import MEAN, PAGE, PROJECT, possible_stacks


@dataclass(frozen=True)
class Stack:
    """One stack: what it is called, how it is, and what it says."""

    name: str
    # A name is free for another stack once its own is deleted; an id is not.
    id: str
    status: str
    reason: str
    outputs: Mapping[str, str]
    created: datetime
    deployed: datetime
    protected: bool
    copy: str

    @property
    def usable(self) -> bool:
        """Whether what the stack holds can be relied on: an update leaves it so, also one that is rolled back."""
        updated = self.status.startswith("UPDATE_") and not self.status.endswith("_FAILED")
        return updated or self.status in ("CREATE_COMPLETE", "IMPORT_COMPLETE")

    @property
    def of_the_app(self) -> bool:
        """Whether `make deploy` deploys it."""
        return self.name in possible_stacks(self.copy)

    @property
    def told(self) -> Mapping[str, str] | None:
        """What it says it was told; None of one that is older than that output."""
        told: Mapping[str, str] | None = json.loads(self.outputs.get(outputs.TOLD, "null"))
        return told

    @property
    def further_outputs(self) -> Mapping[str, str]:
        """What it says that no command of ours reads: a person's own, without what the CDK passes between stacks."""
        ours = outputs.OURS if self.name in (named(MEAN, self.copy), named(PAGE, self.copy)) else ()
        return {
            key: text
            for key, text in self.outputs.items()
            if key not in (*ours, outputs.TOLD) and not key.startswith("ExportsOutput")
        }

    def output(self, key: str) -> str:
        """Give an output, or say why there is none."""
        if not self.usable:
            raise OpsError(half_deployed(self))
        if key not in self.outputs:
            fix = "deploy a version of it that has one"
            if self.of_the_app:
                fix = f"`{make('deploy', self.copy)}` if an earlier version of it is deployed; the newest may have none"
            raise OpsError(f"stack {self.name} has no output {key}: {fix}")
        return self.outputs[key]


def read_stack(here: Here, name: str) -> Stack | None:
    """Ask CloudFormation for one stack."""
    with passing_over("does not exist"):
        return _stack(here.aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0], here.copy)
    return None


def find_stacks(here: Here) -> list[Stack]:
    """Ask CloudFormation for all stacks, whoever has deployed them."""
    return [_stack(described, _copy_of(described) or "") for described in _describe_all(here)]


def find_copy_stacks(here: Here) -> list[Stack]:
    """Ask CloudFormation for all stacks, and keep those of the copy, also those that its settings no longer have."""
    return [_stack(described, here.copy) for described in _describe_all(here) if _copy_of(described) == here.copy]


def _describe_all(here: Here) -> list[dict[str, Any]]:
    pages = here.aws.client("cloudformation").get_paginator("describe_stacks").paginate()
    return [described for page in pages for described in page["Stacks"]]


def half_deployed(stack: Stack) -> str:
    """Say what a stack that can't be used is waiting for."""
    because = f" ({stack.reason})" if stack.reason else ""
    # It alone: a page goes on beside an extra that failed.
    remove = removing(stack.copy, stack.name)
    if stack.status == "DELETE_FAILED":
        # CloudFormation takes no deploy in this state.
        return f"stack {stack.name} is {stack.status}{because}: `{remove}` removes what is left of it"
    if not stack.of_the_app:
        return f"stack {stack.name} is {stack.status}{because}: deploy it again, from where it is defined"
    deploy = make("deploy", stack.copy)
    match stack.status:
        case "REVIEW_IN_PROGRESS":
            return f"stack {stack.name} was never deployed to its end: `{deploy}`"
        case "CREATE_IN_PROGRESS":
            return f"stack {stack.name} is being created: wait for `{deploy}` to end"
        case "DELETE_IN_PROGRESS":
            return f"stack {stack.name} is being deleted"
        case "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "ROLLBACK_IN_PROGRESS" | "CREATE_FAILED":
            return (
                f"stack {stack.name} is {stack.status}{because}: its first deploy failed. `{remove}`, then `{deploy}`"
            )
        case meanings.UPDATE_ROLLBACK_FAILED:
            # CloudFormation takes no deploy in this state.
            words = meanings.meaning(stack.status, stack.name, stack.copy)
            return f"stack {stack.name} is {stack.status}{because}: {words}"
        case _:
            return f"stack {stack.name} is {stack.status}{because}: `{deploy}` again, or `{remove}`"


def _copy_of(described: Mapping[str, Any]) -> str | None:
    """Tell which copy a stack is of, as CloudFormation describes it; None for a stack of somebody else's."""
    tags = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}
    # A nested stack has the tags of the one that it goes with.
    if "ParentId" in described:
        return None
    if tags.get("project") == PROJECT:
        return tags.get("copy") or _copy_in(described["StackName"])
    # A stack whose first change set was never carried out has no tags yet.
    if not tags and described["StackStatus"] == "REVIEW_IN_PROGRESS":
        return _copy_in(described["StackName"])
    return None


def _copy_in(name: str) -> str | None:
    """Read the copy in a stack's name, if that is the name of a copy's stack: earlier versions tagged no copy."""
    copy = name.partition("-")[2] or MAIN
    return copy if name in possible_stacks(copy) else None


def _stack(described: Mapping[str, Any], copy: str) -> Stack:
    return Stack(
        name=described["StackName"],
        id=described["StackId"],
        status=described["StackStatus"],
        reason=described.get("StackStatusReason") or "",
        outputs={output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])},
        created=described["CreationTime"],
        deployed=described.get("LastUpdatedTime") or described["CreationTime"],
        protected=bool(described.get("EnableTerminationProtection")),
        copy=copy,
    )
