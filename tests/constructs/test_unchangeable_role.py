"""A role that the CDK leaves as it is: nothing is rendered for it, and each right that it must have is told."""

from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations, Match

from data_compute import UBUNTU_24_04, PythonFunction
from data_compute.machine.boot_part import BootPart
from data_compute.unchangeable_role import UnchangeableRole, warn_of_grants
from tests.constructs.conftest import NewStack
from tests.constructs.servers import DefineServer, instance_of
from tests.templates import Json, properties, resources, synthesized

ARN = "arn:aws:iam::111122223333:role/LabRole"
PROFILE = "arn:aws:iam::111122223333:instance-profile/LabInstanceProfile"
END = (
    "and the CDK leaves that role as it is: add it to the role where that is defined, or acknowledge this warning "
    "[ack: cdk-data-compute:role-{}]"
)


@pytest.fixture
def stack(new_stack: NewStack) -> Stack:
    return new_stack()


@pytest.fixture
def fixed(stack: Stack) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "LabRole", ARN, mutable=False)


@pytest.fixture
def profile(stack: Stack, fixed: iam.IRole) -> iam.IInstanceProfile:
    return iam.InstanceProfile.from_instance_profile_attributes(
        stack, "Profile", instance_profile_arn=PROFILE, role=fixed
    )


def warnings(stack: Stack) -> list[str]:
    return [str(found.entry.data) for found in Annotations.from_stack(stack).find_warning("*", Match.any_value())]


def no_iam(stack: Stack) -> Json:
    template: Json = {"Resources": {}} | synthesized(stack)
    assert [found for found in template["Resources"].values() if found["Type"].startswith("AWS::IAM")] == []
    return template


def test_a_function_tells_what_it_needs_and_what_it_was_granted(
    stack: Stack, fixed: iam.IRole, function_folder: Path
) -> None:
    function = PythonFunction(stack, "Mean", source=function_folder, role=fixed, tracing=lambda_.Tracing.ACTIVE)
    s3.Bucket(stack, "Bucket").grant_write(function)
    # And past the construct, as the CDK's own triggers do it.
    sqs.Queue(stack, "Queue").grant_consume_messages(function.lambda_function)

    assert {found["Properties"]["Role"] for found in resources(no_iam(stack), "AWS::Lambda::Function").values()} == {
        ARN
    }
    needs, *granted = sorted(warnings(stack), key=lambda text: "for itself" not in text)
    assert needs == (
        "the role Stack/LabRole must allow logs:CreateLogStream, logs:PutLogEvents already, as Stack/Mean needs it for "
        "itself, " + END.format("needs")
    )
    assert len(granted) == 3
    for actions in ("xray:PutTraceSegments", "s3:DeleteObject*", "sqs:ReceiveMessage"):
        (said,) = [text for text in granted if actions in text]
        assert said.startswith("the role Stack/LabRole must allow ")
        assert said.endswith(" already, as Stack/Mean was granted it, " + END.format("grants"))


def test_a_server_takes_an_instance_profile_with_its_role(
    stack: Stack, profile: iam.IInstanceProfile, define: DefineServer, tmp_path: Path
) -> None:
    (tmp_path / "part.sh").write_text("true\n")
    server = define(stack, instance_profile=profile, operating_system=UBUNTU_24_04)
    server.template.add_boot_part(
        BootPart(
            name="extra",
            files=tmp_path,
            rights=[
                iam.PolicyStatement(actions=["dynamodb:GetItem"], resources=["*"]),
                iam.PolicyStatement(not_actions=["iam:*"], resources=["*"]),
            ],
        )
    )
    s3.Bucket(stack, "Bucket").grant_read(server)

    no_iam(stack)
    assert instance_of(server)["IamInstanceProfile"] == {"Arn": PROFILE}
    first, with_part, granted = warnings(stack)
    for action in ("s3:GetObject", "logs:PutLogEvents", "ssmmessages:OpenDataChannel", "cloudformation:SignalResource"):
        assert action in first
    assert "allow s3:GetObject, dynamodb:GetItem, all but some actions already, as Stack/Server needs it" in with_part
    assert "allow s3:GetObject*, s3:GetBucket*, s3:List* already, as Stack/Server was granted it" in granted


