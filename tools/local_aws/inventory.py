"""What the embedded AWS has: a copy's stacks, the instances of everybody, and what others have deployed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from local_aws.cloud import Cloud
from local_aws.deploy import BOOTSTRAP_STACK
from local_aws.sources import copies_up
from local_aws.spelling import spell
from ops.answers.errors import OpsError
from ops.answers.output import say
from ops.cloud.deployment import Deployment, read_deployment
from ops.cloud.fleet import find_fleet
from ops.cloud.fleet_power import start_fleet, wait_for_start
from ops.cloud.machine import GONE
from ops.cloud.situation import output_rows
from ops.cloud.stack import find_stacks
from stacks.registry import possible_stacks

STACK_NAME_TAG = "aws:cloudformation:stack-name"


@dataclass(frozen=True)
class Instance:
    """A machine as EC2 tells it, of whatever stack."""

    id: str
    state: str
    stack: str


def find_copy(cloud: Cloud, copy: str) -> Deployment:
    """Ask for a copy's stacks, or say how to get them."""
    found = read_deployment(cloud.here(copy))
    if not all(stack and stack.usable for stack in found.stacks.values()):
        raise OpsError(f"the copy {copy} is not up: `{spell(cloud.state, 'up', copy)}` deploys it")
    return found


def instances(cloud: Cloud) -> Iterator[Instance]:
    """List all that are not gone, of every copy and of whoever else has deployed some."""
    for reservation in cloud.client("ec2").describe_instances()["Reservations"]:
        for instance in reservation["Instances"]:
            tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
            state = instance["State"]["Name"]
            if state not in GONE:
                yield Instance(instance["InstanceId"], state, tags.get(STACK_NAME_TAG, "of no stack"))


def rows_beside(cloud: Cloud, found: Deployment, shown: Collection[str] = ()) -> list[tuple[str, ...]]:
    """Lay out what is up beside a copy's page and function: all copies, machines, and what others have deployed.

    :param shown: the machines that are shown already.
    """
    up = copies_up(cloud.state)
    others = (name for copy in up if copy != found.copy for name in possible_stacks(copy))
    of_copies = {BOOTSTRAP_STACK, *found.stacks, *others}
    return [
        ("Copies up", ", ".join(up)),
        *(("Machine", f"{one.id}, {one.state}, {one.stack}") for one in instances(cloud) if one.id not in shown),
        *_edge_rows(cloud),
        *output_rows(stack for stack in find_stacks(cloud.here(found.copy)) if stack.name not in of_copies),
    ]


def _edge_rows(cloud: Cloud) -> list[tuple[str, ...]]:
    """Say whom a browser is told to trust, where there are edges."""
    if not cloud.state.authority.exists():
        return []
    found = cloud.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
    signed = f"signed by {cloud.state.authority}, which is for this laptop alone: let your browser trust it"
    return [("Edge", f"https://{one['DomainName']}, {signed}") for one in found]


def start_stopped(cloud: Cloud, found: Deployment) -> None:
    """Start the copy's instances that somebody has stopped: a deploy leaves them so."""
    ec2 = cloud.client("ec2")
    for one in instances(cloud):
        if one.stack in found.stacks and one.state == "stopped":
            say(f"machine {one.id} is stopped: starting it")
            ec2.start_instances(InstanceIds=[one.id])
    here = cloud.here(found.copy)
    if found.fleet and (fleet := find_fleet(here, found.fleet)).stopped:
        say(f"fleet {fleet.name} is stopped: starting it")
        wanted = start_fleet(here, fleet, found.fleet_size[0])
        # Its machines are new ones, and meanwhile the balancer answers for them.
        wait_for_start(say, here, found, fleet, wanted)
