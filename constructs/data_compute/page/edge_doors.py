"""Who may open the page, asked at the edge: behind one, the machine sees the edge's addresses only."""

import ipaddress
import json
from pathlib import Path

import jsii
from aws_cdk import IResolveContext, IStringProducer, Lazy, Token
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

CODE = Path(__file__).with_name("edge") / "doors.js"
NOBODY = "const NETWORKS = [];"
# Each takes a few microseconds of the millisecond that CloudFront gives the whole function.
MOST_NETWORKS = 50


class EdgeDoors(Construct):
    """A CloudFront Function that refuses whoever does not come from one of the networks let in: everybody, at first."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.networks: list[str] = []
        self.function = cloudfront.Function(
            self,
            "Function",
            comment="Who may open the page",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            # Rendered last of all, as people are still let in after this.
            code=cloudfront.FunctionCode.from_inline(Lazy.uncached_string(_Rendered(self))),
        )

    def open(self, peer: ec2.IPeer) -> None:
        """Let in a CIDR, or raise."""
        if not hasattr(peer, "to_ingress_rule_config"):
            raise ValueError(f"peer is {peer!r}: pass ec2.Peer.ipv4('203.0.113.7/32'), or another CIDR as a peer")
        rule = peer.to_ingress_rule_config()
        cidr = rule.cidr_ip or rule.cidr_ipv6
        if cidr is None or Token.is_unresolved(cidr):
            raise ValueError(
                f"the page is opened to {peer.unique_id} at its edge, which knows no prefix lists, no security groups "
                "and nothing that only a deploy tells: name CIDRs, such as ec2.Peer.ipv4('203.0.113.7/32')"
            )
        networks = list(dict.fromkeys([*self.networks, str(ipaddress.ip_network(cidr, strict=False))]))
        if len(networks) > MOST_NETWORKS:
            raise ValueError(
                f"{len(networks)} networks are let in, and the edge looks through {MOST_NETWORKS} at most: name "
                "fewer and larger ones"
            )
        self.networks = networks

    @property
    def has_ipv6(self) -> bool:
        """Whether somebody may come by IPv6."""
        return any(":" in network for network in self.networks)

    def render(self) -> str:
        """Give the function's code."""
        return CODE.read_text(encoding="utf-8").replace(NOBODY, f"const NETWORKS = {json.dumps(self.networks)};")


@jsii.implements(IStringProducer)
class _Rendered:
    def __init__(self, doors: EdgeDoors) -> None:
        self._doors = doors

    def produce(self, _context: IResolveContext) -> str:
        return self._doors.render()
