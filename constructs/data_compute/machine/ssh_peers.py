"""Who may log in by SSH: a few addresses, never the internet."""

import ipaddress

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

from data_compute.addresses import LARGEST_FOR_SSH, Network, more_than


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
        together = [*self._networks, ipaddress.ip_network(cidr, strict=False)]
        if size := more_than(together, LARGEST_FOR_SSH):
            before = f" (with {', '.join(map(str, self._networks))} before it)" if self._networks else ""
            raise ValueError(
                f"SSH was opened to {cidr}{before}, which is more than {size}: "
                "name your own address, such as Peer.ipv4('203.0.113.7/32'), or use Session Manager, "
                "which needs nothing open"
            )
        self._networks = together
