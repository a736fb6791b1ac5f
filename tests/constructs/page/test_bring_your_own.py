"""What a caller can bring to a server, and what a server offers to its neighbours."""

from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from data_compute import StreamlitServer
from tests.constructs.servers import DefineServer, instance_of
from tests.templates import machine_of, properties, rendered, resources, statements, synthesized, user_data


def test_own_image_of_the_caller_is_pinned(app_folder: Path, tmp_path: Path) -> None:
    place = Environment(account="111122223333", region="eu-central-1")
    stack = Stack(App(outdir=str(tmp_path)), "Stack", env=place)
    image = ec2.MachineImage.generic_linux({"eu-central-1": "ami-0123456789abcdef0"})
    server = StreamlitServer(stack, "Server", app=app_folder, entry_file="app.py", machine_image=image)

    assert instance_of(server)["ImageId"] == "ami-0123456789abcdef0"


def test_own_image_of_the_caller_by_region(define: DefineServer) -> None:
    image = ec2.MachineImage.generic_linux({"eu-central-1": "ami-0123456789abcdef0"})
    template = synthesized(Stack.of(define(machine_image=image)))

    assert machine_of(template)["ImageId"]["Fn::FindInMap"][1:] == [{"Ref": "AWS::Region"}, "ami"]
    assert list(template["Mappings"].values()) == [{"eu-central-1": {"ami": "ami-0123456789abcdef0"}}]


def test_own_vpc_of_the_caller(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    theirs = ec2.Vpc.from_vpc_attributes(
        stack,
        "Theirs",
        vpc_id="vpc-12345678",
        availability_zones=["eu-central-1a", "eu-central-1b"],
        public_subnet_ids=["subnet-aaaa1111", "subnet-bbbb2222"],
        private_subnet_ids=["subnet-cccc3333", "subnet-dddd4444"],
    )
    server = define(stack, vpc=theirs, zone=1)
    template = synthesized(stack)

    assert server.vpc is theirs
    assert resources(template, "AWS::EC2::VPC") == resources(template, "AWS::EC2::Subnet") == {}
    assert properties(template, "AWS::EC2::SecurityGroup")["VpcId"] == "vpc-12345678"
    (interface,) = machine_of(template)["NetworkInterfaces"]
    assert interface["SubnetId"] == "subnet-bbbb2222"


def test_own_subnet_of_the_caller(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    theirs = ec2.Vpc.from_vpc_attributes(
        stack,
        "Theirs",
        vpc_id="vpc-12345678",
        availability_zones=["eu-central-1a", "eu-central-1b"],
        public_subnet_ids=["subnet-aaaa1111", "subnet-bbbb2222"],
    )
    chosen = ec2.SubnetSelection(subnets=[theirs.public_subnets[1]])
    instance = instance_of(define(stack, vpc=theirs, vpc_subnets=chosen))

    assert instance["NetworkInterfaces"][0]["SubnetId"] == "subnet-bbbb2222"


def test_own_security_group_of_the_caller(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    theirs = ec2.SecurityGroup.from_security_group_id(stack, "Theirs", "sg-12345678")
    server = define(stack, security_group=theirs)
    server.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))
    template = synthesized(stack)

    assert resources(template, "AWS::EC2::SecurityGroup") == {}
    assert machine_of(template)["NetworkInterfaces"][0]["Groups"] == ["sg-12345678"]
    assert properties(template, "AWS::EC2::SecurityGroupIngress") == {
        "GroupId": "sg-12345678",
        "CidrIp": "203.0.113.7/32",
        "Description": "the page",
        "FromPort": 8501,
        "IpProtocol": "tcp",
        "ToPort": 8501,
    }


def test_own_role_of_the_caller_gets_the_machines_few_rights(
    define: DefineServer, new_stack: Callable[[], Stack]
) -> None:
    stack = new_stack()
    theirs = iam.Role(stack, "Theirs", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    server = define(stack, role=theirs)
    template = synthesized(stack)

    assert server.role is theirs
    assert list(resources(template, "AWS::IAM::Role")) == [stack.resolve(theirs.role_name)["Ref"]]
    assert properties(template, "AWS::IAM::InstanceProfile")["Roles"] == [stack.resolve(theirs.role_name)]
    assert [statement["Sid"] for statement in statements(template)] == [
        "FetchTheApp",
        "WriteTheLog",
        "BeReachedBySessionManager",
    ]


def test_own_log_group_of_the_caller(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    define(stack, log_group=logs.LogGroup.from_log_group_name(stack, "Theirs", "their-logs"))
    template = synthesized(stack)

    assert resources(template, "AWS::Logs::LogGroup") == {}
    assert "LOG_GROUP=their-logs" in user_data(template).splitlines()
    (log,) = [statement for statement in statements(template) if statement["Sid"] == "WriteTheLog"]
    assert rendered(log["Resource"]).endswith(":log-group:their-logs:*")


def test_own_key_pair_of_the_caller(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    define(stack, key_pair=ec2.KeyPair.from_key_pair_name(stack, "Theirs", "their-key"))
    template = synthesized(stack)

    assert resources(template, "AWS::EC2::KeyPair") == {}
    assert machine_of(template)["KeyName"] == "their-key"


def test_a_bucket_can_grant_to_it(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket")
    bucket.grant_read(define(stack))

    arn = stack.resolve(bucket.bucket_arn)
    assert {
        "Action": ["s3:GetBucket*", "s3:GetObject*", "s3:List*"],
        "Effect": "Allow",
        "Resource": [arn, {"Fn::Join": ["", [arn, "/*"]]}],
    } in statements(synthesized(stack))


def test_a_neighbour_can_let_it_in(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    server = define(stack)
    database = ec2.SecurityGroup(stack, "Database", vpc=server.vpc)
    database.connections.allow_from(server, ec2.Port.POSTGRES, "the app")

    ingress = properties(synthesized(stack), "AWS::EC2::SecurityGroupIngress")
    assert ingress["SourceSecurityGroupId"] == stack.resolve(server.security_group.security_group_id)
    assert ingress["GroupId"] == stack.resolve(database.security_group_id)
    assert ingress["FromPort"] == ingress["ToPort"] == 5432


def test_two_servers_share_a_role(app_folder: Path, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    shared = iam.Role(stack, "Shared", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    for name in ("One", "Two"):
        StreamlitServer(stack, name, app=app_folder, entry_file="app.py", role=shared)

    sids = [statement["Sid"] for statement in statements(synthesized(stack))]
    assert sids == ["FetchTheApp", "WriteTheLog", "BeReachedBySessionManager"] * 2


def test_private_subnets_are_refused(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    private = ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    public = ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)
    theirs = ec2.Vpc(stack, "Theirs", nat_gateways=0, subnet_configuration=[public, private])
    chosen = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)

    with pytest.raises(
        ValueError, match=r"vpc_subnets selects private subnets of Stack/Theirs, .*: select public ones"
    ):
        define(stack, vpc=theirs, vpc_subnets=chosen)


def test_a_renamed_machine_signals_by_its_name(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    define(stack).instance.override_logical_id("Mine")

    assert "RESOURCE_ID='Mine'" in user_data(synthesized(stack)).splitlines()
