"""Why the machine is as some scanners' rules would not have it."""

from aws_cdk import aws_ec2 as ec2

from data_compute.findings import acknowledge


def acknowledge_instance(instance: ec2.Instance, *, termination_protection: bool) -> None:
    """Give the reasons for a single, public, plainly monitored machine."""
    monitoring = (
        "Detailed monitoring costs two dollars a month, a sixth of the machine; five-minute metrics tell a "
        "data scientist whether the app is busy."
    )
    acknowledge(instance, "EC28", monitoring)
    acknowledge(instance, "EC2InstanceDetailedMonitoringEnabled", monitoring)
    acknowledge(
        instance,
        "EC2InstanceNoPublicIp",
        "People open the page at this address, and a NAT gateway with a load balancer would cost four times the "
        "machine; the security group is closed until the caller lets somebody in.",
    )
    acknowledge(
        instance,
        "EC2InstancesInVPC",
        "The machine is in a VPC: its network interface names the subnet, and the rule looks for one beside it.",
    )
    if not termination_protection:
        acknowledge(
            instance,
            "EC29",
            "A changed app replaces the machine, which holds no data of its own; protected, the old one "
            "could not be terminated, so termination_protection is the caller's choice.",
        )


def acknowledge_vpc(vpc: ec2.Vpc) -> None:
    """Give the reasons for a network of public subnets that keeps no record."""
    flow_logs = (
        "Flow logs are billed by the gigabyte and this network holds one machine whose doors are listed in its "
        "security group; whoever needs them brings a VPC."
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
