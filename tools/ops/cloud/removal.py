"""Removing stacks: whoever uses another goes before it."""

import time
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from ops.answers.errors import OpsError, passing_over
from ops.answers.output import Tell, note, progress
from ops.answers.spelling import make
from ops.cloud.here import Here
from ops.cloud.meanings import meaning
from ops.cloud.stack import Stack
from stacks.registry import usual_stacks

PAUSE_SECONDS = 2.0
ENDS = ("DELETE_COMPLETE", "DELETE_FAILED")


def in_order(here: Here, stacks: Sequence[Stack]) -> list[Stack]:
    """Put the stacks into the order of their removal, or raise if one of them can't be removed."""
    for stack in stacks:
        if stack.protected:
            raise OpsError(f"stack {stack.name} is protected, and nothing was removed: {_unprotect(here, stack)}")
    by_name = {stack.name: stack for stack in stacks}
    users = _users(here, stacks)
    for name, using in users.items():
        if staying := sorted(using - by_name.keys()):
            raise OpsError(
                f"stack {name} is used by {', '.join(staying)}, and nothing was removed: remove that as well, or first"
            )
    return [by_name[name] for name in TopologicalSorter(users).static_order()]


def remove(here: Here, stacks: Sequence[Stack]) -> None:
    """Remove stacks one after the other, in this order."""
    for stack in stacks:
        with progress(f"removing stack {stack.name}") as tell:
            # CloudFormation shows the failure of an earlier delete until it has begun with ours.
            earlier = _latest_failure(here, stack) if stack.status == "DELETE_FAILED" else None
            here.aws.client("cloudformation").delete_stack(StackName=stack.id)
            _wait(here, stack, earlier, tell)
        note(f"stack {stack.name} is removed")


def _unprotect(here: Here, stack: Stack) -> str:
    if stack.name in usual_stacks(here.copy) and stack.usable:
        return f"`{make('deploy', here.copy, termination_protection='false')}` ends that"
    # No deploy reaches a stack that the copy no longer has, as an extra may be, nor one never made or half removed.
    command = "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name"
    return f"`{command} {stack.name}` ends that"


def _users(here: Here, stacks: Sequence[Stack]) -> dict[str, set[str]]:
    """List, for each stack, those that import what it exports."""
    users: dict[str, set[str]] = {stack.name: set() for stack in stacks}
    names = {stack.id: stack.name for stack in stacks}
    for page in here.aws.client("cloudformation").get_paginator("list_exports").paginate():
        for export in page["Exports"]:
            if exporting := names.get(export["ExportingStackId"]):
                users[exporting].update(_importing(here, export["Name"]))
    return users


def _importing(here: Here, export: str) -> list[str]:
    pages = here.aws.client("cloudformation").get_paginator("list_imports").paginate(ExportName=export)
    # So CloudFormation says "by none".
    with passing_over("not imported"):
        return [str(name) for page in pages for name in page["Imports"]]
    return []


def _wait(here: Here, stack: Stack, earlier: str | None, tell: Tell) -> None:
    started = time.monotonic()
    status = ""
    while status not in ENDS or (status == "DELETE_FAILED" and earlier and _latest_failure(here, stack) == earlier):
        # Before the first look as well: CloudFormation may need a moment to begin.
        time.sleep(PAUSE_SECONDS)
        passed = time.monotonic() - started
        if passed > 15:
            tell(f"removing stack {stack.name}: {passed // 15 * 15:.0f} s now")
        # By its id, as AWS still tells of a stack that is gone.
        described = here.aws.client("cloudformation").describe_stacks(StackName=stack.id)["Stacks"][0]
        status = described["StackStatus"]
    if status == "DELETE_FAILED":
        why = _why(here, stack, described)
        words = meaning(why, stack.name, here.copy)
        raise OpsError(f"stack {stack.name} is {status}: {why}" + (f"\n{words}" if words else ""))


def _latest_failure(here: Here, stack: Stack) -> str | None:
    """Name the latest event in which the stack as a whole could not be deleted."""
    for event in here.aws.client("cloudformation").describe_stack_events(StackName=stack.id)["StackEvents"]:
        if event.get("PhysicalResourceId") == stack.id and event.get("ResourceStatus") == "DELETE_FAILED":
            return str(event["EventId"])
    return None


def _why(here: Here, stack: Stack, described: Mapping[str, Any]) -> str:
    """Say what CloudFormation says of the resources that it could not delete."""
    reasons = []
    # The latest come first.
    for event in here.aws.client("cloudformation").describe_stack_events(StackName=stack.id)["StackEvents"]:
        of_the_stack, status = event.get("PhysicalResourceId") == stack.id, event.get("ResourceStatus")
        if of_the_stack and status == "DELETE_IN_PROGRESS":
            break
        if not of_the_stack and status == "DELETE_FAILED":
            reasons.append(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}")
    return "; ".join(reasons) or described.get("StackStatusReason") or "CloudFormation gives no reason"
