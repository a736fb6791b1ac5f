"""What the stacks' roles and functions are granted, one right each, and which decisions needed it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from local_aws import decisions
from local_aws.cloud import Cloud
from local_aws.decisions import Decision
from local_aws.deploy import BOOTSTRAP_STACK
from ops.cloud.stack import find_stacks
from stacks.copy_settings import MAIN

AGENT = "Session Manager's agent does not run on the laptop"
NOT_YET = "no schedule has called it yet"
# Why a right is granted that nothing here uses.
REASONS = {
    "ssm:UpdateInstanceInformation": AGENT,
    "ssmmessages:*": AGENT,
    "ec2:StartInstances": NOT_YET,
    "ec2:StopInstances": NOT_YET,
    "xray:*": "nothing is traced on the laptop",
    "lambda:InvokeFunction": "nobody has called it yet",
}


@dataclass(frozen=True)
class Grant:
    """One action on one resource, for a role or for an API's calls."""

    # The construct's path, of the role or of the function that may be called.
    holder: str
    # A role's name, or a pattern of the ARNs that may call.
    who: str
    action: str
    resource: str

    def is_used_by(self, decision: Decision) -> bool:
        """Tell whether this right is what allowed a call."""
        return (
            decision.allowed
            and (decision.role == self.who or fnmatchcase(decision.who, self.who))
            and fnmatchcase(decision.action.lower(), self.action.lower())
            and fnmatchcase(decision.resource, self.resource)
        )

    @property
    def words(self) -> str:
        """Say what may be done, without what all ARNs have."""
        to = self.resource.split(":", 5)[-1]
        by = f" by {self.who.split(':', 5)[-1]}" if self.who.startswith("arn:") else ""
        return f"{self.action} on {to}{by}"

    @property
    def reason(self) -> str | None:
        """Say why nothing on the laptop uses it, if that is known."""
        return next((why for action, why in REASONS.items() if fnmatchcase(self.action, action)), None)


def find_grants(cloud: Cloud) -> list[Grant]:
    """Read all that is granted by the stacks that are deployed, whoever has deployed them."""
    names = [stack.name for stack in find_stacks(cloud.here(MAIN)) if stack.name != BOOTSTRAP_STACK]
    return [grant for name in names for grant in _of_stack(cloud, name)]


def is_needed(grant: Grant, grants: Iterable[Grant], made: Iterable[Decision]) -> bool:
    """Tell whether some call would have been denied without this right."""
    others = [other for other in grants if other != grant and other.who == grant.who]
    return any(
        grant.is_used_by(decision) and not any(other.is_used_by(decision) for other in others) for decision in made
    )


def denials(cloud: Cloud, made: Iterable[Decision]) -> list[str]:
    """Say who was denied what, and still would be."""
    found = decisions.denied(made)
    holders = {grant.who: grant.holder for grant in find_grants(cloud)} if found else {}
    return [f"{one.action} on {one.resource} to {holders.get(one.role or '', one.who)}" for one in found]


def _of_stack(cloud: Cloud, stack: str) -> Iterator[Grant]:
    paths = _paths(cloud, stack)
    cloudformation = cloud.client("cloudformation")
    for resource in cloudformation.describe_stack_resources(StackName=stack)["StackResources"]:
        holder = paths.get(resource["LogicalResourceId"], f"{stack}/{resource['LogicalResourceId']}")
        match resource["ResourceType"]:
            case "AWS::IAM::Role":
                yield from _of_role(cloud, holder, resource["PhysicalResourceId"])
            case "AWS::Lambda::Function":
                yield from _of_function(cloud, holder, resource["PhysicalResourceId"])


def _paths(cloud: Cloud, stack: str) -> dict[str, str]:
    """Read which construct each resource is, of the stacks that `up` has synthesized last."""
    file = cloud.state.cdk_output / f"{stack}.metadata.json"
    if not file.exists():
        return {}
    noted = json.loads(file.read_text(encoding="utf-8")).items()
    return {
        str(entry["data"]): path.strip("/").removesuffix("/Resource")
        for path, entries in noted
        for entry in entries
        if entry["type"] == "aws:cdk:logicalId"
    }


def _of_role(cloud: Cloud, holder: str, role: str) -> Iterator[Grant]:
    iam = cloud.client("iam")
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)
        documents.append(found["PolicyVersion"]["Document"])
    for statement in (one for document in documents for one in _list(document["Statement"])):
        if statement["Effect"] == "Allow":
            for action in _list(statement.get("Action", "*")):
                for resource in _list(statement.get("Resource", "*")):
                    yield Grant(holder, role, action, resource)


def _of_function(cloud: Cloud, holder: str, function: str) -> Iterator[Grant]:
    client = cloud.client("lambda")
    try:
        policy = json.loads(client.get_policy(FunctionName=function)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return
    for statement in policy["Statement"]:
        callers = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn", "*")
        yield Grant(holder, callers, statement["Action"], statement["Resource"])


def _list(one_or_more: Any) -> list[Any]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]
