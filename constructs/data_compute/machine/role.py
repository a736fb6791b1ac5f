"""What the machine itself may do, beside what the caller grants: fetch its files, write its log, be reached."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from data_compute.arguments import check_no_text
from data_compute.findings import acknowledge, acknowledge_inline_policy
from data_compute.unchangeable_role import UnchangeableRole


def define_machine_role(scope: Construct, construct_id: str) -> iam.Role:
    """Define a role for EC2 that may do nothing yet."""
    return iam.Role(scope, construct_id, assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))


def role_of(role: iam.IRole | None, instance_profile: iam.IInstanceProfile | None) -> iam.IRole | None:
    """Give the role that the caller brings, by itself or with its instance profile, or raise."""
    check_no_text(
        "instance_profile",
        instance_profile,
        f"iam.InstanceProfile.from_instance_profile_attributes(…, {instance_profile!r}, role=role)",
    )
    if not instance_profile:
        return role
    if role:
        raise ValueError("role and instance_profile are both given: the profile has its role, pass that alone")
    if not instance_profile.role:
        raise ValueError(
            f"instance_profile {instance_profile.node.path} has no role known to the CDK, so nothing can be granted: "
            "import it by iam.InstanceProfile.from_instance_profile_attributes(…, role=role)"
        )
    return instance_profile.role


def define_machine_rights(
    scope: Construct,
    construct_id: str,
    *,
    role: iam.IRole,
    files: Sequence[s3_assets.Asset],
    log_group: logs.ILogGroup,
    asks_to_signal: bool,
) -> iam.Policy:
    """Let the role fetch these files, write this log and be reached by Session Manager, and no more.

    ``Asset.grant_read`` would open every asset of the account, and AWS's managed policy for Session Manager
    every parameter, the private keys among them: so both are written out. What the caller grants is a policy of its
    own, so the reasons below excuse none of it.

    :param asks_to_signal: the operating system has no cfn-signal, which needs no right, and calls the API instead.
    """
    policy = iam.Policy(scope, construct_id)
    statements = [
        iam.PolicyStatement(
            sid="FetchTheApp",
            actions=["s3:GetObject"],
            resources=[file.bucket.arn_for_objects(file.s3_object_key) for file in files],
        ),
        iam.PolicyStatement(
            sid="WriteTheLog",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[log_group.log_group_arn],
        ),
        iam.PolicyStatement(
            sid="BeReachedBySessionManager",
            actions=[
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            resources=["*"],
        ),
    ]
    if asks_to_signal:
        # It calls by the stack's name, which IAM judges as `stack/NAME/*`: a right to the stack's id would not match.
        stack = f"arn:{Aws.PARTITION}:cloudformation:{Aws.REGION}:{Aws.ACCOUNT_ID}:stack/{Aws.STACK_NAME}/*"
        statements.append(
            iam.PolicyStatement(sid="TellCloudFormation", actions=["cloudformation:SignalResource"], resources=[stack])
        )
        acknowledge(
            policy,
            "IAM5[Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/<AWS::StackName>/*]",
            "The machine knows its stack by name; the wildcard stands for the id, of which a name has one at a time.",
        )
    acknowledge_inline_policy(policy)
    acknowledge(
        policy,
        "IAM5[Resource::*]",
        "Session Manager's channels have no resource that a policy could name; the five actions only let "
        "this machine be reached, by people whose own rights decide.",
    )
    give_rights(role, policy, statements)
    return policy


def give_rights(role: iam.IRole, policy: iam.Policy, statements: Sequence[iam.PolicyStatement]) -> None:
    """Add what the machine can't do without to the role's policy; a role that stays as it is tells what that is."""
    policy.add_statements(*statements)
    if isinstance(role, UnchangeableRole):
        role.needs(*statements)
    else:
        role.attach_inline_policy(policy)
