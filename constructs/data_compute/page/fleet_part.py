"""What a machine of a fleet does beside what one alone does: share a secret, and be well to the balancer."""

from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from data_compute.findings import acknowledge, acknowledge_inline_policy
from data_compute.machine.boot_part import BootPart
from data_compute.machine.role import give_rights
from data_compute.page.generated_secret import define_generated_secret
from data_compute.page.streamlit_machines import SERVICE


def define_shared_secret(scope: Construct, construct_id: str) -> secretsmanager.Secret:
    """Define what all machines sign cookies with: one answers to whom another has served."""
    return define_generated_secret(
        scope,
        construct_id,
        description="What the machines of a fleet sign their cookies with",
        rotation="It signs cookies that are good for a visit; machines that have one value do not take the other's, so "
        "a person changes it, with another generation.",
    )


def define_health_right(scope: Construct, construct_id: str, *, role: iam.IRole) -> iam.Policy:
    """Let the machine ask whether the balancer finds it well, by a policy of its own, which has a reason of its own."""
    policy = iam.Policy(scope, construct_id)
    asking = iam.PolicyStatement(
        sid="KnowItsHealth", actions=["elasticloadbalancing:DescribeTargetHealth"], resources=["*"]
    )
    give_rights(role, policy, [asking])
    acknowledge_inline_policy(policy)
    acknowledge(
        policy,
        "IAM5[Resource::*]",
        "AWS takes no resource for this one action, which tells whether targets are well and changes nothing.",
    )
    return policy


def fleet_part(secret: secretsmanager.ISecret, targets: elb.IApplicationTargetGroup) -> BootPart:
    """Give what the boot does for that."""
    return BootPart(
        name="fleet",
        files=SERVICE.with_name("fleet"),
        settings={"SHARED_SECRET": secret.secret_arn, "TARGET_GROUP": targets.target_group_arn},
        rights=[
            iam.PolicyStatement(
                sid="ShareASecret", actions=["secretsmanager:GetSecretValue"], resources=[secret.secret_arn]
            ),
        ],
    )
