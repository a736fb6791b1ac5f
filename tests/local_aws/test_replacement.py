"""What an update replaces is what AWS's schemas say."""

from typing import Any

import pytest

from local_aws.extensions.replacement import recreation, replaces


@pytest.mark.parametrize(
    ("resource_type", "name", "told"),
    [
        ("AWS::S3::Bucket", "BucketName", "Always"),
        ("AWS::S3::Bucket", "Tags", "Never"),
        ("AWS::Lambda::Function", "FunctionName", "Always"),
        ("AWS::Lambda::Function", "Code", "Never"),
        ("AWS::ApiGatewayV2::Api", "ProtocolType", "Always"),
        ("AWS::EC2::KeyPair", "Tags", "Always"),
        ("AWS::EC2::Instance", "LaunchTemplate", "Always"),
        ("AWS::EC2::Instance", "InstanceType", "Conditionally"),
        ("AWS::EC2::Instance", "Tags", "Never"),
        # Its name alone.
        ("AWS::Glue::Table", "TableInput", "Conditionally"),
        ("AWS::IAM::Policy", "PolicyDocument", "Never"),
        ("Custom::Thing", "Anything", "Conditionally"),
    ],
)
def test_a_change_set_says_what_a_property_replaces(resource_type: str, name: str, told: str) -> None:
    assert recreation(resource_type, name) == told


def disk(**ebs: Any) -> dict[str, Any]:
    return {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": ebs}]}


def peers(*numbers: int) -> dict[str, Any]:
    one = [{"PeerAsn": number, "Note": f"of {position}"} for position, number in enumerate(numbers)]
    return {"ConnectPeerConfiguration": {"BgpConfigurations": one}}


@pytest.mark.parametrize(
    ("resource_type", "old", "new", "anew"),
    [
        ("AWS::S3::Bucket", {"BucketName": "one"}, {"BucketName": "two"}, True),
        ("AWS::S3::Bucket", {"Tags": []}, {"Tags": [{"Key": "a", "Value": "b"}]}, False),
        ("AWS::EC2::SecurityGroup", {"GroupDescription": "one"}, {"GroupDescription": "two"}, True),
        ("AWS::Glue::Table", {"TableInput": {"Name": "one"}}, {"TableInput": {"Name": "two"}}, True),
        ("AWS::Glue::Table", {"TableInput": {"Name": "one"}}, {}, True),
        ("AWS::Glue::Table", {"TableInput": {"Name": "one"}}, {"TableInput": {"Name": "one", "Owner": "me"}}, False),
        ("AWS::EC2::TransitGatewayConnectPeer", peers(1, 2), peers(1, 3), True),
        ("AWS::EC2::TransitGatewayConnectPeer", peers(1, 2), peers(1), True),
        ("AWS::EC2::TransitGatewayConnectPeer", peers(1, 2), peers(1, 2) | {"Tags": []}, False),
        ("AWS::EC2::Instance", {"UserData": "one"}, {"UserData": "two"}, False),
        ("AWS::EC2::Instance", disk(VolumeSize=8), disk(VolumeSize=12), True),
        ("AWS::EC2::Instance", disk(VolumeSize=8), {}, True),
        ("AWS::EC2::Instance", disk(DeleteOnTermination=True), disk(DeleteOnTermination=False), False),
        ("AWS::EC2::KeyPair", {"KeyName": "key"}, {"KeyName": "key", "Tags": [{"Key": "a", "Value": "b"}]}, True),
        ("Custom::Thing", {"Anything": "one"}, {"Anything": "two"}, False),
    ],
)
def test_an_update_replaces_what_has_to_be_new(
    resource_type: str, old: dict[str, Any], new: dict[str, Any], *, anew: bool
) -> None:
    assert replaces(resource_type, old, new) is anew
