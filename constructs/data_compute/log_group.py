"""The log group that a construct defines unless the caller brings one."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from data_compute.findings import acknowledge


def define_log_group(scope: Construct, construct_id: str, retention: logs.RetentionDays) -> logs.LogGroup:
    """Define a log group that forgets after ``retention`` and goes with its stack."""
    group = logs.LogGroup(scope, construct_id, retention=retention, removal_policy=RemovalPolicy.DESTROY)
    acknowledge(
        group,
        "CloudWatchLogGroupEncrypted",
        "CloudWatch Logs encrypts at rest with its own key; a customer's key costs a dollar a month, "
        "and whoever needs one brings a log group.",
    )
    return group
