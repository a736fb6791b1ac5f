"""AWS's schemas say what a change replaces: some truths of AWS's documentation, written out."""

import subprocess
import sys

import pytest

from facts.schemas import create_only


@pytest.mark.parametrize(
    ("resource_type", "always"),
    [
        ("AWS::EC2::KeyPair", "KeyFormat KeyName KeyType PublicKeyMaterial Tags"),
        ("AWS::EC2::EIP", "Address IpamPoolId NetworkBorderGroup TransferAddress"),
        ("AWS::EC2::EIPAssociation", "AllocationId EIP InstanceId NetworkInterfaceId PrivateIpAddress"),
        ("AWS::EC2::LaunchTemplate", "LaunchTemplateName"),
        ("AWS::ApiGatewayV2::Api", "ProtocolType"),
        ("AWS::Glue::Table", "CatalogId DatabaseName Name TableInput/Name"),
        ("AWS::IAM::Policy", ""),
    ],
)
def test_what_always_replaces(resource_type: str, always: str) -> None:
    schema = create_only(resource_type)
    assert schema
    assert sorted("/".join(path) for path in schema.always) == always.split()


def test_what_replaces_on_a_condition() -> None:
    instance = create_only("AWS::EC2::Instance")
    assert instance
    assert {("BlockDeviceMappings",), ("InstanceType",), ("UserData",)} <= set(instance.on_condition)
    assert ("LaunchTemplate",) in instance.always
    assert not set(instance.always) & set(instance.on_condition)


def test_a_custom_resource_has_no_schema() -> None:
    assert create_only("Custom::AWS") is None


def test_no_schema_loads_cfn_lint() -> None:
    program = "import sys; from facts.schemas import create_only; create_only('AWS::S3::Bucket')"
    subprocess.run([sys.executable, "-c", f"{program}; sys.exit('cfnlint' in sys.modules)"], check=True)
