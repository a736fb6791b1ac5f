"""A network that is there already, as EC2 tells of it."""

from typing import Any

import pytest

from ops.answers.errors import OpsError
from ops.cloud.clients import Aws
from ops.cloud.networks import find_vpc
from tests.ops.fake_aws import FakeAws

VPC = "vpc-01234567"
INSIDE = [{"Name": "vpc-id", "Values": [VPC]}]
OUT, IN = [{"GatewayId": "local"}, {"GatewayId": "igw-1"}], [{"GatewayId": "local"}, {"NatGatewayId": "nat-1"}]


def default_vpc(aws: FakeAws, *found: str) -> None:
    vpcs = {"Vpcs": [{"VpcId": vpc} for vpc in found]}
    aws.expect("ec2", "describe_vpcs", vpcs, Filters=[{"Name": "is-default", "Values": ["true"]}])


def network(aws: FakeAws, subnets: dict[str, str], main: list[dict[str, str]], **tables: list[dict[str, str]]) -> None:
    """Say which subnets there are in which zones, and the routes of the main table and of others by their subnets."""
    found = [{"SubnetId": subnet, "AvailabilityZone": zone} for subnet, zone in subnets.items()]
    aws.expect("ec2", "describe_subnets", {"Subnets": found}, Filters=INSIDE)
    listed: list[dict[str, Any]] = [{"Routes": main, "Associations": [{"Main": True}]}]
    listed += [
        {"Routes": routes, "Associations": [{"Main": False, "SubnetId": f"subnet-{name}"}]}
        for name, routes in tables.items()
    ]
    aws.expect("ec2", "describe_route_tables", {"RouteTables": listed}, Filters=INSIDE)


def test_the_default_one_has_its_first_two_zones(aws: FakeAws) -> None:
    default_vpc(aws, VPC)
    zones = {"subnet-3": "eu-central-1c", "subnet-2": "eu-central-1b", "subnet-1": "eu-central-1a"}
    network(aws, zones, OUT)
    assert find_vpc(Aws(), "default") == f"{VPC},eu-central-1a/subnet-1,eu-central-1b/subnet-2"


def test_of_a_named_one_only_public_subnets_count_one_a_zone(aws: FakeAws) -> None:
    zones = {"subnet-1": "eu-central-1a", "subnet-2": "eu-central-1b", "subnet-3": "eu-central-1b"}
    zones |= {"subnet-4": "eu-central-1b", "subnet-5": "eu-central-1-ham-1a"}
    network(aws, zones, IN, **{"3": OUT, "4": OUT, "5": OUT})
    assert find_vpc(Aws(), VPC) == f"{VPC},eu-central-1b/subnet-3"


def test_a_network_without_a_way_out_is_refused(aws: FakeAws) -> None:
    network(aws, {"subnet-1": "eu-central-1a", "subnet-2": "eu-central-1b"}, OUT, **{"1": IN, "2": IN})
    with pytest.raises(OpsError, match=f"^{VPC} has no public subnet in eu-central-1"):
        find_vpc(Aws(), VPC)


def test_a_network_that_there_is_not(aws: FakeAws) -> None:
    aws.expect("ec2", "describe_subnets", {"Subnets": []}, Filters=INSIDE)
    with pytest.raises(OpsError, match=f"^{VPC} has no subnet here, or there is no such VPC"):
        find_vpc(Aws(), VPC)


def test_a_region_without_a_default_one(aws: FakeAws) -> None:
    default_vpc(aws)
    with pytest.raises(OpsError, match=r"^eu-central-1 has no default VPC: `aws ec2 create-default-vpc` makes it"):
        find_vpc(Aws(), "default")
