"""What the machine itself may do, beside what the caller grants: fetch its files, write its log, be reached."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from data_compute.findings import acknowledge, acknowledge_inline_policy


def define_machine_role(scope: Construct, construct_id: str) -> iam.Role:
    """Define a role for EC2 that may do nothing yet."""
    return iam.Role(scope, construct_id, assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))


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
    policy = iam.Policy(
        scope,
        construct_id,
        statements=[
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
        ],
    )
    if asks_to_signal:
        # It calls by the stack's name, which IAM judges as `stack/NAME/*`: a right to the stack's id would not match.
        stack = f"arn:{Aws.PARTITION}:cloudformation:{Aws.REGION}:{Aws.ACCOUNT_ID}:stack/{Aws.STACK_NAME}/*"
        policy.add_statements(
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
    role.attach_inline_policy(policy)
    return policy
