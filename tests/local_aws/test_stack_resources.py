"""The resources that MiniStack lacks, by raw templates, without the CDK and without an app: what any stack may do."""

import json
import re
import socket
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from local_aws.cloud import Cloud
from local_aws.extensions.key_pair import create_key
from tests.local_aws.checkout import wait_until
from tests.local_aws.raw_stacks import (
    FUNCTION_ROLE,
    delete,
    describe,
    reasons,
    signal_when_asked,
    signalled,
    tags,
    wait,
)

pytestmark = pytest.mark.system

IMAGE = {
    "Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
    "Default": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.12-arm64",
}


def instance(**more: Any) -> dict[str, Any]:
    properties = {"ImageId": {"Ref": "Image"}, "InstanceType": "t4g.small"} | more.pop("Properties", {})
    return {"Type": "AWS::EC2::Instance", "Properties": properties} | more


def template(resources: dict[str, Any], **outputs: Any) -> str:
    return json.dumps(
        {
            "Parameters": {"Image": IMAGE},
            "Resources": resources,
            "Outputs": {key: {"Value": value} for key, value in outputs.items()},
        }
    )


def create(cloud: Cloud, name: str, resources: dict[str, Any], **outputs: Any) -> dict[str, str]:
    cloud.client("cloudformation").create_stack(StackName=name, TemplateBody=template(resources, **outputs))
    return wait(cloud, name, "stack_create_complete")


def test_an_instance_waits_for_its_signal(cloud: Cloud) -> None:
    sender = signal_when_asked(cloud, "waits", "Machine", "SUCCESS")
    outputs = create(cloud, "waits", {"Machine": instance(**signalled("PT20S"))}, Id={"Ref": "Machine"})
    sender.join()
    found = describe(cloud, outputs["Id"])
    assert (found["State"]["Name"], found["Architecture"]) == ("running", "arm64")
    assert "Received SUCCESS signal" in reasons(cloud, "waits")
    delete(cloud, "waits")
    assert describe(cloud, outputs["Id"])["State"]["Name"] == "terminated"


def test_a_failure_signal_rolls_back(cloud: Cloud) -> None:
    sender = signal_when_asked(cloud, "fails", "Machine", "FAILURE")
    with pytest.raises(WaiterError):
        create(cloud, "fails", {"Machine": instance(**signalled("PT20S"))})
    sender.join()
    assert "Instance received failed message" in reasons(cloud, "fails")
    delete(cloud, "fails")


def test_a_signal_that_never_comes_rolls_back(cloud: Cloud) -> None:
    with pytest.raises(WaiterError):
        create(cloud, "silent", {"Machine": instance(**signalled("PT1S"))})
    assert "Instance timed out. Received 0 conditions when expecting 1" in reasons(cloud, "silent")
    running = cloud.client("ec2").describe_instances(
        Filters=[{"Name": "instance-state-name", "Values": ["running"]}, {"Name": "tag:test", "Values": ["silent"]}]
    )
    assert running["Reservations"] == []
    delete(cloud, "silent")


@pytest.mark.parametrize("call", ["start", "stop", "reboot"])
def test_a_terminated_instance_never_comes_back(cloud: Cloud, call: str) -> None:
    """As one that somebody has ended by hand, and a schedule starts the next morning."""
    ec2 = cloud.client("ec2")
    made = ec2.run_instances(ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[made])
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        getattr(ec2, f"{call}_instances")(InstanceIds=[made])
    assert describe(cloud, made)["State"]["Name"] == "terminated"


def test_an_instance_without_a_policy_is_there_at_once(cloud: Cloud) -> None:
    outputs = create(cloud, "plain", {"Machine": instance()}, Id={"Ref": "Machine"})
    assert re.fullmatch(r"i-[0-9a-f]{17}", outputs["Id"])
    delete(cloud, "plain")


def test_a_new_image_makes_a_new_instance_and_a_new_tag_does_not(cloud: Cloud) -> None:
    first = create(cloud, "changes", {"Machine": instance()}, Id={"Ref": "Machine"})["Id"]
    cloudformation = cloud.client("cloudformation")

    def update(properties: dict[str, Any]) -> str:
        body = template({"Machine": instance(Properties=properties)}, Id={"Ref": "Machine"})
        cloudformation.update_stack(StackName="changes", TemplateBody=body)
        return wait(cloud, "changes", "stack_update_complete")["Id"]

    assert update({"Tags": [{"Key": "new", "Value": "1"}], "InstanceType": "t4g.large"}) == first
    found = describe(cloud, first)
    assert {"Key": "new", "Value": "1"} in found["Tags"]
    assert found["InstanceType"] == "t4g.large"
    second = update({"ImageId": "ami-0abcdef1234567890"})
    assert second != first
    assert describe(cloud, first)["State"]["Name"] == "terminated"
    delete(cloud, "changes")


