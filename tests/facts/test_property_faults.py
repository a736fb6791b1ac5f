"""What AWS would refuse of a resource is found on the laptop, and nothing else."""

from typing import Any

import pytest

from facts.property_faults import property_faults

FUNCTION = {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"S3Bucket": {"Fn::Sub": "assets"}, "S3Key": "x.zip"}}


@pytest.mark.parametrize(
    ("resource_type", "properties", "path", "reason"),
    [
        ("AWS::EC2::Instance", {"InstanceTyp": "t4g.small"}, "", "'InstanceTyp' was unexpected"),
        ("AWS::EC2::Instance", {"EbsOptimized": "maybe"}, "EbsOptimized", "'maybe' is not of type 'boolean'"),
        ("AWS::Lambda::Function", {"Code": {"ZipFile": ""}}, "", "'Role' is a required property"),
        ("AWS::Lambda::Function", {**FUNCTION, "Runtime": "python9"}, "Runtime", "'python9' is none of "),
        ("AWS::Lambda::Function", {**FUNCTION, "MemorySize": "64"}, "MemorySize", "less than the minimum of 128"),
        ("AWS::Lambda::Function", {**FUNCTION, "Role": "me"}, "Role", "'me' does not match "),
        ("AWS::Lambda::Function", {**FUNCTION, "Arn": "x"}, "Arn", "AWS sets it itself"),
        ("AWS::Logs::LogGroup", {"RetentionInDays": 8}, "RetentionInDays", "8 is none of 1, 3, 5, 7, "),
        (
            "AWS::EC2::SecurityGroup",
            {"GroupDescription": "x", "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": "22a"}]},
            "SecurityGroupIngress/0/FromPort",
            "'22a' is not of type 'integer'",
        ),
        (
            "AWS::EC2::LaunchTemplate",
            {"LaunchTemplateData": {"MetadataOptions": {"HttpTokens": "always"}}},
            "LaunchTemplateData/MetadataOptions/HttpTokens",
            "'always' is none of optional, required",
        ),
    ],
)
def test_what_aws_refuses(resource_type: str, properties: dict[str, Any], path: str, reason: str) -> None:
    (fault,) = property_faults(resource_type, properties)

    assert fault.path == path
    assert reason in fault.reason


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("AWS::Logs::LogGroup", {"RetentionInDays": "7"}),
        ("AWS::EC2::Instance", {"EbsOptimized": "true", "InstanceType": {"Ref": "Type"}}),
        ("AWS::EC2::Instance", {"ImageId": {"Ref": "AWS::NoValue"}, "SecurityGroupIds": [{"Ref": "AWS::NoValue"}]}),
        ("AWS::Lambda::Function", FUNCTION),
        ("AWS::ApiGatewayV2::Api", {"ProtocolType": {"Fn::If": ["A", "HTTP", "WEBSOCKET"]}, "Name": "x"}),
        ("AWS::Cognito::UserPool", {"UserPoolTags": {"project": "x"}}),
        ("Custom::FunctionStarts", {"Anything": 1}),
    ],
    ids=[
        "a number as text",
        "a reference",
        "no value",
        "another resource's",
        "a condition",
        "names in a pattern of Java's",
        "a custom resource",
    ],
)
def test_what_aws_takes_or_decides_later(resource_type: str, properties: dict[str, Any]) -> None:
    assert property_faults(resource_type, properties) == []
