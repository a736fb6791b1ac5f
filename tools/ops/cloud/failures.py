"""Why a deploy failed, by what CloudFormation says of a copy's stacks."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, takewhile

from ops.answers.errors import FORBIDDEN, OpsError, error_code, in_words
from ops.answers.output import note
from ops.answers.spelling import ops
from ops.cloud.here import Here
from ops.cloud.identity import which_aws
from ops.cloud.meanings import meaning
from ops.cloud.stack import Stack, read_stack
from stacks.registry import possible_stacks


def going_on(copy: str) -> str:
    """Say what becomes of a deploy that nobody watches any more."""
    return f"CloudFormation goes on with what it has begun: `{ops('status', copy)}` tells how it ends"


def say_why(here: Here, since: datetime) -> None:
    """Say what the messages since a moment mean, each once, as far as we know."""
    try:
        which_aws(here.aws)
    except Exception as error:
        if error_code(error) or isinstance(error, OpsError):
            # It may have ended while the deploy ran, which the CDK's command line words in many ways.
            note(f"\n{in_words(error)}. {going_on(here.copy)}")
            return
    for name in possible_stacks(here.copy):
        try:
            stack = read_stack(here, name)
            if stack:
                _say_why(here, stack, since)
        except Exception as error:
            # Whatever else keeps us from asking, the deploy itself has met and told.
            if error_code(error) in FORBIDDEN:
                note(f"\nwhat CloudFormation says of the stack {name} was not read: {in_words(error)}")


def _say_why(here: Here, stack: Stack, since: datetime) -> None:
    """Say each meaning as soon as it is known: who may read one kind of message may not read another."""
    said = set()
    for message in _messages(here, stack, since):
        words = meaning(message, stack.name, here.copy)
        if words and words not in said:
            said.add(words)
            note(f"\nstack {stack.name}: {words}")


def _messages(here: Here, stack: Stack, since: datetime) -> Iterator[str]:
    yield stack.status
    cloudformation = here.aws.client("cloudformation")
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack.id)
    # The latest come first.
    latest = takewhile(
        lambda event: event["Timestamp"] >= since, chain.from_iterable(page["StackEvents"] for page in pages)
    )
    yield from (event.get("ResourceStatusReason", "") for event in latest)
    # What it finds before it changes anything, such as a name that is taken.
    found = cloudformation.describe_events(StackName=stack.id, Filters={"FailedEvents": True})["OperationEvents"]
    yield from (event.get("ValidationStatusReason", "") for event in found if event["Timestamp"] >= since)
