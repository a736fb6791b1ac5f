"""What a server is when the caller gives nothing but the app."""

import pytest
from aws_cdk import Stack

from data_compute import StreamlitServer
from tests.constructs.servers import EBS, image_parameter
from tests.templates import Json, machine_of, only, properties, rendered, resources, statements, synthesized, user_data

SESSION_MANAGER = {
    "Action": [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ],
    "Effect": "Allow",
    "Resource": "*",
    "Sid": "BeReachedBySessionManager",
}


@pytest.fixture(scope="module")
def template(default_server: StreamlitServer) -> Json:
    return synthesized(Stack.of(default_server))


def test_machine(default_server: StreamlitServer, template: Json) -> None:
    resolve = Stack.of(default_server).resolve
    machine = machine_of(template)

    assert machine == {
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": EBS | {"VolumeSize": 12},
            }
        ],
        "CreditSpecification": {"CpuCredits": "standard"},
        "IamInstanceProfile": machine["IamInstanceProfile"],
        "ImageId": machine["ImageId"],
        "InstanceType": "t4g.small",
        "KeyName": resolve(default_server.key_pair.key_pair_name),
        "MetadataOptions": {"HttpPutResponseHopLimit": 1, "HttpTokens": "required"},
        "NetworkInterfaces": [
            {
                "AssociatePublicIpAddress": True,
                "DeviceIndex": 0,
                "Groups": [resolve(default_server.security_group.security_group_id)],
                "SubnetId": resolve(default_server.vpc.public_subnets[0].subnet_id),
            }
        ],
        "UserData": machine["UserData"],
    }


def test_instance_is_the_newest_version_of_its_template(template: Json) -> None:
    (launch_template,) = resources(template, "AWS::EC2::LaunchTemplate")

    # Nothing else: a property of the instance beside those of its template is where EC2 refuses combinations.
    assert properties(template, "AWS::EC2::Instance") == {
        "LaunchTemplate": {
            "LaunchTemplateId": {"Ref": launch_template},
            "Version": {"Fn::GetAtt": [launch_template, "LatestVersionNumber"]},
        },
        "Tags": [{"Key": "Name", "Value": "Stack/Server/Instance"}],
    }


def test_image_is_the_newest_amazon_linux_2023_for_graviton(default_server: StreamlitServer) -> None:
    assert image_parameter(default_server) == ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64")


def test_deploy_waits_for_the_machines_own_word(template: Json) -> None:
    assert only(template, "AWS::EC2::Instance")["CreationPolicy"] == {
        "ResourceSignal": {"Count": 1, "Timeout": "PT20M"}
    }


def test_machine_starts_only_with_its_rights_and_its_way_out(template: Json) -> None:
    needed = {template["Resources"][name]["Type"] for name in only(template, "AWS::EC2::Instance")["DependsOn"]}

    assert {"AWS::IAM::Policy", "AWS::IAM::Role", "AWS::EC2::Route"} <= needed


def test_address_stays_with_whatever_machine_there_is(default_server: StreamlitServer, template: Json) -> None:
    resolve = Stack.of(default_server).resolve
    (name,) = resources(template, "AWS::EC2::EIP")

    assert properties(template, "AWS::EC2::EIP") == {
        "Domain": "vpc",
        "InstanceId": resolve(default_server.instance_id),
    }
    assert rendered(resolve(default_server.url)) == f"http://${{{name}.PublicIp}}:8501"
    assert resources(template, "AWS::EC2::EIPAssociation") == {}


def test_network_is_public_subnets_and_no_nat_gateway(template: Json) -> None:
    assert properties(template, "AWS::EC2::VPC")["CidrBlock"] == "10.0.0.0/24"
    subnets = [found["Properties"] for found in resources(template, "AWS::EC2::Subnet").values()]
    assert [subnet["CidrBlock"] for subnet in subnets] == ["10.0.0.0/25", "10.0.0.128/25"]
    assert [subnet["MapPublicIpOnLaunch"] for subnet in subnets] == [False, False]
    (gateway,) = resources(template, "AWS::EC2::InternetGateway")
    for route in resources(template, "AWS::EC2::Route").values():
        assert route["Properties"]["DestinationCidrBlock"] == "0.0.0.0/0"
        assert route["Properties"]["GatewayId"] == {"Ref": gateway}
    kinds = {found["Type"] for found in template["Resources"].values()}
    assert not kinds & {
        "AWS::EC2::NatGateway",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::Lambda::Function",
        "Custom::VpcRestrictDefaultSG",
    }


def test_role_may_be_taken_by_machines_and_holds_no_managed_policy(template: Json) -> None:
    assert properties(template, "AWS::IAM::Role") == {
        "AssumeRolePolicyDocument": {
            "Statement": [
                {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}
            ],
            "Version": "2012-10-17",
        }
    }


def test_role_may_do_exactly_this(default_server: StreamlitServer, template: Json) -> None:
    fetch, log, reach = statements(template)

    assert fetch | {"Resource": []} == {
        "Sid": "FetchTheApp",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": [],
    }
    bucket = "arn:${AWS::Partition}:s3:::cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/"
    files = sorted(rendered(resource).removeprefix(bucket) for resource in fetch["Resource"])
    assert files == sorted(
        line.rpartition("/")[2].rstrip("'") for line in user_data(template).splitlines() if "_FILES=" in line
    )
    assert log == {
        "Sid": "WriteTheLog",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": Stack.of(default_server).resolve(default_server.log_group.log_group_arn),
    }
    assert reach == SESSION_MANAGER


def test_log_group_forgets_and_goes_with_the_stack(template: Json) -> None:
    assert only(template, "AWS::Logs::LogGroup") == {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"RetentionInDays": 30},
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
    }
