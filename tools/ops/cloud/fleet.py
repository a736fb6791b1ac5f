"""The fleet behind the page: as many machines as an Auto Scaling group wants."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.answers.errors import OpsError
from ops.answers.spelling import make
from ops.cloud.here import Here
from stacks.registry import SETTINGS

# What the group was before `stop`, smallest and wanted, which a stopped one does not say itself; and the smallest that
# its stack was told then.
BEFORE_STOP = "data-compute:before-stop"
# What would start machines again behind a stop's back.
SUSPENDED = ("AlarmNotification", "ScheduledActions")


@dataclass(frozen=True)
class Fleet:
    """One Auto Scaling group."""

    name: str
    smallest: int
    wanted: int
    largest: int
    # How far each of its machines is, by id: Pending, InService, Terminating …
    members: Mapping[str, str]
    target_groups: tuple[str, ...]
    # The launch template's id, and the version that its machines are made of.
    template: str
    version: str
    # The machines that are no Spot ones, however many there are; None where none is.
    on_demand_base: int | None
    tags: Mapping[str, str]

    @property
    def stopped(self) -> bool:
        """Whether it wants no machine."""
        return not self.wanted

    @property
    def numbers(self) -> str:
        """How many machines it has."""
        state = "stopped" if self.stopped else f"{len(self.members)} of {self.wanted} wanted"
        return f"{state}, {self.smallest} at least, {self.largest} at most"


def fleet_size(told: Mapping[str, str]) -> tuple[int, int]:
    """Read how many machines a copy has at least and at most, by what it was told."""
    machines = SETTINGS["machines"]
    least, most = machines.parse(told.get("machines") or machines.default)
    return least, most


def find_fleet(here: Here, name: str) -> Fleet:
    """Ask Auto Scaling for the group."""
    groups = here.aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    if not groups["AutoScalingGroups"]:
        raise OpsError(
            f"fleet {name}, which the stack names, does not exist any more, by somebody's hand: "
            f"`{make('destroy', here.copy)}`, then `{make('deploy', here.copy)}`"
        )
    return _fleet(groups["AutoScalingGroups"][0])


def _fleet(described: Mapping[str, Any]) -> Fleet:
    mixed = described.get("MixedInstancesPolicy", {})
    template = mixed.get("LaunchTemplate", {}).get("LaunchTemplateSpecification") or described.get("LaunchTemplate", {})
    return Fleet(
        name=described["AutoScalingGroupName"],
        smallest=described["MinSize"],
        wanted=described["DesiredCapacity"],
        largest=described["MaxSize"],
        members={machine["InstanceId"]: machine["LifecycleState"] for machine in described.get("Instances", [])},
        target_groups=tuple(described.get("TargetGroupARNs", [])),
        template=template.get("LaunchTemplateId", ""),
        version=template.get("Version", "$Default"),
        on_demand_base=mixed["InstancesDistribution"].get("OnDemandBaseCapacity", 0) if mixed else None,
        tags={tag["Key"]: tag["Value"] for tag in described.get("Tags", [])},
    )
