"""What MiniStack keeps: its records of EC2 and API Gateway."""

from collections.abc import Callable, Iterable
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import apigateway, ec2

Store = dict[str, dict[str, Any]]

# The caller, whose own records these are, by id or by name.
account_id: Callable[[], str] = get_account_id
own_instances: Store = ec2._instances
launch_templates: Store = ec2._launch_templates
key_pairs: Store = ec2._key_pairs
security_groups: Store = ec2._security_groups
# HTTP and WebSocket APIs.
apis: Store = apigateway._apis


def instances() -> dict[tuple[str, str, str], dict[str, Any]]:
    """Look at all instances, by account, region and id."""
    return dict(ec2._instances.all_items())


def instance(account: str, instance_id: str) -> dict[str, Any] | None:
    """Open an instance of an account's."""
    return next((one for key, one in instances().items() if (key[0], key[2]) == (account, instance_id)), None)


def instance_state(account: str, instance_id: str) -> str:
    """Tell how far an instance is; of one that is forgotten, that it is terminated."""
    state: str = (instance(account, instance_id) or {}).get("State", {}).get("Name", "terminated")
    return state


def discard(instance_ids: Iterable[str]) -> None:
    """Remove instances as if they had never been."""
    for key in [key for key in instances() if key[2] in set(instance_ids)]:
        ec2._instances.pop_scoped(*key)


def volumes() -> dict[tuple[str, str, str], dict[str, Any]]:
    """Look at all volumes, by account, region and id."""
    return dict(ec2._volumes.all_items())


def addresses() -> dict[tuple[str, str, str], dict[str, Any]]:
    """Look at all Elastic IPs, by account, region and allocation id."""
    return dict(ec2._addresses.all_items())


def tags(account: str, region: str, resource_id: str) -> dict[str, str]:
    """Read the tags of an EC2 resource."""
    return {tag["Key"]: tag["Value"] for tag in ec2._tags.get_scoped(account, region, resource_id, [])}


def default_subnet() -> str:
    """Name the subnet of whoever names none."""
    ec2._ensure_defaults_initialized()
    subnet: str = ec2._DEFAULT_SUBNET_ID
    return subnet


def zone(subnet: str) -> str | None:
    """Name the zone of a subnet, if we know it."""
    found: str | None = ec2._subnets.get(subnet, {}).get("AvailabilityZone")
    return found


def network(of: str) -> str | None:
    """Name the VPC of a subnet or of a security group, if we know it."""
    store = ec2._subnets if of.startswith("subnet-") else security_groups
    vpc: str | None = store.get(of, {}).get("VpcId")
    return vpc
