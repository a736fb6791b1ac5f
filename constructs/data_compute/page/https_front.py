"""HTTPS in front of a page, without a domain of one's own."""

from collections.abc import Sequence
from hashlib import sha256
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from data_compute.arguments import check_kind, check_list, check_no_text
from data_compute.machine.boot_part import BootPart
from data_compute.page.checks import LEAST_STREAMLIT, check_streamlit
from data_compute.page.cloudfront_regions import CloudFrontRegions
from data_compute.page.edge_distribution import define_distribution
from data_compute.page.edge_doors import EdgeDoors
from data_compute.page.generated_secret import define_generated_secret
from data_compute.page.stopped_page import StoppedPage
from data_compute.page.streamlit_machines import SERVICE, StreamlitMachines

HEADER = "X-Origin-Secret"


class HttpsFront(Construct):
    """An HTTPS address for a page, by CloudFront: no domain and no certificate are needed, and no load balancer.

    The address stays when the machine is replaced, stopped and started. Plain HTTP is redirected; uploads, WebSockets
    and all methods pass; nothing is cached but, of a ``StreamlitServer``, Streamlit's own files, whose names have their
    hashes::

        front = HttpsFront(self, "Front", server=server)
        front.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))
        CfnOutput(self, "Url", value=front.url)

    Closed by default: nobody may open the page until you say who, at the edge. The machine lets in CloudFront alone, by
    its list of addresses; since that is every customer's, the server also asks each request and each WebSocket for a
    secret, which Secrets Manager makes and keeps for $0.40 a month. In no template, user data, output or log is its
    value, and the app never sees it. Between CloudFront and the machine the page is plain HTTP, over AWS's network.
    While the machine is stopped, visitors see within ten seconds that it is, and how it is started.

    To change the secret, put a new value into ``front.secret``, wait ten minutes, and deploy another ``generation``;
    until then the old value counts as well. Of a security group's 60 rules CloudFront's list takes 55: five are left.

    :param server: the page, a ``StreamlitServer`` or a ``StreamlitFleet``. From here on its own ``allow_web_from``
        refuses. An app that keeps to a Streamlit before 1.57, which no check can stand in front of, is refused.
    :param domain_names: bring your own, with its ``certificate``; point them at ``front.distribution``. Default: the
        name that CloudFront gives, ``….cloudfront.net``.
    :param certificate: of Certificate Manager in us-east-1, for ``domain_names``, served by TLS 1.2 or newer.
        Default: CloudFront's own, which older versions may use too.
    :param generation: any word; with another one, the edge reads the secret anew.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        server: StreamlitMachines,
        domain_names: Sequence[str] = (),
        certificate: acm.ICertificate | None = None,
        generation: str = "1",
    ) -> None:
        super().__init__(scope, construct_id)
        check_kind("server", server, StreamlitMachines, "the StreamlitServer or StreamlitFleet whose page this is")
        check_list("domain_names", domain_names)
        check_kind("generation", generation, str, f"a text, such as {str(generation)!r}")
        check_no_text("certificate", certificate, f"acm.Certificate.from_certificate_arn(…, {certificate!r})")
        if bool(domain_names) != bool(certificate):
            missing = "certificate" if domain_names else "domain_names"
            raise ValueError(f"{missing} is missing: a domain of your own is served by its certificate, pass both")
        check_streamlit(server.template.requirements, LEAST_STREAMLIT, lacks="can't check who comes by HTTPS")

        self.server = server
        self.secret = define_generated_secret(
            self,
            "Secret",
            description="What the edge brings to the page's machine",
            rotation="Whoever learned it would still have to come by CloudFront's addresses. Another value takes a "
            "deploy of the edge, so a person changes it; the one before counts meanwhile.",
        )
        regions = CloudFrontRegions(self, "Regions")
        server.doors.take_over(self, regions.edge)
        server.template.add_boot_part(_guard(self.secret))
        self.doors = EdgeDoors(self, "Doors")
        self.distribution = define_distribution(
            self,
            "Distribution",
            # By another comment CloudFormation reads the secret anew; CloudFront takes 128 characters, so a word of any
            # length stands first, and short.
            comment=f"Secret {sha256(generation.encode()).hexdigest()[:8]} of the page {server.node.path}",
            page=origins.HttpOrigin(
                server.origin_name(regions.public_name),
                protocol_policy=cloudfront.OriginProtocolPolicy.HTTP_ONLY,
                http_port=server.port,
                # A reference, for which CloudFormation puts the value.
                custom_headers={HEADER: self.secret.secret_value.unsafe_unwrap()},
                # At a stopped machine's address nobody answers: visitors wait eight seconds for the page that says so.
                connection_attempts=2,
                connection_timeout=Duration.seconds(4),
                read_timeout=Duration.seconds(60),
                # The server ends idle connections after five, and the edge must not ask on one that is just ending.
                keepalive_timeout=Duration.seconds(4),
            ),
            stopped=StoppedPage(self, "Stopped"),
            nobody_answers=server.nobody_answers,
            kept=server.kept_at_edge,
            doors=self.doors.function,
            domain_names=domain_names,
            certificate=certificate,
        )
        self.distribution.node.add_dependency(*server.before_a_front)
        self.url = f"https://{domain_names[0] if domain_names else self.distribution.distribution_domain_name}"

    def allow_web_from(self, peer: ec2.IPeer) -> None:
        """Let ``peer`` open the page: a CIDR, of IPv4 or IPv6; the world, if you say so.

        The address speaks IPv6 only once a CIDR of IPv6 is let in: a browser would come by it, and not be let in by its
        IPv4 address.
        """
        self.doors.open(peer)
        if self.doors.has_ipv6:
            cast(cloudfront.CfnDistribution, self.distribution.node.default_child).add_property_override(
                "DistributionConfig.IPV6Enabled", True
            )


def _guard(secret: secretsmanager.ISecret) -> BootPart:
    return BootPart(
        name="front",
        files=SERVICE.with_name("front"),
        settings={"ORIGIN_SECRET": secret.secret_arn, "ORIGIN_HEADER": HEADER, "LEAST_STREAMLIT": LEAST_STREAMLIT},
        rights=[
            iam.PolicyStatement(
                sid="KnowTheEdge", actions=["secretsmanager:GetSecretValue"], resources=[secret.secret_arn]
            )
        ],
    )
