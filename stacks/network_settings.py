"""Where a machine stands, as a setting tells it; free of the CDK, as the registry is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from stacks.setting import one_of, parts

# In the order of the VPC's subnets.
ZONES = ("first", "second")
# What make looks up: this, or the id of a VPC.
DEFAULT_VPC = "default"
VPC_ID = r"vpc-[0-9a-f]{8,17}"
SUBNET = r"[a-z0-9-]+/subnet-[0-9a-f]{8,17}"


@dataclass(frozen=True)
class Network:
    """A VPC that is there already: its public subnets by zone, of each zone one."""

    vpc_id: str
    subnets: Mapping[str, str]


def parse_network(text: str) -> Network | None:
    """Read a network as make has looked it up, such as ``vpc-1,us-east-1a/subnet-1,us-east-1b/subnet-2``."""
    if not text:
        return None
    vpc_id, *subnets = parts(text)
    if text == DEFAULT_VPC or (not subnets and re.fullmatch(VPC_ID, text)):
        raise ValueError(f"its subnets are looked up by make, not here: make deploy VPC={text}")
    if not subnets or not re.fullmatch(VPC_ID, vpc_id) or not all(re.fullmatch(SUBNET, subnet) for subnet in subnets):
        raise ValueError("use default or the id of a VPC, such as vpc-0123456789abcdef0, with make: make deploy VPC=…")
    return Network(vpc_id, MappingProxyType(dict(subnet.split("/") for subnet in subnets)))


def parse_zone(text: str) -> str:
    """Read in which zone of its network a machine stands."""
    if text == "auto":
        raise ValueError("the zone that has the instance type is looked up by make, not here: make deploy ZONE=auto")
    return one_of(*ZONES)(text)
