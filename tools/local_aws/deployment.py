"""What is deployed to the embedded AWS, and whether it answers."""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from local_aws.cloud import Cloud
from local_aws.deploy import BOOTSTRAP_STACK
from local_aws.machines.disk import Disk
from local_aws.sources import copies_up
from local_aws.spelling import spell
from ops.answers.errors import OpsError
from ops.answers.output import say
from ops.cloud.deployment import Deployment, read_deployment
from ops.cloud.log_reader import LogReader, Source, find_log
from ops.cloud.machine import GONE
from ops.cloud.probe import KNOWN_MEAN, Answer, Health, ask, ask_page
from ops.cloud.situation import output_rows
from ops.cloud.stack import find_stacks
from stacks.registry import stack_names

# The first visitor's script may load much.
PATIENCE_SECONDS = 90.0
PAGE_SECONDS = 60.0
QUOTED_LINES = 30
STACK_TAG = "aws:cloudformation:stack-name"


@dataclass(frozen=True)
class Machine:
    """One instance, of whatever stack."""

    id: str
    state: str
    stack: str


def read(cloud: Cloud, copy: str) -> Deployment:
    """Ask for a copy's stacks, or say how to get them."""
    found = read_deployment(cloud.here(copy))
    if not all(stack and stack.usable for stack in found.stacks.values()):
        raise OpsError(f"the copy {copy} is not up: `{spell(cloud.state, 'up', copy)}` deploys it")
    return found


def machines(cloud: Cloud) -> Iterator[Machine]:
    """List all machines that are not gone, of every copy and of whoever else has deployed some."""
    for reservation in cloud.client("ec2").describe_instances()["Reservations"]:
        for instance in reservation["Instances"]:
            tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
            state = instance["State"]["Name"]
            if state not in GONE:
                yield Machine(instance["InstanceId"], state, tags.get(STACK_TAG, "of no stack"))


def rows_beside(cloud: Cloud, found: Deployment, shown: Collection[str] = ()) -> list[tuple[str, ...]]:
    """Lay out what is up beside a copy's page and function: all copies, machines, and what others have deployed.

    :param shown: the machines that are shown already.
    """
    up = copies_up(cloud.state)
    of_copies = {BOOTSTRAP_STACK, *(name for copy in (*up, found.copy) for name in stack_names(copy))}
    return [
        ("Copies up", ", ".join(up)),
        *(("Machine", f"{one.id}, {one.state}, {one.stack}") for one in machines(cloud) if one.id not in shown),
        *output_rows(stack for stack in find_stacks(cloud.here(found.copy)) if stack.name not in of_copies),
    ]


def start_machines(cloud: Cloud, found: Deployment) -> None:
    """Start the copy's machines that somebody has stopped: a deploy leaves them so."""
    ec2 = cloud.client("ec2")
    for machine in machines(cloud):
        if machine.stack in found.stacks and machine.state == "stopped":
            say(f"machine {machine.id} is stopped: starting it")
            ec2.start_instances(InstanceIds=[machine.id])


def wait_until_it_answers(cloud: Cloud, found: Deployment) -> None:
    """Wait until the page's own script runs and the function answers over HTTP, whatever a person has made of it."""
    page = wait_for_page(found)
    if not page.ok:
        _quote("app", Disk(cloud.state.machines / found.machine).last_app_lines())
        logs = spell(cloud.state, "logs app", found.copy)
        raise OpsError(f"the page {found.page_url}: {page.words}; see `{logs}`")
    began = datetime.now(UTC)
    answer = ask_function(found)
    if answer.status != 200:
        here = cloud.here(found.copy)
        events = LogReader(here, find_log(here, Source.FUNCTION), began).new_events()
        _quote("function", [event.message.rstrip() for event in events][-QUOTED_LINES:])
        raise OpsError(f"the function {found.api_url} answers {answer.status}: {answer.text[:300]}")


def _quote(whose: str, lines: Sequence[str]) -> None:
    if lines:
        say("\n".join([f"\nthe {whose}'s last lines:", *(f"  {line}" for line in lines)]))


def wait_for_page(found: Deployment) -> Health:
    """Wait until the app's script has run, well or not, or until nobody is there in time."""
    deadline = time.monotonic() + PAGE_SECONDS
    while True:
        health = ask_page(found.page_url, PATIENCE_SECONDS)
        if health.answered or time.monotonic() > deadline:
            return health
        time.sleep(0.1)


def ask_function(found: Deployment) -> Answer:
    """Ask the function over HTTP."""
    return ask(f"{found.api_url}{KNOWN_MEAN}", PATIENCE_SECONDS)
