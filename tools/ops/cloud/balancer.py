"""The load balancer before a fleet: whom it lets in, and which machines it sends people to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.cloud.fleet import Fleet
from ops.cloud.here import Here

HEALTHY = "healthy"


@dataclass(frozen=True)
class Balancer:
    """One application load balancer."""

    security_groups: tuple[str, ...]
    # In each it has a public address.
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Health:
    """How a machine does in the balancer's eyes, such as healthy, unhealthy, initial or draining."""

    state: str
    reason: str = ""

    @property
    def words(self) -> str:
        """Say it, and why."""
        return f"{self.state} ({self.reason})" if self.reason else self.state


def find_balancers(here: Here, fleet: Fleet) -> list[Balancer]:
    """Ask for what stands before the fleet; a group whose deploy broke off has nothing there."""
    if not fleet.target_groups:
        return []
    client = here.aws.client("elbv2")
    groups = client.describe_target_groups(TargetGroupArns=list(fleet.target_groups))["TargetGroups"]
    arns = [arn for group in groups for arn in group["LoadBalancerArns"]]
    found = client.describe_load_balancers(LoadBalancerArns=arns)["LoadBalancers"] if arns else []
    return [_balancer(described) for described in found]


def find_health(here: Here, fleet: Fleet) -> dict[str, Health]:
    """Ask how each machine does, by its id."""
    client = here.aws.client("elbv2")
    answers = [client.describe_target_health(TargetGroupArn=group) for group in fleet.target_groups]
    return {
        target["Target"]["Id"]: _health(target["TargetHealth"])
        for answer in answers
        for target in answer["TargetHealthDescriptions"]
    }


def _balancer(described: Mapping[str, Any]) -> Balancer:
    return Balancer(
        tuple(described.get("SecurityGroups", [])),
        tuple(zone["ZoneName"] for zone in described.get("AvailabilityZones", [])),
    )


def _health(described: Mapping[str, str]) -> Health:
    return Health(described["State"], described.get("Description", described.get("Reason", "")))
