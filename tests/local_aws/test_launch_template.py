"""A machine that is a launch template: what replaces it, and what leaves it alone."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.cloud import Cloud
from tests.local_aws.drawn_machine import IMAGE, STACK, resources, template
from tests.local_aws.raw_stacks import delete, describe, plan, reasons, signal_when_asked, tags, wait

pytestmark = pytest.mark.system


def opened(drawn: dict[str, Any], port: int) -> dict[str, Any]:
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "192.0.2.0/24"}
    drawn["Doors"]["Properties"]["SecurityGroupIngress"] = [rule]
    return drawn


def words(word: str) -> list[dict[str, str]]:
    return [{"ParameterKey": "Word", "ParameterValue": word}]


def update(cloud: Cloud, drawn: dict[str, Any], word: str = "first", **more: Any) -> dict[str, str]:
    """Deploy a change that makes no new machine: nobody signals."""
    cloud.client("cloudformation").update_stack(
        StackName=STACK, TemplateBody=template(drawn), Parameters=words(word), Capabilities=["CAPABILITY_IAM"], **more
    )
    return wait(cloud, STACK, "stack_update_complete")


def update_anew(
    cloud: Cloud, drawn: dict[str, Any], word: str = "first", signal: str = "SUCCESS", ends: str = "update_complete"
) -> dict[str, str]:
    """Deploy a change that makes a new machine, which signals."""
    sender = signal_when_asked(cloud, STACK, "Machine", signal)
    cloud.client("cloudformation").update_stack(
        StackName=STACK, TemplateBody=template(drawn), Parameters=words(word), Capabilities=["CAPABILITY_IAM"]
    )
    sender.join()
    return wait(cloud, STACK, f"stack_{ends}")


def user_data(cloud: Cloud, instance_id: str) -> str:
    answer = cloud.client("ec2").describe_instance_attribute(InstanceId=instance_id, Attribute="userData")
    return base64.b64decode(answer["UserData"]["Value"]).decode()


def versions(cloud: Cloud, template_id: str) -> list[str]:
    """List what the versions say, the oldest first."""
    found = cloud.client("ec2").describe_launch_template_versions(LaunchTemplateId=template_id)
    ordered = sorted(found["LaunchTemplateVersions"], key=lambda version: int(version["VersionNumber"]))
    return [base64.b64decode(version["LaunchTemplateData"]["UserData"]).decode() for version in ordered]


@pytest.fixture
def machine(cloud: Cloud) -> Iterator[dict[str, str]]:
    """Deploy the machine; what is answered are its stack's outputs."""
    sender = signal_when_asked(cloud, STACK, "Machine", "SUCCESS")
    cloud.client("cloudformation").create_stack(
        StackName=STACK, TemplateBody=template(resources()), Capabilities=["CAPABILITY_IAM"]
    )
    sender.join()
    yield wait(cloud, STACK, "stack_create_complete")
    delete(cloud, STACK)


def test_a_machine_is_what_its_template_holds(cloud: Cloud, machine: dict[str, str]) -> None:
    ec2 = cloud.client("ec2")
    found = describe(cloud, machine["Machine"])
    assert found["ImageId"] == cloud.client("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]
    assert (found["Architecture"], found["InstanceType"], found["KeyName"]) == (
        "arm64",
        "t4g.small",
        "key-of-machine",
    )
    assert found["IamInstanceProfile"]["Arn"].rpartition("/")[2].startswith(STACK)
    assert [group["GroupId"] for group in found["SecurityGroups"]] == [machine["Doors"]]
    [subnet] = ec2.describe_subnets(SubnetIds=[found["SubnetId"]])["Subnets"]
    assert (subnet["CidrBlock"], subnet["VpcId"]) == ("10.0.0.0/24", found["VpcId"])
    assert found["PublicIpAddress"] == machine["Ip"]
    [volume] = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [machine["Machine"]]}])[
        "Volumes"
    ]
    assert (volume["Size"], volume["Encrypted"]) == (12, True)
    assert user_data(cloud, machine["Machine"]) == "echo first"
    assert tags(found)["aws:ec2launchtemplate:id"] == machine["Template"]
    assert tags(found)["aws:ec2launchtemplate:version"] == "1"
    assert tags(found)["Name"] == "machine"
    [held] = ec2.describe_launch_template_versions(LaunchTemplateId=machine["Template"], Versions=["$Latest"])[
        "LaunchTemplateVersions"
    ]
    assert held["LaunchTemplateData"]["ImageId"] == f"resolve:ssm:{IMAGE}"


