"""Give a reason for a finding of cdk-nag, where the construct that causes it is defined."""

from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_iam as iam
from constructs import IConstruct

AWS_SOLUTIONS = "AwsSolutions"
HIPAA = "HIPAA.Security"
NIST_R4 = "NIST.800.53.R4"
NIST_R5 = "NIST.800.53.R5"
PCI = "PCI.DSS.321"
SERVERLESS = "Serverless"


def acknowledge(construct: IConstruct, rule: str, *packs: str, reason: str) -> None:
    """Accept ``rule`` of each of the ``packs`` on ``construct`` and below, and say why that is safe.

    The id must be fully qualified: cdk-nag forgets the reason of a shorter one, or ignores it.
    """
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"{pack}::{pack}-{rule}", reason=reason) for pack in packs)
    )


def acknowledge_inline_policy(owner: iam.IRole | iam.Policy) -> None:
    """Say why the rights of a role, or those of one policy, are written inline."""
    acknowledge(
        owner,
        "IAMNoInlinePolicy",
        HIPAA,
        NIST_R4,
        NIST_R5,
        PCI,
        reason="The policy names what this one role needs and no other role may use it, so it lives inside the role.",
    )