def test_a_server_makes_a_profile_of_a_role_without_one(stack: Stack, fixed: iam.IRole, define: DefineServer) -> None:
    define(stack, role=fixed)
    template = synthesized(stack)

    assert properties(template, "AWS::IAM::InstanceProfile")["Roles"] == ["LabRole"]
    assert resources(template, "AWS::IAM::Role") == resources(template, "AWS::IAM::Policy") == {}


def test_what_a_person_adds_to_the_role_is_told(stack: Stack, fixed: iam.IRole) -> None:
    role = warn_of_grants(stack, fixed)
    role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess"))
    role.add_to_principal_policy(iam.PolicyStatement(not_actions=["iam:*"], resources=["*"]))

    no_iam(stack)
    policy, rest = warnings(stack)
    assert policy.startswith("the role Stack/LabRole must allow what the managed policy ReadOnlyAccess does already")
    assert rest.startswith("the role Stack/LabRole must allow all but some actions already")


def test_a_policy_that_is_attached_is_told_whatever_is_added_to_it_later(stack: Stack, fixed: iam.IRole) -> None:
    policy = iam.Policy(stack, "Policy")
    warn_of_grants(stack, fixed).attach_inline_policy(policy)
    policy.add_statements(iam.PolicyStatement(not_actions=["iam:*"], resources=["*"]))

    no_iam(stack)
    (said,) = warnings(stack)
    assert said.startswith(
        "the role Stack/LabRole must allow what the policy Stack/Policy does already, as Stack was gr"
    )
    assert said.endswith(END.format("grants"))


def test_a_policy_that_names_the_role_is_deployed(stack: Stack, fixed: iam.IRole) -> None:
    read = iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])
    iam.Policy(stack, "Policy", roles=[warn_of_grants(stack, fixed)], statements=[read])

    assert properties(synthesized(stack), "AWS::IAM::Policy")["Roles"] == ["LabRole"]
    assert warnings(stack) == []


def test_a_resource_that_can_open_itself_is_not_warned_of(stack: Stack) -> None:
    fixed = iam.Role.from_role_arn(stack, "Role", ARN, mutable=False, add_grants_to_resources=True)
    s3.Bucket(stack, "Bucket").grant_read(warn_of_grants(stack, fixed))

    assert resources(no_iam(stack), "AWS::S3::BucketPolicy")
    assert warnings(stack) == []


def test_a_role_that_takes_policies_is_left_alone(stack: Stack) -> None:
    own = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    theirs = iam.Role.from_role_arn(stack, "Theirs", ARN)

    assert warn_of_grants(stack, own) is own
    assert warn_of_grants(stack, theirs) is theirs
    assert isinstance(warn_of_grants(stack, own.without_policy_updates()), UnchangeableRole)
    assert resources(synthesized(stack), "AWS::IAM::Policy") == {}


def test_a_role_of_another_account_takes_none(tmp_path: Path) -> None:
    stack = Stack(App(outdir=str(tmp_path)), "Stack", env=Environment(account="444455556666", region="us-east-1"))

    assert isinstance(warn_of_grants(stack, iam.Role.from_role_arn(stack, "Theirs", ARN)), UnchangeableRole)


def test_an_instance_profile_is_refused(
    stack: Stack, fixed: iam.IRole, profile: iam.IInstanceProfile, define: DefineServer
) -> None:
    with pytest.raises(ValueError, match="role and instance_profile are both given: the profile has its role, pass"):
        define(stack, instance_profile=profile, role=fixed)
    unknown = iam.InstanceProfile.from_instance_profile_name(stack, "Known", "LabInstanceProfile")
    with pytest.raises(
        ValueError, match="instance_profile Stack/Known has no role known to the CDK, so nothing can be granted: import"
    ):
        define(instance_profile=unknown)
    with pytest.raises(ValueError, match=r"^instance_profile is 'Lab': pass iam\.InstanceProfile\.from_instance_pro"):
        define(instance_profile="Lab")