def test_another_value_of_a_token_makes_a_new_machine(cloud: Cloud, machine: dict[str, str]) -> None:
    after = update_anew(cloud, resources(), word="second")
    assert after["Machine"] != machine["Machine"]
    assert {key: after[key] for key in ("Ip", "Key", "Template")} == {
        key: machine[key] for key in ("Ip", "Key", "Template")
    }
    assert user_data(cloud, after["Machine"]) == "echo second"
    assert versions(cloud, machine["Template"]) == ["echo first", "echo second"]
    assert describe(cloud, after["Machine"])["PublicIpAddress"] == machine["Ip"]
    assert tags(describe(cloud, after["Machine"]))["aws:ec2launchtemplate:version"] == "2"
    assert describe(cloud, machine["Machine"])["State"]["Name"] == "terminated"


def test_after_a_rolled_back_deploy_an_opened_door_replaces_nothing(cloud: Cloud, machine: dict[str, str]) -> None:
    back = update_anew(cloud, resources(), word="broken", signal="FAILURE", ends="rollback_complete")
    assert back == machine
    assert "Received FAILURE signal" in reasons(cloud, STACK)
    assert describe(cloud, machine["Machine"])["PublicIpAddress"] == machine["Ip"]
    assert user_data(cloud, machine["Machine"]) == "echo first"
    running = [{"Name": "instance-state-name", "Values": ["running"]}]
    assert len(cloud.client("ec2").describe_instances(Filters=running)["Reservations"]) == 1
    # CloudFormation takes a launch template back by one more version.
    assert versions(cloud, machine["Template"])[-1] == "echo first"

    assert update(cloud, opened(resources(), 8501)) == machine
    assert update(cloud, opened(resources(tag="two"), 8501)) == machine
    assert describe(cloud, machine["Machine"])["State"]["Name"] == "running"

    mended = update_anew(cloud, opened(resources(tag="two"), 8501), word="mended")
    assert mended["Machine"] != machine["Machine"]
    assert user_data(cloud, mended["Machine"]) == "echo mended"


def test_an_address_that_had_moved_moves_back(cloud: Cloud, machine: dict[str, str]) -> None:
    wrong = {"KeyName": "late", "PublicKeyMaterial": "nonsense"}
    late = {"Type": "AWS::EC2::KeyPair", "Properties": wrong, "DependsOn": ["Address"]}
    back = update_anew(cloud, resources(Late=late), word="second", ends="rollback_complete")
    assert back == machine
    assert "not a public key" in reasons(cloud, STACK)
    assert describe(cloud, machine["Machine"])["PublicIpAddress"] == machine["Ip"]
    assert update(cloud, opened(resources(), 8501)) == machine


def test_a_tag_of_the_whole_app_replaces_neither_machine_nor_key_pair(cloud: Cloud, machine: dict[str, str]) -> None:
    of_the_stack = [{"Key": "project", "Value": "two"}, {"Key": "team", "Value": "data"}]
    assert update(cloud, resources(tag="two"), Tags=of_the_stack) == machine
    found = describe(cloud, machine["Machine"])
    assert (tags(found)["project"], tags(found)["team"]) == ("two", "data")
    assert user_data(cloud, machine["Machine"]) == "echo first"
    assert versions(cloud, machine["Template"]) == ["echo first"]
    # CloudFormation hands a stack's tags on to neither.
    [pair] = cloud.client("ec2").describe_key_pairs(KeyPairIds=[machine["Key"]])["KeyPairs"]
    assert pair["Tags"] == []


