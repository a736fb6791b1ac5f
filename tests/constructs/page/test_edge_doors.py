"""The edge lets in whom Python's ipaddress finds in the networks: the function is run, by the Node of the set-up."""

import ipaddress
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_ec2 as ec2

from data_compute.page.edge_doors import MOST_NETWORKS, EdgeDoors
from tests.constructs.conftest import NewStack

NODE = Path(sys.executable).with_name("node")
# Asks the function of each case, and says what it answers: the request itself, or a refusal.
ASK = """
const cases = JSON.parse(require('fs').readFileSync(0));
const answers = cases.map(([code, ip]) => {
    const handler = new Function(code + '; return handler;')();
    const request = {uri: '/'};
    const answer = handler({viewer: {ip}, request});
    return answer === request ? 200 : answer.statusCode;
});
console.log(JSON.stringify(answers));
"""
CASES = 1000


@pytest.fixture
def doors(new_stack: NewStack) -> EdgeDoors:
    return EdgeDoors(new_stack(), "Doors")


def peer(network: str) -> ec2.IPeer:
    return ec2.Peer.ipv6(network) if ":" in network else ec2.Peer.ipv4(network)


def ask(cases: Sequence[tuple[str, str]]) -> list[int]:
    """Give what the function of each code answers to each address."""
    done = subprocess.run([NODE, "-e", ASK], input=json.dumps(cases), capture_output=True, text=True, check=True)
    answers: list[int] = json.loads(done.stdout)
    return answers


def code(doors: EdgeDoors, networks: Sequence[str]) -> str:
    doors.networks = list(networks)
    return doors.render()


def test_it_agrees_with_python(doors: EdgeDoors) -> None:
    chance = random.Random(17)  # noqa: S311 - no secret, and the same cases each time
    cases, expected = [], []
    for _ in range(CASES):
        networks = [network(chance) for _ in range(chance.randrange(4))]
        address = near(chance, chance.choice(networks) if networks else network(chance))
        cases.append((code(doors, list(map(str, networks))), str(address)))
        expected.append(200 if any(address in network for network in networks) else 403)

    assert ask(cases) == expected
    assert {200, 403} == set(expected)


def network(chance: random.Random) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    if chance.random() < 0.5:
        return ipaddress.IPv4Network((chance.getrandbits(32), chance.randrange(33)), strict=False)
    # Zeros in the middle, which are written as ::.
    address = chance.getrandbits(128) & chance.choice([(1 << 128) - 1, 0xFFFF << 112 | 0xFF, (1 << 128) - (1 << 64), 1])
    return ipaddress.IPv6Network((address, chance.randrange(129)), strict=False)


def near(
    chance: random.Random, network: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Give an address in the network, at its border, just outside of it, or anywhere, also of the other version."""
    first, size = int(network.network_address), network.num_addresses
    beyond = 1 << network.max_prefixlen
    inside = first + chance.randrange(size)
    value = chance.choice([inside, first, first + size - 1, first - 1, first + size, chance.randrange(beyond)])
    kind = type(network.network_address)
    if chance.random() < 0.05:
        return (
            ipaddress.IPv6Address(value % 2**32)
            if kind is ipaddress.IPv4Address
            else ipaddress.IPv4Address(first % 2**32)
        )
    return kind(value % beyond)


def test_nobody_is_let_in_at_first(doors: EdgeDoors) -> None:
    assert ask([(doors.render(), ip) for ip in ("203.0.113.7", "2001:db8::1", "127.0.0.1")]) == [403, 403, 403]
    assert not doors.has_ipv6


def test_the_world_is_all_of_one_version(doors: EdgeDoors) -> None:
    doors.open(ec2.Peer.any_ipv4())
    assert ask([(doors.render(), ip) for ip in ("203.0.113.7", "2001:db8::1")]) == [200, 403]
    doors.open(ec2.Peer.any_ipv6())
    assert doors.has_ipv6
    assert ask([(doors.render(), ip) for ip in ("203.0.113.7", "2001:db8::1")]) == [200, 200]


def test_a_network_is_let_in_once(doors: EdgeDoors) -> None:
    for cidr in ("203.0.113.7/24", "203.0.113.0/24"):
        doors.open(ec2.Peer.ipv4(cidr))

    assert doors.networks == ["203.0.113.0/24"]


def test_what_the_edge_does_not_know_is_refused(doors: EdgeDoors) -> None:
    stack = Stack.of(doors)
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-12345678")
    later = CfnParameter(stack, "Later").value_as_string
    for unknown in (ec2.Peer.prefix_list("pl-12345678"), group, ec2.Peer.ipv4(later)):
        with pytest.raises(ValueError, match=r"opened to .* at its edge, .* name CIDRs, such as ec2\.Peer\.ipv4\("):
            doors.open(unknown)
    with pytest.raises(ValueError, match=r"peer is '203.0.113.7/32': pass ec2.Peer.ipv4"):
        doors.open("203.0.113.7/32")  # type: ignore[arg-type]
    assert doors.networks == []


def test_only_so_many_networks_fit_into_its_time(doors: EdgeDoors) -> None:
    for number in range(MOST_NETWORKS):
        doors.open(peer(f"203.0.113.{number}/32"))
    with pytest.raises(ValueError, match=f"{MOST_NETWORKS + 1} networks .* looks through {MOST_NETWORKS} at most"):
        doors.open(peer("2001:db8::/32"))
    assert len(doors.networks) == MOST_NETWORKS
    # Of the 10 kB that a function may have.
    assert len(doors.render()) < 10_000
