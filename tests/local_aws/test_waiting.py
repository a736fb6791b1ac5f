"""The CDK command line learns of a deploy's end at once, although it looks every five seconds only."""

import asyncio

import pytest
from ministack.services.cloudformation import handlers

from local_aws.extensions import waiting
from local_aws.ministack import calls, stacks

CDK = "aws-sdk-js/3.0 aws-cdk/2.1 app/x"


@pytest.fixture(name="changing")
def set_of_changing_stacks(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Stand in for CloudFormation: stacks change that are in this set."""
    changing: set[str] = set()
    monkeypatch.setattr(stacks, "is_changing", changing.__contains__)
    return changing


async def answered(program: str, asked: calls.Asked) -> "asyncio.Task[None]":
    """Ask, and give the embedded AWS time for some looks."""
    asking = asyncio.create_task(waiting._wait(program, asked))
    await asyncio.sleep(3 * waiting.LOOK_SECONDS)
    return asking


def test_a_look_at_a_stack_that_changes_is_answered_when_it_no_longer_does(changing: set[str]) -> None:
    async def story() -> None:
        changing.add("Page")
        asking = await answered(CDK, {"Action": ["DescribeStacks"], "StackName": ["Page"]})
        assert not asking.done()
        changing.clear()
        await asyncio.wait_for(asking, 10)

    asyncio.run(story())


def test_a_long_change_is_told_before_anybody_gives_up(changing: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST_SECONDS", waiting.LOOK_SECONDS)
    changing.add("Page")

    assert asyncio.run(answered(CDK, {"Action": ["DescribeStacks"], "StackName": ["Page"]})).done()


@pytest.mark.parametrize(
    ("program", "asked"),
    [
        ("Boto3/1.40", {"Action": ["DescribeStacks"], "StackName": ["Page"]}),
        (CDK, {"Action": ["DescribeStackEvents"], "StackName": ["Page"]}),
        (CDK, {"Action": ["DescribeStacks"]}),
        (CDK, {"Action": ["DescribeStacks"], "StackName": ["Other"]}),
    ],
    ids=["a person's look", "another call", "all stacks", "one that does not change"],
)
def test_nobody_else_waits(changing: set[str], program: str, asked: calls.Asked) -> None:
    changing.add("Page")

    assert asyncio.run(answered(program, asked)).done()


@pytest.mark.parametrize(
    ("status", "changes"),
    [("UPDATE_IN_PROGRESS", True), ("REVIEW_IN_PROGRESS", False), ("CREATE_COMPLETE", False), (None, False)],
)
def test_what_changes(monkeypatch: pytest.MonkeyPatch, status: str | None, changes: bool) -> None:
    known = {"StackStatus": status} if status else None
    monkeypatch.setattr(handlers, "_resolve_stack", {"Page": known}.get)

    assert stacks.is_changing("Page") is changes
