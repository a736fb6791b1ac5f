"""Who may log in by SSH: a few addresses, never the internet."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A company's network at most: a /16 of IPv4, a /48 (one site) of IPv6.
LIMITS = {4: ("/16", 2 ** (32 - 16)), 6: ("/48", 2 ** (128 - 48))}


class SshPeers:
    """All peers let in so far; it refuses the one with which they cover too many addresses."""

    def __init__(self) -> None:
        self._networks: list[Network] = []

    def add(self, peer: ec2.IPeer) -> None:
        """Remember the peer, or raise ``ValueError``. Prefix lists and security groups are always welcome."""
        rule = peer.to_ingress_rule_config()
        cidr = rule.cidr_ip or rule.cidr_ipv6
        if cidr is None:
            return
        if Token.is_unresolved(cidr):
            raise ValueError(
                "SSH was opened to a CIDR that is unknown before the deploy, so nobody can tell how many may "
                "log in: pass a literal such as Peer.ipv4('203.0.113.7/32')"
            )
        network = ipaddress.ip_network(cidr, strict=False)
        together = [*self._networks, network]
        prefix, limit = LIMITS[network.version]
        if _addresses(together, version=network.version) > limit:
            before = f" (with {', '.join(map(str, self._networks))} before it)" if self._networks else ""
            raise ValueError(
                f"SSH was opened to {cidr}{before}, which is more than a {prefix} of IPv{network.version}: "
                "name your own address, such as Peer.ipv4('203.0.113.7/32'), or use Session Manager, "
                "which needs nothing open"
            )
        self._networks = together


def _addresses(networks: Sequence[Network], *, version: int) -> int:
    same_version: list[Any] = [network for network in networks if network.version == version]
    return sum(network.num_addresses for network in ipaddress.collapse_addresses(same_version))
