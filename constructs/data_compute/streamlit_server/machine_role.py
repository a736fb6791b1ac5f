"""What the machine itself may do, beside what the caller grants: fetch its files, write its log, be reached."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from data_compute.acknowledge import AWS_SOLUTIONS, acknowledge, acknowledge_inline_policy


def define_machine_role(scope: Construct, construct_id: str) -> iam.Role:
    """Define a role for EC2 that may do nothing yet."""
    role = iam.Role(scope, construct_id, assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    acknowledge_inline_policy(role)
    acknowledge(
        role,
        "IAM5[Resource::*]",
        AWS_SOLUTIONS,
        reason="Session Manager's channels have no resource that a policy could name; the five actions only let "
        "this machine be reached, by people whose own rights decide.",
    )
    return role


def grant_what_the_machine_needs(
    role: iam.IRole, *, files: Sequence[s3_assets.Asset], log_group: logs.ILogGroup
) -> None:
    """Grant exactly these files, this log group and Session Manager.

    ``Asset.grant_read`` would open every asset of the account, and AWS's managed policy for Session Manager
    every parameter, the private keys among them: so both are written out.
    """
    role.add_to_principal_policy(
        iam.PolicyStatement(
            sid="FetchTheApp",
            actions=["s3:GetObject"],
            resources=[file.bucket.arn_for_objects(file.s3_object_key) for file in files],
        )
    )
    role.add_to_principal_policy(
        iam.PolicyStatement(
            sid="WriteTheLog",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[log_group.log_group_arn],
        )
    )
    role.add_to_principal_policy(
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
        )
    )
