"""The stacks of a copy, found by their tags: whatever its settings say now, also those of an older version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.cloud.here import Here
from stacks.copy_settings import MAIN
from stacks.registry import PROJECT, stack_names


@dataclass(frozen=True)
class CopyStack:
    """One stack of the copy."""

    name: str
    # A name is free for another stack once its own is deleted; an id is not.
    id: str
    status: str
    protected: bool


def find_copy_stacks(here: Here) -> list[CopyStack]:
    """Ask CloudFormation for all stacks, and keep those of the copy."""
    pages = here.aws.client("cloudformation").get_paginator("describe_stacks").paginate()
    return [_stack(described) for page in pages for described in page["Stacks"] if copy_of(described) == here.copy]


def copy_of(described: Mapping[str, Any]) -> str | None:
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
    return copy if name in stack_names(copy) else None


def _stack(described: Mapping[str, Any]) -> CopyStack:
    return CopyStack(
        name=described["StackName"],
        id=described["StackId"],
        status=described["StackStatus"],
        protected=bool(described.get("EnableTerminationProtection")),
    )
