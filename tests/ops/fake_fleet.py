"""A fleet in the tests' AWS: its group, its machines, the balancer before them."""

from collections.abc import Mapping
from typing import Any

from tests.ops.fake_aws import API, HOUR_AGO, FakeAws

FLEET = "Streamlit-ServerGroup-1"
TARGETS = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/page/1"
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/page/1"
FIRST, SECOND = "i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb"
BOTH = (FIRST, SECOND)


class FakeFleet:
    """Lets an AWS expect what is asked about a fleet."""

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws
        aws.behind = ("Fleet", FLEET)

    def deployment(self, page: str = "http://page.elb.amazonaws.com:8501", api: str = API, **told: str) -> None:
        """Say what the stacks say."""
        self.aws.deployment(page=page, api=api, **{"machines": "2-4", **told})

    def group(self, *members: str, smallest: int = 2, wanted: int | None = None, largest: int = 4, **more: Any) -> None:
        """Describe the group, with these machines in service."""
        described = {
            "AutoScalingGroupName": FLEET,
            "MinSize": smallest,
            "DesiredCapacity": len(members) if wanted is None else wanted,
            "MaxSize": largest,
            "DefaultCooldown": 300,
            "AvailabilityZones": ["eu-central-1a", "eu-central-1b"],
            "HealthCheckType": "ELB",
            "CreatedTime": HOUR_AGO,
            "Instances": [_member(machine) for machine in members],
            "TargetGroupARNs": [TARGETS],
            "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "3"},
            **more,
        }
        answer = {"AutoScalingGroups": [described]}
        self.aws.expect("autoscaling", "describe_auto_scaling_groups", answer, AutoScalingGroupNames=[FLEET])

    def machines(self, *members: str, spot: str = "", **more: Any) -> None:
        """Describe its machines, of which one may be a Spot one."""
        instances = [
            {
                "InstanceId": machine,
                "State": {"Name": "running"},
                "InstanceType": "t4g.small",
                "ImageId": "ami-1",
                "LaunchTime": HOUR_AGO,
                "PublicIpAddress": "203.0.113.5",
                "Placement": {"AvailabilityZone": zone},
                "SecurityGroups": [{"GroupId": "sg-1"}],
                **({"InstanceLifecycle": "spot"} if machine == spot else {}),
                **more,
            }
            for machine, zone in zip(members, ("eu-central-1a", "eu-central-1b"), strict=False)
        ]
        wanted = [{"Name": "instance-id", "Values": sorted(members)}]
        self.aws.expect("ec2", "describe_instances", {"Reservations": [{"Instances": instances}]}, Filters=wanted)

    def balancer(self) -> None:
        """Describe what stands before them."""
        group = {"TargetGroupArn": TARGETS, "LoadBalancerArns": [BALANCER]}
        self.aws.expect("elbv2", "describe_target_groups", {"TargetGroups": [group]}, TargetGroupArns=[TARGETS])
        zones = [{"ZoneName": "eu-central-1a"}, {"ZoneName": "eu-central-1b"}]
        found = {"LoadBalancerName": "page", "SecurityGroups": ["sg-balancer"], "AvailabilityZones": zones}
        answer = {"LoadBalancers": [found]}
        self.aws.expect("elbv2", "describe_load_balancers", answer, LoadBalancerArns=[BALANCER])

    def health(self, states: Mapping[str, str | dict[str, str]]) -> None:
        """Say how each machine does: its state, or all that the balancer says."""
        described = [
            {
                "Target": {"Id": machine},
                "TargetHealth": {"State": state} if isinstance(state, str) else state,
            }
            for machine, state in states.items()
        ]
        answer = {"TargetHealthDescriptions": described}
        self.aws.expect("elbv2", "describe_target_health", answer, TargetGroupArn=TARGETS)

    def well(self, *members: str) -> None:
        """Say that the balancer finds all of these healthy."""
        self.health(dict.fromkeys(members, "healthy"))

    def doors(self, *sources: str, port: int = 8501) -> None:
        """Say who may open the page, and that the machines are open to the balancer alone, and SSH to one."""
        page = {"FromPort": port, "ToPort": port, "IpProtocol": "tcp"}
        ssh = {"FromPort": 22, "ToPort": 22, "IpProtocol": "tcp", "IpRanges": [{"CidrIp": "198.51.100.1/32"}]}
        groups = [
            {"GroupId": "sg-balancer", "IpPermissions": [page | {"IpRanges": [{"CidrIp": to} for to in sources]}]},
            {"GroupId": "sg-1", "IpPermissions": [page | {"UserIdGroupPairs": [{"GroupId": "sg-balancer"}]}, ssh]},
        ]
        self.aws.expect("ec2", "describe_security_groups", {"SecurityGroups": groups})

    def page_doors(self, *sources: str, port: int = 8501) -> None:
        """Say who may open the page, where nobody asks about the machines."""
        page = {"FromPort": port, "ToPort": port, "IpProtocol": "tcp"}
        group = {"GroupId": "sg-balancer", "IpPermissions": [page | {"IpRanges": [{"CidrIp": to} for to in sources]}]}
        self.aws.expect("ec2", "describe_security_groups", {"SecurityGroups": [group]}, GroupIds=["sg-balancer"])

    def template(self, **data: Any) -> None:
        """Describe what a machine is made of."""
        disk = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 12, "VolumeType": "gp3"}}
        made = {
            "InstanceType": "t4g.small",
            "BlockDeviceMappings": [disk],
            "NetworkInterfaces": [{"AssociatePublicIpAddress": True}],
            "Monitoring": {"Enabled": True},
            **data,
        }
        answer = {"LaunchTemplateVersions": [{"LaunchTemplateData": made}]}
        asked = {"LaunchTemplateId": "lt-1", "Versions": ["3"]}
        self.aws.expect("ec2", "describe_launch_template_versions", answer, **asked)


def _member(machine: str) -> dict[str, Any]:
    return {
        "InstanceId": machine,
        "AvailabilityZone": "eu-central-1a",
        "LifecycleState": "InService",
        "HealthStatus": "Healthy",
        "ProtectedFromScaleIn": False,
    }
