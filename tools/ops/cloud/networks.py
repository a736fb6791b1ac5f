"""A VPC that is there already, with the public subnets that a machine can stand in."""

from typing import Any

from ops.answers.errors import OpsError, passing_over
from ops.cloud.clients import Aws
from stacks.network_settings import DEFAULT_VPC, ZONES


def find_vpc(aws: Aws, wanted: str) -> str:
    """Ask EC2 for the VPC, and write it down as the setting is stored: of its first zones one public subnet each."""
    ec2 = aws.client("ec2")
    vpc_id = _default(ec2, aws.region_name) if wanted == DEFAULT_VPC else wanted
    by_zone: dict[str, str] = {}
    for subnet in sorted(_subnets(ec2, vpc_id), key=lambda subnet: (subnet["AvailabilityZone"], subnet["SubnetId"])):
        # Not a local zone, such as us-east-1-bos-1a, which has few types.
        if subnet["AvailabilityZone"][:-1] == aws.region_name:
            by_zone.setdefault(subnet["AvailabilityZone"], subnet["SubnetId"])
    if not by_zone:
        raise OpsError(
            f"{vpc_id} has no public subnet in {aws.region_name}, one with a route to an internet gateway, from which "
            "the page would be reached: name another VPC, or say VPC= for a network of the copy's own"
        )
    return ",".join([vpc_id, *(f"{zone}/{subnet}" for zone, subnet in list(by_zone.items())[: len(ZONES)])])


def _default(ec2: Any, region: str) -> str:
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    if not vpcs:
        raise OpsError(f"{region} has no default VPC: `aws ec2 create-default-vpc` makes it, or name one, VPC=vpc-…")
    return str(vpcs[0]["VpcId"])


def _subnets(ec2: Any, vpc_id: str) -> list[dict[str, Any]]:
    """List the public ones; a subnet that no table names goes by the VPC's main one."""
    inside = [{"Name": "vpc-id", "Values": [vpc_id]}]
    found: list[dict[str, Any]] = []
    with passing_over("InvalidVpcID"):
        found = list(ec2.get_paginator("describe_subnets").paginate(Filters=inside).search("Subnets[]"))
    if not found:
        raise OpsError(f"{vpc_id} has no subnet here, or there is no such VPC: `aws ec2 describe-vpcs` lists them")
    tables = ec2.get_paginator("describe_route_tables").paginate(Filters=inside).search("RouteTables[]")
    main, public_by_subnet = False, {}
    for table in tables:
        public = any(str(route.get("GatewayId")).startswith("igw-") for route in table["Routes"])
        for association in table["Associations"]:
            if association.get("Main"):
                main = public
            elif "SubnetId" in association:
                public_by_subnet[association["SubnetId"]] = public
    return [subnet for subnet in found if public_by_subnet.get(subnet["SubnetId"], main)]
