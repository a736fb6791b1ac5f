"""RunInstances: what it takes from a launch template, and what EC2 refuses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from local_aws.cloud import Cloud
from tests.local_aws.drawn_machine import IMAGE, attribute, ref, resources
from tests.local_aws.raw_stacks import delete, describe, reasons, tags, wait

pytestmark = pytest.mark.system

NETWORK = {name: resources()[name] for name in ("Vpc", "Subnet", "Doors")}
WITH_SUBNET = {"DeviceIndex": 0, "SubnetId": ref("Subnet"), "Groups": [attribute("Doors", "GroupId")]}
WITHOUT = {"DeviceIndex": 0, "Groups": [attribute("Doors", "GroupId")]}
TOLD = "Network interfaces and an instance-level {} may not be specified on the same request"


@pytest.mark.parametrize(
    ("data", "beside", "told"),
    [
        ({"NetworkInterfaces": [WITHOUT]}, {"SubnetId": ref("Subnet")}, TOLD.format("subnet ID")),
        ({"NetworkInterfaces": [WITH_SUBNET]}, {"SubnetId": ref("Subnet")}, TOLD.format("subnet ID")),
        ({}, {"NetworkInterfaces": [{"DeviceIndex": "0"}], "SubnetId": ref("Subnet")}, TOLD.format("subnet ID")),
        (
            {"NetworkInterfaces": [WITH_SUBNET]},
            {"SecurityGroupIds": [attribute("Doors", "GroupId")]},
            TOLD.format("security groups"),
        ),
        (
            {"NetworkInterfaces": [WITH_SUBNET], "SecurityGroupIds": [attribute("Doors", "GroupId")]},
            {},
            TOLD.format("security groups"),
        ),
        ({"NetworkInterfaces": [WITH_SUBNET]}, {"PrivateIpAddress": "10.0.0.4"}, TOLD.format("private IP address")),
        ({"NetworkInterfaces": [WITHOUT]}, {}, "belong to different networks."),
        ({"SecurityGroupIds": [attribute("Doors", "GroupId")]}, {}, "belong to different networks."),
        ({"ImageId": "resolve:ssm:/none/such"}, {}, "ImageId is 'resolve:ssm:/none/such'"),
    ],
)
def test_ec2_refuses(cloud: Cloud, data: dict[str, Any], beside: dict[str, Any], told: str) -> None:
    image = {"ImageId": f"resolve:ssm:{IMAGE}"}
    version = {"LaunchTemplateId": ref("Template"), "Version": attribute("Template", "LatestVersionNumber")}
    drawn = NETWORK | {
        "Template": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": image | data}},
        "Machine": {"Type": "AWS::EC2::Instance", "Properties": {"LaunchTemplate": version, **beside}},
    }
    cloud.client("cloudformation").create_stack(StackName="refused", TemplateBody=json.dumps({"Resources": drawn}))
    with pytest.raises(WaiterError):
        wait(cloud, "refused", "stack_create_complete")
    assert told in reasons(cloud, "refused")
    delete(cloud, "refused")


def test_a_subnet_on_the_instance_is_for_a_template_without_an_interface(cloud: Cloud) -> None:
    version = {"LaunchTemplateId": ref("Template"), "Version": attribute("Template", "LatestVersionNumber")}
    data = {"ImageId": f"resolve:ssm:{IMAGE}", "SecurityGroupIds": [attribute("Doors", "GroupId")]}
    drawn = NETWORK | {
        "Template": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": data}},
        "Machine": {
            "Type": "AWS::EC2::Instance",
            "Properties": {"LaunchTemplate": version, "SubnetId": ref("Subnet"), "InstanceType": "t4g.large"},
        },
    }
    outputs = {"Machine": {"Value": ref("Machine")}, "Subnet": {"Value": ref("Subnet")}}
    cloud.client("cloudformation").create_stack(
        StackName="allowed", TemplateBody=json.dumps({"Resources": drawn, "Outputs": outputs})
    )
    made = wait(cloud, "allowed", "stack_create_complete")
    found = describe(cloud, made["Machine"])
    assert (found["SubnetId"], found["InstanceType"]) == (made["Subnet"], "t4g.large")
    delete(cloud, "allowed")


@pytest.fixture
def written(cloud: Cloud) -> Iterator[str]:
    """Write a launch template of two versions by EC2's own calls."""
    ec2 = cloud.client("ec2")
    data: dict[str, Any] = {"ImageId": f"resolve:ssm:{IMAGE}", "InstanceType": "t4g.small"}
    data["TagSpecifications"] = [{"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "template"}]}]
    name = "by-hand"
    ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    ec2.create_launch_template_version(LaunchTemplateName=name, LaunchTemplateData=data | {"InstanceType": "t4g.large"})
    yield name
    ec2.delete_launch_template(LaunchTemplateName=name)


@pytest.mark.parametrize(
    ("version", "more", "expected"),
    [
        ({}, {}, "t4g.small"),
        ({"Version": "$Latest"}, {}, "t4g.large"),
        ({"Version": "2"}, {}, "t4g.large"),
        ({"Version": "2"}, {"InstanceType": "t4g.nano"}, "t4g.nano"),
    ],
)
def test_run_instances_takes_a_launch_template(
    cloud: Cloud, written: str, version: dict[str, str], more: dict[str, str], expected: str
) -> None:
    ec2 = cloud.client("ec2")
    launched = ec2.run_instances(
        LaunchTemplate={"LaunchTemplateName": written, **version}, MinCount=2, MaxCount=2, **more
    )["Instances"]
    ids = [one["InstanceId"] for one in launched]
    try:
        for instance_id in ids:
            found = describe(cloud, instance_id)
            assert (found["InstanceType"], found["Architecture"]) == (expected, "arm64")
            assert tags(found)["from"] == "template"
    finally:
        ec2.terminate_instances(InstanceIds=ids)


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"LaunchTemplateId": "lt-0123456789abcdef0"}, "InvalidLaunchTemplateId.NotFound"),
        ({"LaunchTemplateName": "none"}, "InvalidLaunchTemplateName.NotFoundException"),
        ({"LaunchTemplateName": "by-hand", "Version": "7"}, "InvalidLaunchTemplateId.VersionNotFound"),
    ],
)
@pytest.mark.usefixtures("written")
def test_a_launch_template_that_is_not_there(cloud: Cloud, named: dict[str, str], code: str) -> None:
    with pytest.raises(ClientError, match=code):
        cloud.client("ec2").run_instances(LaunchTemplate=named, MinCount=1, MaxCount=1)
