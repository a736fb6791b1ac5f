"""A machine in a launch template, drawn as the library draws it."""

import json
from typing import Any

from tests.local_aws.raw_stacks import signalled

STACK = "machine"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.12-arm64"


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


def attribute(*path: str) -> dict[str, Any]:
    return {"Fn::GetAtt": list(path)}


def resources(image: str = IMAGE, tag: str = "one", **more: Any) -> dict[str, Any]:
    """Draw a machine as the library does: all of it in the template, tags and signal on the instance."""
    role = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2"}}]}
    return {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": ref("Vpc"), "CidrBlock": "10.0.0.0/24"}},
        "Doors": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "doors", "VpcId": ref("Vpc"), "SecurityGroupIngress": []},
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": role}},
        "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [ref("Role")]}},
        "Key": {"Type": "AWS::EC2::KeyPair", "Properties": {"KeyName": "key-of-machine", "KeyType": "ed25519"}},
        "Template": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateData": {
                    "ImageId": f"resolve:ssm:{image}",
                    "InstanceType": "t4g.small",
                    "KeyName": ref("Key"),
                    "IamInstanceProfile": {"Arn": attribute("Profile", "Arn")},
                    "BlockDeviceMappings": [
                        {
                            "DeviceName": "/dev/xvda",
                            "Ebs": {"VolumeSize": 12, "VolumeType": "gp3", "Encrypted": True},
                        }
                    ],
                    "MetadataOptions": {"HttpTokens": "required"},
                    "CreditSpecification": {"CpuCredits": "standard"},
                    "UserData": {"Fn::Base64": {"Fn::Sub": "echo ${Word}"}},
                    "NetworkInterfaces": [
                        {
                            "DeviceIndex": 0,
                            "AssociatePublicIpAddress": True,
                            "Groups": [attribute("Doors", "GroupId")],
                            "SubnetId": ref("Subnet"),
                        }
                    ],
                }
            },
        },
        "Machine": {
            "Type": "AWS::EC2::Instance",
            "DependsOn": ["Role"],
            "Properties": {
                "LaunchTemplate": {
                    "LaunchTemplateId": ref("Template"),
                    "Version": attribute("Template", "LatestVersionNumber"),
                },
                "Tags": [{"Key": "Name", "Value": "machine"}, {"Key": "project", "Value": tag}],
            },
            **signalled("PT20S"),
        },
        "Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc", "InstanceId": ref("Machine")}},
        **more,
    }


OUTPUTS = {
    "Machine": ref("Machine"),
    "Ip": ref("Address"),
    "Key": attribute("Key", "KeyPairId"),
    "Template": ref("Template"),
    "Doors": attribute("Doors", "GroupId"),
}


def template(drawn: dict[str, Any], **outputs: Any) -> str:
    return json.dumps(
        {
            "Parameters": {"Word": {"Type": "String", "Default": "first"}},
            "Resources": drawn,
            "Outputs": {key: {"Value": value} for key, value in (OUTPUTS | outputs).items()},
        }
    )
