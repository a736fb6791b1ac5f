"""Findings of cdk-nag that are accepted, each with its reason where the construct that causes it is defined."""

from collections.abc import Mapping
from types import MappingProxyType

from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_iam as iam
from constructs import IConstruct

AWS_SOLUTIONS = "AwsSolutions"
HIPAA = "HIPAA.Security"
NIST_R4 = "NIST.800.53.R4"
NIST_R5 = "NIST.800.53.R5"
PCI = "PCI.DSS.321"
SERVERLESS = "Serverless"

# Which packs have a rule. A pack that lacks it would make the acknowledgement stale, one left out keeps it open.
PACKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "APIG4": (AWS_SOLUTIONS,),
        "CloudWatchLogGroupEncrypted": (HIPAA, NIST_R4, NIST_R5, PCI),
        "EC23": (AWS_SOLUTIONS,),
        "EC28": (AWS_SOLUTIONS,),
        "EC29": (AWS_SOLUTIONS,),
        "EC2InstanceDetailedMonitoringEnabled": (HIPAA, NIST_R4),
        "EC2InstanceProfileAttached": (HIPAA, NIST_R5, PCI),
        "EC2InstancesInVPC": (HIPAA, NIST_R4, NIST_R5, PCI),
        "IAM5": (AWS_SOLUTIONS,),
        "IAMNoInlinePolicy": (HIPAA, NIST_R4, NIST_R5, PCI),
        "LambdaConcurrency": (HIPAA, NIST_R5),
        "LambdaDLQ": (HIPAA, NIST_R5, SERVERLESS),
        "LambdaInsideVPC": (HIPAA, NIST_R4, NIST_R5, PCI),
        "LambdaTracing": (SERVERLESS,),
        "VPC7": (AWS_SOLUTIONS,),
        "VPCDefaultSecurityGroupClosed": (HIPAA, NIST_R4, NIST_R5, PCI),
        "VPCFlowLogsEnabled": (HIPAA, NIST_R4, NIST_R5, PCI),
        "VPCNoUnrestrictedRouteToIGW": (HIPAA, NIST_R5, PCI),
    }
)


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept what every pack finds by ``rule`` on ``construct`` and below, and say why that is safe.

    The id must be fully qualified: cdk-nag forgets the reason of a shorter one, or ignores it.

    :param rule: as the report names it, without the pack; ``IAM5[Resource::*]`` accepts that one wildcard.
    """
    packs = PACKS.get(rule.partition("[")[0])
    if not packs:
        raise ValueError(f"rule {rule!r} is in no pack that we know: add it to the table in {__name__}")
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"{pack}::{pack}-{rule}", reason=reason) for pack in packs)
    )


def acknowledge_inline_policy(owner: iam.IRole | iam.Policy) -> None:
    """Say why the rights of a role, or those of one policy, are written inline."""
    acknowledge(
        owner,
        "IAMNoInlinePolicy",
        "The policy names what this one role needs and no other role may use it, so it lives inside the role.",
    )
