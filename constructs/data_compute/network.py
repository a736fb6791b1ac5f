"""The network of a server whose caller brought none."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from data_compute.streamlit_server.findings import acknowledge_vpc


def define_vpc(scope: Construct, construct_id: str) -> ec2.Vpc:
    """Define a VPC of public subnets: no NAT gateway, which would cost twice what the machine does."""
    vpc = ec2.Vpc(
        scope,
        construct_id,
        ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/24"),
        max_azs=2,
        nat_gateways=0,
        # Closing the default security group takes a Lambda function of its own; nothing here uses that group.
        restrict_default_security_group=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False)
        ],
    )
    acknowledge_vpc(vpc)
    return vpc


def define_security_group(
    scope: Construct, construct_id: str, *, vpc: ec2.IVpc, packages_by_http: bool
) -> ec2.SecurityGroup:
    """Define a security group that lets nobody in, and out only HTTPS: and HTTP, if the packages come by it."""
    group = ec2.SecurityGroup(
        scope,
        construct_id,
        vpc=vpc,
        description="Streamlit server: closed but for what the stack lets in",
        allow_all_outbound=False,
    )
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTPS, "packages, AWS and the APIs that the app calls")
    if packages_by_http:
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTP, "the operating system's signed packages")
    return group
