"""What a lab has already, as constructs, and the rules that let CloudFormation refuse where it is not."""

from aws_cdk import Annotations, Aws, CfnRule, CfnRuleAssertion, Fn, ICfnRuleConditionExpression, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from data_compute.unchangeable_role import NEEDS
from stacks.lab_names import INSTANCE_PROFILE, KEY_PAIR, KEY_PAIR_REGION, REGIONS, ROLE


def import_role(stack: Stack) -> iam.IRole:
    """Name the role that everything in a lab acts as."""
    # Each deploy says the same, so whoever deploys would learn nothing from it.
    Annotations.of(stack).acknowledge_warning(
        NEEDS, "A lab's LabRole may use every service that the lab has, so what a function or machine needs is there."
    )
    arn = stack.format_arn(service="iam", region="", resource="role", resource_name=ROLE)
    return iam.Role.from_role_arn(stack, ROLE, arn, mutable=False)


def import_instance_profile(stack: Stack, role: iam.IRole) -> iam.IInstanceProfile:
    """Name the profile by which a machine gets that role."""
    arn = stack.format_arn(service="iam", region="", resource="instance-profile", resource_name=INSTANCE_PROFILE)
    return iam.InstanceProfile.from_instance_profile_attributes(
        stack, INSTANCE_PROFILE, instance_profile_arn=arn, role=role
    )


def import_key_pair(stack: Stack) -> ec2.IKeyPair:
    """Name the key pair that a lab's page hands out as ``labsuser.pem``, in one region only."""
    _refuse_elsewhere(
        stack,
        "KeyPairIsHere",
        Fn.condition_equals(Aws.REGION, KEY_PAIR_REGION),
        f"A lab has its key pair {KEY_PAIR} in {KEY_PAIR_REGION} only: deploy there, or name your own public key, such "
        "as make deploy PUBLIC_KEY=keys/me.pub",
    )
    return ec2.KeyPair.from_key_pair_name(stack, "KeyPair", KEY_PAIR)


def refuse_other_regions(stack: Stack) -> None:
    """Let CloudFormation refuse before it makes anything: which region it is, the synthesis does not know."""
    _refuse_elsewhere(
        stack,
        "LabWorksHere",
        Fn.condition_contains(list(REGIONS), Aws.REGION),
        f"A lab works in {' and '.join(REGIONS)} only: deploy with AWS_REGION={REGIONS[0]}",
    )


def _refuse_elsewhere(stack: Stack, construct_id: str, here: ICfnRuleConditionExpression, why: str) -> None:
    CfnRule(stack, construct_id, assertions=[CfnRuleAssertion(assert_=here, assert_description=why)])
