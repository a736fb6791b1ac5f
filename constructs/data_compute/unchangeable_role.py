"""A role of somebody else's, which the CDK leaves as it is: whatever it would have been granted is told, never lost."""

# ruff: noqa: D102 - iam.IRole describes them
from collections.abc import Sequence
from typing import cast

import jsii
from aws_cdk import Annotations, Resource, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_iam import RoleReference
from constructs import Construct

# By which id a person acknowledges a warning: of what a construct needs itself, of what a caller grants.
NEEDS = "cdk-data-compute:role-needs"
GRANTS = "cdk-data-compute:role-grants"


def warn_of_grants(scope: Construct, role: iam.IRole) -> iam.IRole:
    """Give the role, or where the CDK adds no policy to it (``mutable=False``), one around it that warns of each."""
    return role if _takes_policies(scope, role) else cast(iam.IRole, UnchangeableRole(scope, "UnchangeableRole", role))


@jsii.implements(iam.IRole)
class UnchangeableRole(Resource):
    """A role to which the CDK adds no policy, although it reports success: warns of each, by construct and actions."""

    def __init__(self, scope: Construct, construct_id: str, role: iam.IRole) -> None:
        super().__init__(scope, construct_id)
        self._role = role
        self._for = scope

    def needs(self, *statements: iam.PolicyStatement) -> None:
        """Warn of what the construct itself cannot do without."""
        self._warn(
            NEEDS, [action for statement in statements for action in _actions_of(statement)], "needs it for itself"
        )

    @property
    def assume_role_action(self) -> str:
        return self._role.assume_role_action

    @property
    def grant_principal(self) -> iam.IPrincipal:
        return cast(iam.IPrincipal, self)

    @property
    def policy_fragment(self) -> iam.PrincipalPolicyFragment:
        return self._role.policy_fragment

    @property
    def principal_account(self) -> str | None:
        return self._role.principal_account

    @property
    def role_arn(self) -> str:
        return self._role.role_arn

    @property
    def role_name(self) -> str:
        return self._role.role_name

    @property
    def role_ref(self) -> RoleReference:
        return self._role.role_ref

    @jsii.member(jsii_name="addToPrincipalPolicy")
    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        added = self._role.add_to_principal_policy(statement)
        # Where not, the resource's own policy gets it, or the CDK says that nobody does.
        if added.statement_added:
            self._warn(GRANTS, _actions_of(statement), "was granted it")
        return added

    @jsii.member(jsii_name="addToPolicy")
    def add_to_policy(self, statement: iam.PolicyStatement) -> bool:
        return self.add_to_principal_policy(statement).statement_added

    @jsii.member(jsii_name="attachInlinePolicy")
    def attach_inline_policy(self, policy: iam.Policy) -> None:
        # One that names the role itself, `iam.Policy(…, roles=[role])`, is deployed, whatever the CDK leaves alone.
        if Stack.of(policy).resolve(self.role_name) not in _roles_of(policy):
            self._warn(GRANTS, [f"what the policy {policy.node.path} does"], "was granted it")

    @jsii.member(jsii_name="addManagedPolicy")
    def add_managed_policy(self, policy: iam.IManagedPolicy) -> None:
        name = policy.managed_policy_arn.rpartition("/")[2]
        self._warn(GRANTS, [f"what the managed policy {name} does"], "was granted it")

    @jsii.member(jsii_name="grant")
    def grant(self, grantee: iam.IPrincipal, *actions: str) -> iam.Grant:
        return self._role.grant(grantee, *actions)

    @jsii.member(jsii_name="grantPassRole")
    def grant_pass_role(self, grantee: iam.IPrincipal) -> iam.Grant:
        return self._role.grant_pass_role(grantee)

    @jsii.member(jsii_name="grantAssumeRole")
    def grant_assume_role(self, grantee: iam.IPrincipal) -> iam.Grant:
        return self._role.grant_assume_role(grantee)

    def _warn(self, warning: str, actions: Sequence[str], why: str) -> None:
        Annotations.of(self._for).add_warning_v2(
            warning,
            f"the role {self._role.node.path} must allow {', '.join(dict.fromkeys(actions))} already, as "
            f"{self._for.node.path} {why}, and the CDK leaves that role as it is: add it to the role where that is "
            "defined, or acknowledge this warning",
        )


def _takes_policies(scope: Construct, role: iam.IRole) -> bool:
    """Ask a policy whether it would be the role's, as the role does not say. Without a statement it is never made."""
    policy = iam.Policy(scope, "Asked")
    role.attach_inline_policy(policy)
    roles = _roles_of(policy)
    scope.node.try_remove_child("Asked")
    return bool(roles)


def _actions_of(statement: iam.PolicyStatement) -> list[str]:
    return statement.actions or ["all but some actions"]


def _roles_of(policy: iam.Policy) -> list[object]:
    return Stack.of(policy).resolve(cast(iam.CfnPolicy, policy.node.default_child).roles) or []
