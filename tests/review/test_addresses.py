"""Sets of addresses, against ipaddress and plain sets on a small space."""

from ipaddress import IPv4Address, IPv6Address, ip_network
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.addresses import ALL_FOUR, ALL_SIX, Addresses

# The whole of a small space of each kind, its ends included.
SPACES = ("0.0.0.0/28", "255.255.255.240/28", "::/124", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124")
BLOCKS = [
    str(block) for space in SPACES for length in range(5) for block in ip_network(space).subnets(prefixlen_diff=length)
]
some = st.lists(st.sampled_from(BLOCKS), max_size=8)


def together(blocks: list[str]) -> Addresses:
    found = Addresses()
    for block in blocks:
        found |= Addresses.of(block)
    return found


def one_by_one(blocks: list[str]) -> set[IPv4Address | IPv6Address]:
    return {address for block in blocks for address in ip_network(block)}


@given(some, some)
def test_union_and_difference_are_those_of_the_single_addresses(ours: list[str], theirs: list[str]) -> None:
    here, there = one_by_one(ours), one_by_one(theirs)
    for found, wanted in (
        (together(ours), here),
        (together(ours) | together(theirs), here | there),
        (together(ours) - together(theirs), here - there),
    ):
        assert one_by_one(list(found.networks())) == wanted
        assert bool(found) == bool(wanted)
        assert found.count_four == sum(address.version == 4 for address in wanted)
        assert found.count_six == sum(address.version == 6 for address in wanted)


@given(some, st.randoms(use_true_random=False))
def test_a_set_is_the_same_however_it_is_written(blocks: list[str], chance: Random) -> None:
    halves = [str(half) for block in blocks for half in _cut(block)]
    chance.shuffle(halves)
    assert together(halves) == together(blocks)


def _cut(block: str) -> list[object]:
    network = ip_network(block)
    return list(network.subnets()) if network.num_addresses > 1 else [network]


@pytest.mark.parametrize("whole", [["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["1.2.3.4/0"]])
def test_the_world(whole: list[str]) -> None:
    assert together(whole).count_four == ALL_FOUR
    assert list(together(whole).networks()) == ["0.0.0.0/0"]
    assert together(["::/1", "8000::/1"]).count_six == ALL_SIX


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="sg-1"):
        Addresses.of("sg-1")