def test_what_is_replaced_by_aws_is_new(cloud: Cloud) -> None:
    def doors(description: str) -> dict[str, Any]:
        return {"Doors": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": description}}}

    wanted = {"Id": {"Fn::GetAtt": ["Doors", "GroupId"]}}
    first = create(cloud, "described", doors("one"), **wanted)["Id"]
    cloud.client("cloudformation").update_stack(StackName="described", TemplateBody=template(doors("two"), **wanted))
    second = wait(cloud, "described", "stack_update_complete")["Id"]
    ec2 = cloud.client("ec2")
    assert ec2.describe_security_groups(GroupIds=[second])["SecurityGroups"][0]["Description"] == "two"
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        ec2.describe_security_groups(GroupIds=[first])
    delete(cloud, "described")


def test_an_elastic_ip_moves_with_its_association(cloud: Cloud) -> None:
    resources = {
        "One": instance(),
        "Two": instance(),
        "Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc", "Tags": [{"Key": "old", "Value": "1"}]}},
        "Link": {
            "Type": "AWS::EC2::EIPAssociation",
            "Properties": {"AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]}, "InstanceId": {"Ref": "One"}},
        },
    }
    wanted = {"One": {"Ref": "One"}, "Two": {"Ref": "Two"}, "Ip": {"Ref": "Address"}}
    before = create(cloud, "moves", resources, **wanted)
    assert before["Ip"].startswith("127.0.0.")
    assert describe(cloud, before["One"])["PublicIpAddress"] == before["Ip"]
    resources["Link"]["Properties"]["InstanceId"] = {"Ref": "Two"}
    resources["Address"]["Properties"]["Tags"] = [{"Key": "new", "Value": "2"}]
    cloud.client("cloudformation").update_stack(StackName="moves", TemplateBody=template(resources, **wanted))
    after = wait(cloud, "moves", "stack_update_complete")
    assert after == before
    assert describe(cloud, after["Two"])["PublicIpAddress"] == after["Ip"]
    assert not describe(cloud, after["One"]).get("PublicIpAddress")
    [address] = cloud.client("ec2").describe_addresses()["Addresses"]
    of_the_stack = "aws:cloudformation:"
    assert {name: value for name, value in tags(address).items() if of_the_stack not in name} == {"new": "2"}
    delete(cloud, "moves")
    assert cloud.client("ec2").describe_addresses()["Addresses"] == []


def test_a_door_to_a_prefix_list_is_a_rule_of_the_group(cloud: Cloud) -> None:
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "doors"}}
    wanted = {"Id": {"Fn::GetAtt": ["Doors", "GroupId"]}}

    def drawn(peer: str, said: str) -> dict[str, Any]:
        rules = {
            "Ingress": {"SourcePrefixListId": peer, "FromPort": 8501, "ToPort": 8501, "Description": said},
            "Egress": {"CidrIp": "192.0.2.0/24", "FromPort": 443, "ToPort": 443},
        }
        beside = {"GroupId": wanted["Id"], "IpProtocol": "tcp"}
        return {"Doors": group} | {
            name: {"Type": f"AWS::EC2::SecurityGroup{name}", "Properties": beside | rule}
            for name, rule in rules.items()
        }

    def update(resources: dict[str, Any]) -> None:
        body = template(resources, **wanted)
        cloud.client("cloudformation").update_stack(StackName="doors", TemplateBody=body)
        wait(cloud, "doors", "stack_update_complete")

    def found() -> tuple[list[Any], list[Any]]:
        [told] = cloud.client("ec2").describe_security_groups(GroupIds=[made["Id"]])["SecurityGroups"]
        egress = [one["IpRanges"] for one in told["IpPermissionsEgress"] if one["IpProtocol"] == "tcp"]
        return [one["PrefixListIds"] for one in told["IpPermissions"]], egress

    made = create(cloud, "doors", drawn("pl-12345678", "the page"), **wanted)
    out = [[{"CidrIp": "192.0.2.0/24"}]]
    assert found() == ([[{"PrefixListId": "pl-12345678", "Description": "the page"}]], out)
    for peer, said in (("pl-87654321", "the page"), ("pl-87654321", "a page")):
        update(drawn(peer, said))
        assert found() == ([[{"PrefixListId": peer, "Description": said}]], out)
    update({"Doors": group})
    assert found() == ([], [])
    delete(cloud, "doors")


