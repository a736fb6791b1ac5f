"""What the rooms hand each other: small, and on the ground floor, so that no room needs another's."""

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam


@dataclass(frozen=True, kw_only=True)
class Machine:
    """One machine, for whoever stops, watches or reaches it.

    :param instance_id: of the machine that serves now; a replaced machine has another one.
    :param arn: what a policy names.
    """

    instance_id: str
    arn: str
    connections: ec2.Connections
    role: iam.IRole
