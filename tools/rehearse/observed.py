"""What is seen of a deploy: who answered meanwhile, what is another thing now, which rights nobody needed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local_aws import decisions
from local_aws.cloud import Cloud
from local_aws.deploy import BOOTSTRAP_STACK
from local_aws.grants import denials, find_grants, is_needed
from local_aws.inventory import find_copy
from ops.cloud.probe import ask_api, ask_page
from ops.cloud.stack import find_stacks
from rehearse.client import Answers, asking
from review.fact import quoted
from review.reading import read_assembly
from stacks.copy_settings import MAIN


@dataclass(frozen=True, order=True)
class Thing:
    """A resource of a stack."""

    stack: str
    logical_id: str
    type: str


@contextmanager
def observed(cloud: Cloud, assembly: Path) -> Iterator[list[str]]:
    """Look on while the block deploys; then the list has a line of Markdown for each thing seen.

    :param assembly: what is deployed, which knows the constructs' paths.
    """
    lines: list[str] = []
    since = decisions.size(cloud.state.decisions)
    found, before = find_copy(cloud, MAIN), find_things(cloud)
    with asking({"page": partial(ask_page, found.page_url), "API": partial(ask_api, found.api_url)}) as answers:
        yield lines
    paths = {
        (stack.deployed_as[1], resource.logical_id): resource.path
        for stack in read_assembly(assembly).stacks
        for resource in stack.resources.values()
    }
    lines += [_answered(who, how) for who, how in answers.items()]
    lines += differences(before, find_things(cloud), paths)
    lines += rolled_back(cloud)
    lines += rights(cloud, since)


def find_things(cloud: Cloud) -> dict[Thing, str]:
    """Give the physical id of all that the stacks have made."""
    cloudformation = cloud.client("cloudformation")
    return {
        Thing(name, one["LogicalResourceId"], one["ResourceType"]): one["PhysicalResourceId"]
        for name in (stack.name for stack in find_stacks(cloud.here(MAIN)) if stack.name != BOOTSTRAP_STACK)
        for one in cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        if one["ResourceStatus"] != "DELETE_COMPLETE"
    }


def differences(
    before: Mapping[Thing, str], after: Mapping[Thing, str], paths: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    """Say which are others now; by their paths, where these are known."""
    both = before.keys() & after.keys()
    replaced = {thing for thing in both if before[thing] != after[thing]}
    for said, things in (
        ("Replaced", replaced),
        ("New", after.keys() - before.keys()),
        ("Gone", before.keys() - after.keys()),
    ):
        words = [
            f"{quoted(f'{one.stack}/{paths.get((one.stack, one.logical_id), one.logical_id)}')} ({quoted(one.type)})"
            for one in sorted(things)
        ]
        if words:
            yield f"**{said}**: {', '.join(words)}."
    yield f"The same as before: {len(both) - len(replaced)} of {len(before)}."


def rights(cloud: Cloud, since: int) -> Iterator[str]:
    """Say which rights nothing has ever needed, and what was denied meanwhile."""
    made, grants = decisions.read(cloud.state.decisions), find_grants(cloud)
    for grant in dict.fromkeys(grants):
        if not grant.reason and not is_needed(grant, grants, made):
            yield f"**Granted and never used**: {quoted(grant.words)}, to {quoted(grant.holder)}."
    for words in denials(cloud, decisions.read(cloud.state.decisions, since)):
        yield f"**Denied**: {quoted(words)}."


def rolled_back(cloud: Cloud) -> Iterator[str]:
    """Say how a deploy has left the stacks that it did not bring to its end."""
    for stack in find_stacks(cloud.here(MAIN)):
        if "ROLLBACK" in stack.status or "FAILED" in stack.status:
            why = f": {quoted(stack.reason)}" if stack.reason else ""
            yield f"**Rolled back**: {quoted(stack.name)} is {quoted(stack.status)}{why}."


def _answered(who: str, how: Answers) -> str:
    """Say how somebody answered who was asked all along, at the address of before."""
    errors = ", ".join(f"{quoted(words)} {times} times" for words, times in how.errors.items())
    gap = f"the longest time without a good one {how.longest_gap:.1f} s"
    return f"The {who}: {how.good} good answers, {gap}; errors: {errors or 'none'}."
