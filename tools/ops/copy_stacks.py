"""The stacks of a copy, found by their tags: whatever its settings say now, also those of an older version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.verb import Here
from stacks.copy_settings import MAIN
from stacks.registry import PROJECT


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
    return [_stack(described) for page in pages for described in page["Stacks"] if _copy_of(described) == here.copy]


def _copy_of(described: Mapping[str, Any]) -> str | None:
    tags = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}
    # A nested stack has the tags of the one that it goes with.
    if tags.get("project") != PROJECT or "ParentId" in described:
        return None
    # Earlier versions tagged no copy: the stack's name says it.
    return tags.get("copy") or described["StackName"].partition("-")[2] or MAIN


def _stack(described: Mapping[str, Any]) -> CopyStack:
    return CopyStack(
        name=described["StackName"],
        id=described["StackId"],
        status=described["StackStatus"],
        protected=bool(described.get("EnableTerminationProtection")),
    )