def test_a_key_pairs_own_tags_are_there_for_good(cloud: Cloud, machine: dict[str, str]) -> None:
    """So a changed tag needs another pair, and one of the same name cannot be made beside the first."""
    drawn = resources()
    drawn["Key"]["Properties"]["Tags"] = [{"Key": "project", "Value": "two"}]
    cloud.client("cloudformation").update_stack(
        StackName=STACK, TemplateBody=template(drawn), Capabilities=["CAPABILITY_IAM"]
    )
    assert wait(cloud, STACK, "stack_rollback_complete") == machine
    assert "The keypair 'key-of-machine' already exists" in reasons(cloud, STACK)


@pytest.mark.usefixtures("machine")
def test_a_new_image_alone_replaces_nothing(cloud: Cloud) -> None:
    ssm = cloud.client("ssm")
    ssm.put_parameter(Name="/my/image", Value="ami-0aaaaaaaaaaaaaaaa", Type="String", DataType="aws:ec2:image")
    try:
        mine = update_anew(cloud, resources("/my/image"))["Machine"]
        assert describe(cloud, mine)["ImageId"] == "ami-0aaaaaaaaaaaaaaaa"
        ssm.put_parameter(Name="/my/image", Value="ami-0bbbbbbbbbbbbbbbb", Type="String", Overwrite=True)
        assert update(cloud, opened(resources("/my/image"), 8501))["Machine"] == mine
        renewed = update_anew(cloud, opened(resources("/my/image"), 8501), word="again")["Machine"]
        assert describe(cloud, renewed)["ImageId"] == "ami-0bbbbbbbbbbbbbbbb"
    finally:
        ssm.delete_parameter(Name="/my/image")


def test_an_unchanged_template_is_no_change(cloud: Cloud, machine: dict[str, str]) -> None:
    update_anew(cloud, resources(), word="broken", signal="FAILURE", ends="rollback_complete")
    unchanged = plan(cloud, STACK, template(resources()), words("first"))
    assert (unchanged["Status"], unchanged["Changes"]) == ("FAILED", [])
    assert unchanged["StatusReason"].startswith("The submitted information didn't contain changes.")
    with pytest.raises(ClientError, match="No updates are to be performed"):
        update(cloud, resources())
    assert describe(cloud, machine["Machine"])["State"]["Name"] == "running"


def test_a_template_change_names_what_it_may_replace(cloud: Cloud, machine: dict[str, str]) -> None:
    planned = {
        change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]
        for change in plan(cloud, STACK, template(resources()), words("second"))["Changes"]
    }
    [detail] = [one for one in planned["Machine"]["Details"] if one["CausingEntity"].endswith("LatestVersionNumber")]
    assert detail["Target"]["RequiresRecreation"] == "Always"
    assert planned["Machine"]["Replacement"] == "Conditional"
    assert "Key" not in planned
    assert describe(cloud, machine["Machine"])["State"]["Name"] == "running"


@pytest.mark.usefixtures("machine")
def test_a_changed_tag_may_replace_what_it_replaces_on_aws(cloud: Cloud) -> None:
    drawn = resources(tag="two")
    for name in ("Vpc", "Subnet", "Doors", "Role", "Key", "Address"):
        drawn[name]["Properties"]["Tags"] = [{"Key": "project", "Value": "two"}]
    planned = [change["ResourceChange"] for change in plan(cloud, STACK, template(drawn), words("first"))["Changes"]]
    told = {change["LogicalResourceId"]: change["Replacement"] for change in planned}
    assert {name: said for name, said in told.items() if said != "False"} == {"Key": "True", "Machine": "Conditional"}
    assert set(told) >= {"Vpc", "Subnet", "Doors", "Role", "Address"}
