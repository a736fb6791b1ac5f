"""The machine behind the page, as EC2 has it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops.answers.errors import OpsError, passing_over
from ops.answers.spelling import make, ops
from ops.cloud.here import Here
from stacks.registry import PROJECT

GONE = ("terminated", "shutting-down")


@dataclass(frozen=True)
class Machine:
    """One instance."""

    id: str
    state: str
    type: str
    image: str
    launched: datetime
    public_ip: str | None
    security_groups: tuple[str, ...]
    volumes: tuple[str, ...]
    tags: Mapping[str, str]
    copy: str
    zone: str = ""
    spot: bool = False
    # Whether it has turned itself off.
    by_itself: bool = False

    @property
    def purchase(self) -> str:
        """How it is paid for."""
        return "Spot" if self.spot else "on demand"

    def existing(self) -> "Machine":
        """Give the machine, unless it is terminated."""
        if self.state in GONE:
            raise OpsError(
                f"machine {self.id} is {self.state}, by somebody's hand or by AWS: {replacing(self.id, self.copy)}"
            )
        return self

    def running(self) -> "Machine":
        """Give the machine, unless it is off."""
        if self.existing().state != "running":
            raise OpsError(f"machine {self.id} is {self.state}: `{ops('start', self.copy)}` boots it")
        return self


def find_machine(here: Here, instance_id: str) -> Machine:
    """Ask EC2 for the instance."""
    found = []
    with passing_over("InvalidInstanceID"):
        reservations = here.aws.client("ec2").describe_instances(InstanceIds=[instance_id])["Reservations"]
        found = [instance for reservation in reservations for instance in reservation["Instances"]]
    if not found:
        advice = replacing(instance_id, here.copy)
        raise OpsError(f"machine {instance_id}, which the stack names, does not exist any more: {advice}")
    return _machine(found[0], here.copy)


def find_existing(here: Here, instance_ids: Iterable[str]) -> list[Machine]:
    """Ask EC2 for several at once, of which some may be gone meanwhile."""
    if not (wanted := sorted(instance_ids)):
        return []
    # A filter, as an id that is no more would be refused.
    pages = (
        here.aws.client("ec2")
        .get_paginator("describe_instances")
        .paginate(Filters=[{"Name": "instance-id", "Values": wanted}])
    )
    machines = [_machine(described, here.copy) for described in pages.search("Reservations[].Instances[]")]
    return [machine for machine in machines if machine.state not in GONE]


def find_machines_of_all_copies(here: Here) -> list[Machine]:
    """Ask EC2 for every instance that our tags name, unless it is terminated."""
    ours = [{"Name": "tag:project", "Values": [PROJECT]}, {"Name": "tag-key", "Values": ["copy"]}]
    pages = here.aws.client("ec2").get_paginator("describe_instances").paginate(Filters=ours)
    machines = [
        _machine(described, next(tag["Value"] for tag in described["Tags"] if tag["Key"] == "copy"))
        for described in pages.search("Reservations[].Instances[]")
    ]
    return [machine for machine in machines if machine.state not in GONE]


def _machine(described: Mapping[str, Any], copy: str) -> Machine:
    devices = described.get("BlockDeviceMappings", [])
    return Machine(
        id=described["InstanceId"],
        state=described["State"]["Name"],
        type=described["InstanceType"],
        image=described["ImageId"],
        launched=described["LaunchTime"],
        public_ip=described.get("PublicIpAddress"),
        security_groups=tuple(group["GroupId"] for group in described.get("SecurityGroups", [])),
        volumes=tuple(device["Ebs"]["VolumeId"] for device in devices if "Ebs" in device),
        tags={tag["Key"]: tag["Value"] for tag in described.get("Tags", [])},
        copy=copy,
        zone=described.get("Placement", {}).get("AvailabilityZone", ""),
        spot=described.get("InstanceLifecycle") == "spot",
        by_itself=described.get("StateReason", {}).get("Code") == "Client.InstanceInitiatedShutdown",
    )


def replacing(instance_id: str, copy: str) -> str:
    """Say how to get a new machine in place of one that is gone."""
    # Any word that no machine was made with yet: one that its id is in.
    return f"`{make('deploy', copy, generation=f'after-{instance_id}')}` makes a new one at the same address"
