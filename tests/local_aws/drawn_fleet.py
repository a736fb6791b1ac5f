"""A fleet behind a load balancer, drawn as the library draws it."""

from typing import Any

from tests.local_aws.drawn_machine import attribute, ref, resources
from tests.local_aws.raw_stacks import signalled

PORT = 8501


def fleet(smallest: int = 2, largest: int = 3, pause: str = "PT20S", **more: Any) -> dict[str, Any]:
    """Draw the machine of `drawn_machine` as a group of some, in two zones."""
    drawn = resources()
    for name in ("Machine", "Address", "Key"):
        del drawn[name]
    data = drawn["Template"]["Properties"]["LaunchTemplateData"]
    del data["NetworkInterfaces"][0]["SubnetId"], data["KeyName"]
    drawn["Subnet"]["Properties"]["AvailabilityZone"] = "us-east-1a"
    second = {"VpcId": ref("Vpc"), "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1b"}
    version = {"LaunchTemplateId": ref("Template"), "Version": attribute("Template", "LatestVersionNumber")}
    rolling = {
        "MinInstancesInService": smallest,
        "MaxBatchSize": 1,
        "PauseTime": pause,
        "WaitOnResourceSignals": True,
        "SuspendProcesses": ["HealthCheck", "ReplaceUnhealthy", "AlarmNotification", "ScheduledActions"],
    }
    creation = signalled(pause)["CreationPolicy"]
    creation["ResourceSignal"]["Count"] = smallest
    return drawn | {
        "Second": {"Type": "AWS::EC2::Subnet", "Properties": second},
        "Balancer": {
            "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": {"Type": "application", "Subnets": [ref("Subnet"), ref("Second")]},
        },
        "Targets": {
            "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
            "Properties": {"VpcId": ref("Vpc"), "Port": PORT, "Protocol": "HTTP", "TargetType": "instance"},
        },
        "Listener": {
            "Type": "AWS::ElasticLoadBalancingV2::Listener",
            "Properties": {
                "LoadBalancerArn": ref("Balancer"),
                "Port": PORT,
                "Protocol": "HTTP",
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": ref("Targets")}],
            },
        },
        "Fleet": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "DependsOn": ["Listener"],
            "CreationPolicy": creation,
            "UpdatePolicy": {
                "AutoScalingRollingUpdate": rolling,
                "AutoScalingScheduledAction": {"IgnoreUnmodifiedGroupSizeProperties": True},
            },
            "Properties": {
                "MinSize": str(smallest),
                "MaxSize": str(largest),
                "VPCZoneIdentifier": [ref("Subnet"), ref("Second")],
                "HealthCheckType": "ELB",
                "HealthCheckGracePeriod": 300,
                "TargetGroupARNs": [ref("Targets")],
                "LaunchTemplate": version,
                "Tags": [{"Key": "Name", "Value": "fleet", "PropagateAtLaunch": True}],
                **more,
            },
        },
    }


OUTPUTS = {"Fleet": ref("Fleet"), "Targets": ref("Targets"), "Host": attribute("Balancer", "DNSName")}
