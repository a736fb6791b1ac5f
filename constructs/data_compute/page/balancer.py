"""The load balancer before a fleet: whom it asks, how it knows that they are well, and what it keeps."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from data_compute.findings import acknowledge
from data_compute.machine.contract import read_contract
from data_compute.page.streamlit_machines import SERVICE

# As the CDK spells it: no list of rules would be no list at all.
NOWHERE = {
    "CidrIp": "255.255.255.255/32",
    "Description": "nothing but what stands beside this",
    "FromPort": 252,
    "IpProtocol": "icmp",
    "ToPort": 86,
}


def define_target_group(scope: Construct, construct_id: str, *, vpc: ec2.IVpc, port: int) -> elb.ApplicationTargetGroup:
    """Define whom the balancer asks, and how it knows that they are well."""
    return elb.ApplicationTargetGroup(
        scope,
        construct_id,
        vpc=vpc,
        target_type=elb.TargetType.INSTANCE,
        protocol=elb.ApplicationProtocol.HTTP,
        port=port,
        # Uploads and sessions are in one machine's memory.
        stickiness_cookie_duration=Duration.days(1),
        # For what runs to end in. Meanwhile an upload of who is still there would come to another machine.
        deregistration_delay=Duration.seconds(30),
        health_check=elb.HealthCheck(
            path=read_contract(SERVICE)["HEALTH_PATH"],
            healthy_http_codes="200",
            interval=Duration.seconds(10),
            # A machine that is busy answers late.
            timeout=Duration.seconds(8),
            healthy_threshold_count=2,
            unhealthy_threshold_count=6,
        ),
    )


def define_balancer(
    scope: Construct,
    construct_id: str,
    *,
    vpc: ec2.IVpc,
    subnets: Sequence[ec2.ISubnet],
    port: int,
    targets: elb.ApplicationTargetGroup,
) -> elb.ApplicationLoadBalancer:
    """Define the balancer, which listens on the page's port and lets nobody in."""
    balancer = elb.ApplicationLoadBalancer(
        scope,
        construct_id,
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnets=list(subnets)),
        internet_facing=True,
        # Streamlit's WebSocket pings every half a minute; fleet/balanced.py keeps connections longer than this.
        idle_timeout=Duration.seconds(60),
        # Streamlit compares it with the origin of whoever opens a WebSocket.
        preserve_host_header=True,
        drop_invalid_header_fields=True,
        desync_mitigation_mode=elb.DesyncMitigationMode.DEFENSIVE,
    )
    # Said, as EC2 lets a group that says nothing out to everywhere: what it lets out to is a resource beside it.
    group = cast(ec2.CfnSecurityGroup, balancer.connections.security_groups[0].node.default_child)
    group.add_property_override("SecurityGroupEgress", [NOWHERE])
    listener = balancer.add_listener(
        "Listener", port=port, protocol=elb.ApplicationProtocol.HTTP, open=False, default_target_groups=[targets]
    )
    _give_reasons(balancer, listener)
    return balancer


def _give_reasons(balancer: elb.ApplicationLoadBalancer, listener: elb.ApplicationListener) -> None:
    logs = "Access logs take a bucket that grows and holds people's addresses; whoever needs them brings one."
    acknowledge(balancer, "ELB2", logs)
    acknowledge(balancer, "ELBLoggingEnabled", logs)
    acknowledge(
        balancer,
        "ELBDeletionProtectionEnabled",
        "The balancer holds nothing, and a protected one could not be replaced; the stack itself can be protected.",
    )
    acknowledge(
        balancer,
        "ALBWAFEnabled",
        "It lets in the addresses alone that the caller names; whoever opens it to the world attaches a web "
        "application firewall to it.",
    )
    plain = (
        "A certificate takes a domain, which nobody has to have here: the page is plain HTTP, as the construct says, "
        "and an HttpsFront before it ends that for people."
    )
    acknowledge(listener, "ALBHttpToHttpsRedirection", plain)
    acknowledge(listener, "ELBv2ACMCertificateRequired", plain)
