"""How many addresses some networks hold together, and how many are too many for a login."""

import ipaddress
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A company's network at most: a /16 of IPv4, a /48 (one site) of IPv6.
LARGEST_FOR_SSH = MappingProxyType({4: 16, 6: 48})
# All of IPv4, as IPv6 spells it.
MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def more_than(networks: Sequence[Network], prefixes: Mapping[int, int]) -> str | None:
    """Say which size the networks together exceed, such as ``a /16 of IPv4``; None if they exceed none.

    :param prefixes: the size for each version of IP, as the length of a prefix.
    """
    counted = [*networks, *filter(None, map(_spelled_ipv4, networks))]
    # IPv6 first: what is too wide there often spells all of IPv4 as well.
    for version, bits in ((6, 128), (4, 32)):
        alike: list[Any] = [network for network in counted if network.version == version]
        together = sum(network.num_addresses for network in ipaddress.collapse_addresses(alike))
        if together > 2 ** (bits - prefixes[version]):
            return f"a /{prefixes[version]} of IPv{version}"
    return None


def _spelled_ipv4(network: Network) -> ipaddress.IPv4Network | None:
    if isinstance(network, ipaddress.IPv4Network) or not network.overlaps(MAPPED):
        return None
    common = network if network.subnet_of(MAPPED) else MAPPED
    return ipaddress.IPv4Network((int(common.network_address) & 0xFFFFFFFF, common.prefixlen - MAPPED.prefixlen))
