"""The network of a machine whose caller brought none."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from data_compute.findings import acknowledge


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
    _give_reasons(vpc)
    return vpc


def select_public_subnets(vpc: ec2.IVpc, chosen: ec2.SubnetSelection | None) -> ec2.SelectedSubnets:
    """Select the subnets that a machine with a public address may stand in: all public ones, unless some are chosen."""
    chosen = chosen or ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
    selected = vpc.select_subnets(
        availability_zones=chosen.availability_zones,
        one_per_az=chosen.one_per_az,
        subnet_filters=chosen.subnet_filters,
        subnet_group_name=chosen.subnet_group_name,
        subnets=chosen.subnets,
        subnet_type=chosen.subnet_type,
    )
    if not selected.subnet_ids or not selected.has_public:
        what = "private subnets" if selected.subnet_ids else "no subnet"
        raise ValueError(
            f"vpc_subnets selects {what} of {vpc.node.path}, from which the machine would reach neither its files "
            "nor you: select public ones"
        )
    return selected


def subnet_in_zone(subnets: ec2.SelectedSubnets, zone: int) -> str:
    """Name one of the subnets, or raise."""
    if not 0 <= zone < len(subnets.subnet_ids):
        raise ValueError(f"zone is {zone}, and there are {len(subnets.subnet_ids)} subnets to stand in, counted from 0")
    return subnets.subnet_ids[zone]


def define_security_group(
    scope: Construct, construct_id: str, *, vpc: ec2.IVpc, packages_by_http: bool
) -> ec2.SecurityGroup:
    """Define a security group that lets nobody in, and out only HTTPS: and HTTP, if the packages come by it."""
    group = ec2.SecurityGroup(
        scope,
        construct_id,
        vpc=vpc,
        description="Closed but for what the stack lets in",
        allow_all_outbound=False,
    )
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTPS, "packages, AWS and the APIs that the app calls")
    if packages_by_http:
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTP, "signed packages of the operating system")
    return group


def _give_reasons(vpc: ec2.Vpc) -> None:
    """Give the reasons for a network of public subnets that keeps no record."""
    flow_logs = (
        "Flow logs are billed by the gigabyte and this network holds one page, whose doors are listed in "
        "security groups; whoever needs them brings a VPC."
    )
    acknowledge(vpc, "VPC7", flow_logs)
    acknowledge(vpc, "VPCFlowLogsEnabled", flow_logs)
    acknowledge(
        vpc,
        "VPCDefaultSecurityGroupClosed",
        "Nothing uses the default security group, and closing it would take a custom resource.",
    )
    for subnet in vpc.public_subnets:
        acknowledge(
            subnet,
            "VPCNoUnrestrictedRouteToIGW",
            "The page is served from this subnet, so it has a route to the internet; what may come in by it "
            "is the security group's to say.",
        )
