"""Who may come in through a security group and where what wears it may go: all rules together, port by port."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from review.addresses import Addresses
from review.assembly import Assembly, Resource, Stack
from review.meaning import possible, resources_named
from review.reach import EVERYTHING, LAST_PORT, Rule, Who
from review.spelling import Called, spelled

GROUP = "AWS::EC2::SecurityGroup"
INLINE = {"SecurityGroupIngress": "in", "SecurityGroupEgress": "out"}
DIRECTIONS = ("in", "out")
RULES = {f"{GROUP}Ingress": "in", f"{GROUP}Egress": "out"}
PEERS = (
    *("CidrIp", "CidrIpv6", "SourcePrefixListId", "DestinationPrefixListId"),
    *("SourceSecurityGroupId", "DestinationSecurityGroupId", "SourceSecurityGroupName"),
)
NUMBERED = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
# No host has it: the CDK writes it for a group that lets nothing out.
NOBODY = "255.255.255.255/32"
# EC2 gives a group of which nothing is said.
DEFAULT_EGRESS = {"IpProtocol": EVERYTHING, "CidrIp": "0.0.0.0/0"}


@dataclass(frozen=True)
class Door:
    """One direction of one group, or of what wears some; a group not of the assembly has its id in place of a path."""

    stack: str
    path: str
    type: str
    direction: str

    @classmethod
    def of(cls, resource: Resource, way: str) -> "Door":
        """Give one of a resource of the assembly."""
        return cls(resource.stack.name, resource.path, resource.type, way)


def rules(assembly: Assembly, called: Called) -> dict[Door, list[Rule]]:
    """Give the rules of each group, wherever they are written."""
    found: dict[Door, list[Rule]] = defaultdict(list)
    for resource in assembly.resources:
        if resource.type == GROUP:
            for name, way in INLINE.items():
                written = resource.properties.get(name) or (DEFAULT_EGRESS if way == "out" else [])
                found[Door.of(called.get(resource, resource), way)] += _read(assembly, resource.stack, written, called)
        elif way := RULES.get(resource.type, ""):
            group = resource.properties.get("GroupId", resource.properties.get("GroupName"))
            named = [one for one, _ in resources_named(assembly, resource.stack, group) if one.type == GROUP]
            # A group that is none of the assembly's goes by its id.
            door = Door(resource.stack.name, spelled(resource.stack, group, called), GROUP, way)
            door = Door.of(called.get(named[0], named[0]), way) if named else door
            found[door] += _read(assembly, resource.stack, resource.properties, called)
    return found


def _read(assembly: Assembly, stack: Stack, written: Any, called: Called) -> Iterator[Rule]:
    for within, rule in possible(assembly, stack, written):
        if not isinstance(rule, dict):
            continue
        protocol = NUMBERED.get(spelled(within, rule.get("IpProtocol"), {}).lower())
        protocol = protocol or spelled(within, rule.get("IpProtocol", EVERYTHING), {}).lower()
        first, last = (_port(assembly, within, rule.get(name)) for name in ("FromPort", "ToPort"))
        if protocol == EVERYTHING or first is None or first < 0:
            first, last = 0, LAST_PORT
        elif protocol.startswith("icmp"):
            last = first
        for name in PEERS:
            for where, peer in possible(assembly, within, rule.get(name, [])):
                yield Rule(protocol, first, first if last is None else last, _who(assembly, where, peer, called))


def _port(assembly: Assembly, stack: Stack, value: Any) -> int | None:
    said = [str(one) for _, one in possible(assembly, stack, value)]
    return int(said[0]) if len(said) == 1 and said[0].lstrip("-").isdigit() else None


def _who(assembly: Assembly, stack: Stack, peer: Any, called: Called) -> Who:
    if peer == NOBODY:
        return Who()
    if isinstance(peer, str):
        try:
            return Who(Addresses.of(peer))
        except ValueError:
            return Who(others=frozenset([peer]))
    named = [one for one, _ in resources_named(assembly, stack, peer)]
    if named and named[0].type == "AWS::EC2::PrefixList":
        found = Who()
        for within, entry in possible(assembly, named[0].stack, named[0].properties.get("Entries", [])):
            for where, cidr in possible(assembly, within, entry.get("Cidr", [])):
                found |= _who(assembly, where, cidr, called)
        return found
    return Who(others=frozenset([spelled(stack, peer, called)]))
