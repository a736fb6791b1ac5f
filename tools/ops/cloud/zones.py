"""Which zone of its network a machine can stand in: EC2 has not every type in every zone."""

import re
from collections.abc import Mapping
from typing import Any

from ops.answers.errors import OpsError
from ops.cloud.clients import Aws
from stacks.checks import check_values
from stacks.network_settings import ZONES, parse_network
from stacks.registry import SETTINGS

SHOWN = 8


def find_zone(aws: Aws, told: Mapping[str, str]) -> str:
    """Ask EC2 for the first of the network's zones that has the instance type."""
    wanted = told.get("instance_type") or SETTINGS["instance_type"].default_for(told)
    # What the copy's file says, nobody has checked yet.
    check_values({"instance_type": wanted, "vpc": told.get("vpc", "")})
    ec2 = aws.client("ec2")
    network = parse_network(told.get("vpc", ""))
    ours = list(network.subnets) if network else _zones_of_the_network(ec2)
    having = {str(offer["Location"]) for offer in _offers(ec2, **{"instance-type": wanted})}
    for zone, name in zip(ZONES, ours, strict=False):
        if name in having:
            return zone
    raise OpsError(
        f"neither {' nor '.join(ours)}, where the machine can stand, has {wanted}; "
        f"{', '.join(sorted(having)) or 'no zone of this region'} does. "
        + "; ".join(f"{name} has {_like(ec2, name, wanted)}" for name in ours)
    )


def _zones_of_the_network(ec2: Any) -> list[str]:
    """List the zones that CloudFormation's Fn::GetAZs gives first: those with a default subnet, if any has one."""
    subnets = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    names = {str(subnet["AvailabilityZone"]) for subnet in subnets}
    if not names:
        zones = ec2.describe_availability_zones(Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}])
        names = {str(zone["ZoneName"]) for zone in zones["AvailabilityZones"]}
    return sorted(names)[: len(ZONES)]


def _offers(ec2: Any, **filters: str) -> list[dict[str, str]]:
    """List which types there are in which zones."""
    named = [{"Name": name, "Values": [value]} for name, value in filters.items()]
    offers = ec2.get_paginator("describe_instance_type_offerings")
    pages = offers.paginate(LocationType="availability-zone", Filters=named)
    return [offer for page in pages for offer in page["InstanceTypeOfferings"]]


def _like(ec2: Any, zone: str, wanted: str) -> str:
    """List the types of the wanted one's kind and size that a zone has."""
    family, size = wanted.split(".")
    # t of t4g, p of p4d.
    kind = re.split(r"[0-9]", family)[0]
    offers = _offers(ec2, **{"location": zone, "instance-type": f"{kind}*.{size}"})
    types = sorted(offer["InstanceType"] for offer in offers)
    return ", ".join(types[:SHOWN]) or f"nothing like it in the size {size}"
