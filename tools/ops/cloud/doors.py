"""What a machine's security groups let in, and how to let in more."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.answers.embedded import is_loopback
from ops.answers.spelling import make
from ops.cloud.here import Here
from ops.cloud.my_ip import AddressUnknownError, my_ip
from stacks.door_settings import DOORS, EVERYBODY, MY_IP, WORLD

SSH = 22
ANYWHERE = (WORLD, "::/0")


@dataclass(frozen=True)
class Door:
    """One rule: these ports are open to this source."""

    first_port: int
    last_port: int
    source: str

    def opens(self, port: int) -> bool:
        """Whether the rule is about this port."""
        return self.first_port <= port <= self.last_port


@dataclass(frozen=True)
class Passage:
    """Whether this laptop is let in; None where that can't be told."""

    ok: bool | None
    words: str


def covers(source: str, other: str) -> bool | None:
    """Whether who comes from the other source comes from this one; None where only AWS knows, as of a prefix list."""
    if source == other:
        return True
    try:
        inside, outside = ipaddress.ip_network(other), ipaddress.ip_network(source)
    except ValueError:
        return None
    return inside.version == outside.version and inside.subnet_of(outside)  # type: ignore[arg-type]


def find_doors(
    here: Here, security_groups: Sequence[str], edge: Sequence[Door] = (), balancer: Sequence[str] = ()
) -> list[Door]:
    """Ask EC2 what the groups let in.

    :param edge: the doors of an HTTPS address's edge, which stand before them.
    :param balancer: the groups of a balancer before them, whose own way to the machines is no door.
    """
    wanted = list(dict.fromkeys([*balancer, *security_groups]))
    if not wanted:
        return list(edge)
    groups = here.aws.client("ec2").describe_security_groups(GroupIds=wanted)["SecurityGroups"]
    found = (door for group in groups for rule in group.get("IpPermissions", []) for door in _doors(rule))
    return [*edge, *(door for door in found if door.source not in balancer)]


def sources(doors: Iterable[Door], port: int) -> list[str]:
    """List who may reach a port."""
    return list(dict.fromkeys(door.source for door in doors if door.opens(port)))


def in_words(opened_to: Sequence[str]) -> str:
    """Say who may pass."""
    if not opened_to:
        return "nobody"
    return ", ".join("everybody" if source in ANYWHERE else source for source in opened_to)


def ports_in_words(door: Door, page_port: int) -> str:
    """Name a door's ports as a person knows them."""
    if (door.first_port, door.last_port) == (0, 65535):
        return "every port"
    ports = str(door.first_port) if door.first_port == door.last_port else f"{door.first_port}-{door.last_port}"
    names = {page_port: " (the page)", SSH: " (SSH)"}
    return f"port {ports}" + (names.get(door.first_port, "") if door.first_port == door.last_port else "")


def passage(doors: Sequence[Door], host: str, port: int) -> Passage:
    """Tell whether this laptop is let in; asks for its address only where that matters."""
    opened_to = sources(doors, port)
    words = f"port {port} is open to {in_words(opened_to)}"
    # The embedded AWS's machine: no security group stands between a laptop and itself.
    if is_loopback(host):
        return Passage(True, f"{words}; the page is on this laptop itself")
    if not opened_to or set(opened_to) & set(ANYWHERE):
        return Passage(bool(opened_to), words)
    try:
        address = my_ip()
    except AddressUnknownError as error:
        return Passage(None, f"{words}; {error}")
    passing = [covers(source, address) for source in opened_to]
    if True in passing:
        return Passage(True, f"{words}; this laptop is {address}")
    if None in passing:
        return Passage(None, f"{words}; this laptop is {address}, which may be among them")
    return Passage(False, f"{words}, but this laptop is {address}")


def opening_command(here: Here, doors: Sequence[Door], page_port: int, *, web: bool = False, ssh: bool = False) -> str:
    """Write the deploy that lets this laptop in and keeps everybody who may come in now."""
    wanted = _with_me(sources(doors, page_port), add=web), _with_me(sources(doors, SSH), add=ssh)
    return make("deploy", here.copy, **{name: text for name, text in zip(DOORS, wanted, strict=True) if text})


def _with_me(now: list[str], *, add: bool) -> str:
    wanted = [EVERYBODY if source in ANYWHERE else source for source in now] + ([MY_IP] if add else [])
    return ",".join(dict.fromkeys(wanted))


def _doors(rule: Mapping[str, Any]) -> Iterable[Door]:
    first, last = (0, 65535) if rule.get("IpProtocol") == "-1" else (rule.get("FromPort", 0), rule.get("ToPort", 65535))
    found = [entry["CidrIp"] for entry in rule.get("IpRanges", [])]
    found += [entry["CidrIpv6"] for entry in rule.get("Ipv6Ranges", [])]
    found += [entry["PrefixListId"] for entry in rule.get("PrefixListIds", [])]
    found += [entry["GroupId"] for entry in rule.get("UserIdGroupPairs", [])]
    return [Door(first, last, source) for source in found]
