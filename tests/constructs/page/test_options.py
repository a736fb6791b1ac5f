"""What each option of a server changes, and that it changes nothing else."""

from string import Template

import pytest
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from ministack.core.iam_actions import extract_resource_arn
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from data_compute import UBUNTU_24_04, StreamlitServer
from tests.constructs.servers import EBS, DefineServer, image_parameter, instance_of
from tests.templates import Json, machine_of, properties, rendered, statements, synthesized, user_data

HERE = ("eu-west-1", "111122223333")
PAGE = {"Partition": "aws", "Region": HERE[0], "AccountId": HERE[1], "StackName": "Page"}


@pytest.fixture(scope="module")
def template(default_server: StreamlitServer) -> Json:
    return synthesized(Stack.of(default_server))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"instance_type": ec2.InstanceType("t4g.large")}, {"InstanceType": "t4g.large"}),
        (
            {"cpu_credits": ec2.CpuCredits.UNLIMITED},
            {"CreditSpecification": {"CpuCredits": "unlimited"}},
        ),
        (
            {"root_volume_gib": 30},
            {
                "BlockDeviceMappings": [
                    {
                        "DeviceName": "/dev/xvda",
                        "Ebs": EBS | {"VolumeSize": 30},
                    }
                ]
            },
        ),
    ],
    ids=["instance_type", "cpu_credits", "root_volume_gib"],
)
def test_options_of_the_machine(define: DefineServer, template: Json, arguments: Json, expected: Json) -> None:
    found = instance_of(define(**arguments))

    ignored = {"UserData": None, "IamInstanceProfile": None}
    assert found | ignored == machine_of(template) | expected | ignored


def test_port_is_in_the_address_and_in_the_machines_settings(define: DefineServer) -> None:
    server = define(port=9000)

    assert rendered(Stack.of(server).resolve(server.url)).endswith(".PublicIp}:9000")
    assert "PORT=9000" in user_data(synthesized(Stack.of(server))).splitlines()


@pytest.mark.parametrize("zone", [0, 1])
def test_zone_is_the_subnet_that_the_machine_stands_in(define: DefineServer, zone: int) -> None:
    server = define(zone=zone)
    subnet = Stack.of(server).resolve(server.vpc.public_subnets[zone].subnet_id)

    assert instance_of(server)["NetworkInterfaces"][0]["SubnetId"] == subnet


def test_log_retention_is_the_callers_choice(define: DefineServer) -> None:
    template = synthesized(Stack.of(define(log_retention=logs.RetentionDays.THREE_DAYS)))

    assert properties(template, "AWS::Logs::LogGroup") == {"RetentionInDays": 3}


def test_image_follows_the_processor(define: DefineServer) -> None:
    assert image_parameter(define(instance_type=ec2.InstanceType("t3.small"))) == (
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64"
    )


@pytest.mark.parametrize(("instance_type", "processor"), [("t4g.small", "arm64"), ("t3.small", "amd64")])
def test_ubuntu(define: DefineServer, instance_type: str, processor: str) -> None:
    server = define(operating_system=UBUNTU_24_04, instance_type=ec2.InstanceType(instance_type))

    assert image_parameter(server) == (
        f"/aws/service/canonical/ubuntu/server/24.04/stable/current/{processor}/hvm/ebs-gp3/ami-id"
    )
    assert instance_of(server)["BlockDeviceMappings"] == [
        {
            "DeviceName": "/dev/sda1",
            "Ebs": EBS | {"VolumeSize": 12},
        }
    ]


@pytest.mark.parametrize(
    ("stack", "allowed"),
    [
        ("Page", True),
        ("arn:aws:cloudformation:eu-west-1:111122223333:stack/Page/1-2", True),
        ("Pages", False),
        ("arn:aws:cloudformation:eu-west-1:111122223333:stack/Pages/1-2", False),
    ],
)
def test_ubuntu_may_signal_for_its_own_stack(define: DefineServer, stack: str, allowed: bool) -> None:
    *others, signal = statements(synthesized(Stack.of(define(operating_system=UBUNTU_24_04))))
    assert [statement["Sid"] for statement in others] == ["FetchTheApp", "WriteTheLog", "BeReachedBySessionManager"]

    deployed = signal | {"Resource": Template(rendered(signal["Resource"]).replace("AWS::", "")).substitute(PAGE)}
    asked = extract_resource_arn("cloudformation", "POST", "/", {}, b"", {"StackName": [stack]}, *HERE)
    context = EvalContext("arn", "AssumedRole", HERE[1], "cloudformation:SignalResource", asked, HERE[0])
    policy = parse_policy_document({"Statement": [deployed]})
    assert (evaluate(context, [policy]).decision == "Allow") == allowed


def test_only_burstable_types_have_credits(define: DefineServer) -> None:
    assert "CreditSpecification" not in instance_of(define(instance_type=ec2.InstanceType("m7g.large")))