def test_each_elastic_ip_is_another_loopback_address(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    made = [ec2.allocate_address(Domain="vpc") for _ in range(2)]
    try:
        assert len({one["PublicIp"] for one in made}) == 2
        for one in made:
            with socket.socket() as probe:
                probe.bind((one["PublicIp"], 0))
    finally:
        for one in made:
            ec2.release_address(AllocationId=one["AllocationId"])


def test_a_created_key_leaves_its_private_half_in_parameter_store(cloud: Cloud) -> None:
    pair = {"Type": "AWS::EC2::KeyPair", "Properties": {"KeyName": "made", "KeyType": "ed25519"}}
    key_pair_id = create(cloud, "key", {"Key": pair}, Id={"Fn::GetAtt": ["Key", "KeyPairId"]})["Id"]
    ssm = cloud.client("ssm")
    name = f"/ec2/keypair/{key_pair_id}"
    assert "OPENSSH PRIVATE KEY" in ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    assert "OPENSSH PRIVATE KEY" not in ssm.get_parameter(Name=name)["Parameter"]["Value"]
    delete(cloud, "key")
    with pytest.raises(ClientError, match="ParameterNotFound"):
        ssm.get_parameter(Name=name)
    assert cloud.client("ec2").describe_key_pairs()["KeyPairs"] == []


def test_an_imported_key_leaves_nothing_there(cloud: Cloud) -> None:
    public = create_key("ed25519").public
    pair = {"Type": "AWS::EC2::KeyPair", "Properties": {"KeyName": "mine", "PublicKeyMaterial": public}}
    create(cloud, "import", {"Key": pair})
    described = cloud.client("ec2").describe_key_pairs(KeyNames=["mine"], IncludePublicKey=True)["KeyPairs"][0]
    assert described["PublicKey"] == public
    found = cloud.client("ssm").get_parameters_by_path(Path="/ec2/keypair", Recursive=True)["Parameters"]
    assert found == []
    delete(cloud, "import")


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"KeyName": "bad", "KeyFormat": "ppk"}, "KeyFormat is 'ppk'"),
        ({"KeyName": "bad", "PublicKeyMaterial": "nonsense"}, "not a public key in OpenSSH's form"),
    ],
)
def test_a_wrong_key_pair_is_refused(cloud: Cloud, properties: dict[str, str], told: str) -> None:
    with pytest.raises(WaiterError):
        create(cloud, "wrong", {"Key": {"Type": "AWS::EC2::KeyPair", "Properties": properties}})
    assert told in reasons(cloud, "wrong")
    delete(cloud, "wrong")


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "x86_64"),
        ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64", "arm64"),
        ("/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id", "arm64"),
    ],
)
def test_public_parameters_lead_to_described_images(cloud: Cloud, name: str, architecture: str) -> None:
    image_id = cloud.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    image = cloud.client("ec2").describe_images(ImageIds=[image_id])["Images"][0]
    assert image["Architecture"] == architecture


def test_a_schedule_names_a_new_machine_once_it_is_well(cloud: Cloud) -> None:
    """So no stop of office hours ends a boot that CloudFormation waits for, and what a stop falls on is the old one."""

    def drawn(image: str) -> str:
        machine = instance(Properties={"ImageId": image}, **signalled("PT20S"))
        target = {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:stopInstances", "RoleArn": FUNCTION_ROLE}
        named = {"Fn::Join": ["", ['{"InstanceIds":["', {"Ref": "Machine"}, '"]}']]}
        never = {"ScheduleExpression": "cron(0 19 ? * MON *)", "State": "DISABLED", "Name": "scheduled"}
        stop = {**never, "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target | {"Input": named}}
        schedule = {"Type": "AWS::Scheduler::Schedule", "Properties": stop}
        return template({"Machine": machine, "Stop": schedule}, Id={"Ref": "Machine"})

    def stops() -> str:
        found = cloud.client("scheduler").get_schedule(Name="scheduled")
        return str(json.loads(found["Target"]["Input"])["InstanceIds"][0])

    def deploy(begin: Any, image: str) -> None:
        begin(StackName="scheduled", TemplateBody=drawn(image))

    def finish(waiter: str) -> str:
        signal_when_asked(cloud, "scheduled", "Machine", "SUCCESS").join()
        return wait(cloud, "scheduled", waiter)["Id"]

    cloudformation, ec2 = cloud.client("cloudformation"), cloud.client("ec2")
    deploy(cloudformation.create_stack, "ami-0123456789abcdef0")
    first = finish("stack_create_complete")
    assert stops() == first

    running = {"Name": "instance-state-name", "Values": ["running"]}
    before = len(ec2.describe_instances(Filters=[running])["Reservations"])
    deploy(cloudformation.update_stack, "ami-0123456789abcdef1")
    wait_until(lambda: len(ec2.describe_instances(Filters=[running])["Reservations"]) > before, 20)
    # It boots.
    assert stops() == first
    ec2.stop_instances(InstanceIds=[first])
    second = finish("stack_update_complete")
    assert second != first
    assert stops() == second
    assert describe(cloud, second)["State"]["Name"] == "running"
    delete(cloud, "scheduled")
