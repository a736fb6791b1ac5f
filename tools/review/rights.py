"""Who holds which rights in an assembly, and which policies lie on what they protect."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from review.assembly import Assembly, Json, Resource
from review.comparison import Comparison
from review.meaning import possible, resources_named
from review.policies import Grant, grants
from review.spelling import Called, spelled

IDENTITIES = {"AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User"}
# Say what may be done at most, and give nothing.
LIMITS = {"AWS::EC2::VPCEndpoint", "AWS::Organizations::Policy", "AWS::RAM::Permission"}
HOLDERS = ("Roles", "Users", "Groups", "RoleName", "UserName", "GroupName")
PERMISSION = "AWS::Lambda::Permission"
# How a permission's properties are written as a policy's conditions.
SOURCES = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
}


@dataclass
class Held:
    """What one identity, or what one resource's policies, say."""

    grants: set[Grant] = field(default_factory=set)
    # Who may take on the role.
    trust: set[Grant] = field(default_factory=set)
    # Policies by their ARNs: of AWS's making, or of somebody's outside the assembly.
    managed: set[str] = field(default_factory=set)
    # What the rights cannot go beyond.
    boundary: set[str] = field(default_factory=set)
    # What a policy on a resource lets others do with it.
    shared: set[Grant] = field(default_factory=set)


def rights(assembly: Assembly, called: Called) -> dict[Resource, Held]:
    """Give what is held, by whom or on what; each as it is after the change."""
    found: dict[Resource, Held] = defaultdict(Held)
    for resource in assembly.resources:
        if resource.type in LIMITS:
            continue
        for name, document in documents(resource):
            said = set(grants(assembly, resource.stack, document, called))
            if name == "AssumeRolePolicyDocument":
                found[called.get(resource, resource)].trust |= said
                continue
            for one in said:
                for whose in _holders(assembly, resource) if not one.principal else _protected(assembly, resource):
                    held = found[called.get(whose, whose)]
                    (held.shared if one.principal else held.grants).add(one)
        if resource.type in IDENTITIES:
            for holder, arn in _managed(assembly, resource, "ManagedPolicyArns", called):
                found[holder].managed.add(arn)
            for holder, arn in _managed(assembly, resource, "PermissionsBoundary", called):
                found[holder].boundary.add(arn)
    return found


@lru_cache(maxsize=2)
def compared(comparison: Comparison) -> list[tuple[Resource, Held, Held]]:
    """Give what is held before and after, of each identity or resource that there is after the change."""
    before, after = rights(comparison.before, comparison.become), rights(comparison.after, {})
    there = [one for one in comparison.after.resources if one in before or one in after]
    return [(one, before.get(one, Held()), after.get(one, Held())) for one in there]


def documents(resource: Resource) -> Iterator[tuple[str, Json]]:
    """Give the policy documents of a resource, each with the property in which it is."""
    if resource.type == PERMISSION:
        yield "", permission_document(resource.properties)
        return
    if "Statement" in resource.properties:
        yield "", resource.properties
        return
    for name, value in resource.properties.items():
        for document in _within(value):
            yield name, document


def _within(value: Any) -> Iterator[Json]:
    """Find policy documents, whatever the property around is called."""
    if isinstance(value, str) and value.lstrip().startswith("{") and '"Statement"' in value:
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, dict) and "Statement" in value:
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _within(inner)


def permission_document(properties: Json) -> Json:
    """Write the permission to call a function as the policy that Lambda makes of it."""
    named = properties.get("Principal")
    service = isinstance(named, str) and ".amazon" in named
    condition: dict[str, Json] = {}
    for name, (operator, key) in SOURCES.items():
        if name in properties:
            condition.setdefault(operator, {})[key] = properties[name]
    principal = "*" if named == "*" else {"Service" if service else "AWS": named}
    statement = {"Effect": "Allow", "Principal": principal, "Action": properties.get("Action", [])}
    return {"Statement": {**statement, "Resource": properties.get("FunctionName", "*"), "Condition": condition}}


def _holders(assembly: Assembly, resource: Resource) -> list[Resource]:
    """Give whose rights a policy without a principal is: what it names, else its own resource."""
    if resource.type in IDENTITIES:
        return [resource]
    named = [resource.properties.get(name) for name in HOLDERS]
    found = [one for one, _ in resources_named(assembly, resource.stack, named) if one.type in IDENTITIES]
    if resource.type == "AWS::IAM::ManagedPolicy":
        found += [one for one in assembly.resources if one.type in IDENTITIES and _names(assembly, one, resource)]
    return found or [resource]


def _names(assembly: Assembly, identity: Resource, policy: Resource) -> bool:
    arns = identity.properties.get("ManagedPolicyArns")
    return any(one is policy for one, _ in resources_named(assembly, identity.stack, arns))


def _protected(assembly: Assembly, resource: Resource) -> list[Resource]:
    """Give on what a policy lies: of a resource that is nothing but a policy, what it names beside its document."""
    if resource.type != PERMISSION and not resource.type.endswith("Policy"):
        return [resource]
    others = {name: value for name, value in resource.properties.items() if not list(_within(value))}
    others = {name: value for name, value in others.items() if name not in ("SourceArn", "SourceAccount", "Principal")}
    return list(dict.fromkeys(one for one, _ in resources_named(assembly, resource.stack, others))) or [resource]


def _managed(assembly: Assembly, resource: Resource, name: str, called: Called) -> Iterator[tuple[Resource, str]]:
    for stack, arn in possible(assembly, resource.stack, resource.properties.get(name, [])):
        ours = any(one.type == "AWS::IAM::ManagedPolicy" for one, _ in resources_named(assembly, stack, arn))
        if not ours or name == "PermissionsBoundary":
            yield called.get(resource, resource), spelled(stack, arn, called)
