"""Findings of cdk-nag that are accepted, each with its reason where the construct that causes it is defined."""

import re
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
        "ALBHttpToHttpsRedirection": (HIPAA, NIST_R4, NIST_R5, PCI),
        "ALBWAFEnabled": (NIST_R4, NIST_R5, PCI),
        "APIG1": (AWS_SOLUTIONS,),
        "APIG2": (AWS_SOLUTIONS,),
        "APIG3": (AWS_SOLUTIONS,),
        "APIG4": (AWS_SOLUTIONS,),
        "APIG6": (AWS_SOLUTIONS,),
        "APIGWAccessLogging": (SERVERLESS,),
        "APIGWAssociatedWithWAF": (NIST_R5, PCI),
        "APIGWCacheEnabledAndEncrypted": (HIPAA, NIST_R4, NIST_R5, PCI),
        "APIGWExecutionLoggingEnabled": (HIPAA, NIST_R4, NIST_R5, PCI),
        "APIGWSSLEnabled": (HIPAA, NIST_R5, PCI),
        "APIGWXrayEnabled": (HIPAA, SERVERLESS),
        "AS3": (AWS_SOLUTIONS,),
        "CFR1": (AWS_SOLUTIONS,),
        "CFR2": (AWS_SOLUTIONS,),
        "CFR3": (AWS_SOLUTIONS,),
        "CFR4": (AWS_SOLUTIONS,),
        "CFR5": (AWS_SOLUTIONS,),
        "COG2": (AWS_SOLUTIONS,),
        "COG4": (AWS_SOLUTIONS,),
        "COG8": (AWS_SOLUTIONS,),
        "CloudWatchLogGroupEncrypted": (HIPAA, NIST_R4, NIST_R5, PCI),
        "EC23": (AWS_SOLUTIONS,),
        "EC26": (AWS_SOLUTIONS,),
        "EC28": (AWS_SOLUTIONS,),
        "EC29": (AWS_SOLUTIONS,),
        "EC2IMDSv2Enabled": (HIPAA, NIST_R4, NIST_R5),
        "EC2InstanceDetailedMonitoringEnabled": (HIPAA, NIST_R4),
        "EC2InstanceProfileAttached": (HIPAA, NIST_R5, PCI),
        "EC2InstancesInVPC": (HIPAA, NIST_R4, NIST_R5, PCI),
        "ELB2": (AWS_SOLUTIONS,),
        "ELBDeletionProtectionEnabled": (HIPAA, NIST_R4, NIST_R5),
        "ELBLoggingEnabled": (HIPAA, NIST_R4, NIST_R5, PCI),
        "ELBv2ACMCertificateRequired": (HIPAA, NIST_R5, PCI),
        "IAM5": (AWS_SOLUTIONS,),
        "IAMNoInlinePolicy": (HIPAA, NIST_R4, NIST_R5, PCI),
        "LambdaConcurrency": (HIPAA, NIST_R5),
        "LambdaDLQ": (HIPAA, NIST_R5, SERVERLESS),
        "LambdaInsideVPC": (HIPAA, NIST_R4, NIST_R5, PCI),
        "LambdaTracing": (SERVERLESS,),
        "SMG4": (AWS_SOLUTIONS,),
        "SecretsManagerRotationEnabled": (HIPAA, NIST_R5),
        "SecretsManagerUsingKMSKey": (HIPAA, NIST_R5, PCI),
        "VPC7": (AWS_SOLUTIONS,),
        "VPCDefaultSecurityGroupClosed": (HIPAA, NIST_R4, NIST_R5, PCI),
        "VPCFlowLogsEnabled": (HIPAA, NIST_R4, NIST_R5, PCI),
        "VPCNoUnrestrictedRouteToIGW": (HIPAA, NIST_R5, PCI),
    }
)


# Not what stands in brackets: AwsSolutions-IAM5[Resource::*] names no pack, and cdk-nag would forget its reason.
QUALIFIED = re.compile(r"([\w.-]+)::(.+)")


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept what cdk-nag finds by a rule on a construct and below, and say why that is safe.

    The reason is kept in the report of the synthesis, for whoever reviews it::

        acknowledge(bucket, "AwsSolutions::AwsSolutions-S1", "Only the nightly job reads it, so no log is needed.")

    :param construct: the narrowest one that causes the finding.
    :param rule: the id by which the report says to acknowledge. A rule of the constructs here takes its name alone,
        for every pack that has it: ``APIG4``, or ``IAM5[Resource::*]`` for that one wildcard.
    :param reason: a full sentence.
    """
    if not reason.strip():
        raise ValueError(f"rule {rule!r} is accepted without a reason: say in a sentence why it is safe here")
    Validations.of(construct).acknowledge(*(Acknowledgment(id=full, reason=reason) for full in _qualified(rule)))


def _qualified(rule: str) -> list[str]:
    """Give the full ids of a rule, as cdk-nag forgets the reason of a shorter one or ignores it."""
    packs = PACKS.get(rule.partition("[")[0])
    if packs:
        return [f"{pack}::{pack}-{rule}" for pack in packs]
    full = QUALIFIED.fullmatch(rule)
    ours = {pack for found in PACKS.values() for pack in found}
    if not full or (full[1] in ours and not full[2].startswith(f"{full[1]}-")):
        raise ValueError(
            f"rule {rule!r} is no full id of a finding: copy what the report says after `Acknowledge with`, such as "
            "AwsSolutions::AwsSolutions-S1"
        )
    return [rule]


def acknowledge_inline_policy(owner: iam.IRole | iam.Policy) -> None:
    """Say why the rights of a role, or those of one policy, are written inline."""
    acknowledge(
        owner,
        "IAMNoInlinePolicy",
        "The policy names what this one role needs and no other role may use it, so it lives inside the role.",
    )
