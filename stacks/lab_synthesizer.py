"""How a stack is deployed where nobody can make the CDK's own roles: with one's own credentials, and a role there is.

CloudFormation works as that role from then on, in updates and the deletion too, and so goes on when a lab's session
ends in the middle.
"""

from typing import Any

import jsii
from aws_cdk import CliCredentialsStackSynthesizer, IReusableStackSynthesizer, ISynthesisSession, Stack

from stacks.lab_names import ROLE

# The CDK's command line fills them in.
ROLE_ARN = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{ROLE}"


class LabSynthesizer(CliCredentialsStackSynthesizer):
    """One stack's, in an AWS Academy Learner Lab."""

    def reusable_bind(self, stack: Stack) -> IReusableStackSynthesizer:
        """Bind this one, as the copy that the CDK would make is none of Python's."""
        self.bind(stack)
        return self

    @jsii.member(jsii_name="emitArtifact")
    def _emit_artifact(self, session: ISynthesisSession, options: Any = None, **more: Any) -> None:
        super()._emit_artifact(session, **{**options._values, **more, "cloud_formation_execution_role_arn": ROLE_ARN})
