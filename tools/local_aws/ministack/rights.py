"""Who may do what: IAM's policies decide about each call, and each decision is told."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, sts

LOG_STREAM_ACTIONS = {"CreateLogStream", "DeleteLogStream", "PutLogEvents", "GetLogEvents"}

NOTHING: Mapping[str, str] = MappingProxyType({})
# How a denial ends that a policy of the caller's own has decided.
BY_IDENTITY = "with an explicit deny in an identity-based policy"

# Who asked for which action on which resource, and whether they were allowed.
Tell = Callable[[str, str, str, bool], None]


@dataclass(frozen=True)
class Key:
    """What an SDK signs with."""

    id: str
    secret: str
    token: str | None = None


def tell(ours: Tell) -> None:
    """Tell of every decision but those about the account's root, whom no policy restricts."""
    theirs = iam_evaluator.enforce

    # The names of its arguments are MiniStack's.
    def enforce(access_key_id: str, iam_action: str, service: str, region: str, **rest: Any) -> Any:
        denied = theirs(access_key_id, iam_action, service, region, **rest)
        who = iam_evaluator.resolve_credential(access_key_id, get_account_id())
        if isinstance(who, iam_evaluator.ResolvedCredential) and who.principal_type != "Root":
            ours(who.principal_arn, iam_action, rest.get("resource_arn", "*"), denied is None)
        return denied

    iam_evaluator.enforce = enforce


def decide_as_on_aws() -> None:
    """Mend where MiniStack decides about another resource than AWS does, and what loopback lacks."""
    pin, name = app.pin_request_origin, iam_actions.extract_resource_arn

    def pin_secure(address: str, _: bool) -> None:
        # Policies ask for TLS; here nobody is on the way.
        pin(address, True)

    def extract_resource_arn(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
        arn: str = name(service, method, path, headers, body, *rest)
        action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if service != "logs" or ":log-group:" not in arn:
            return arn
        stream = iam_actions._safe_json_field(body, "logStreamName") if action in LOG_STREAM_ACTIONS else ""
        return f"{arn}:log-stream:{stream}" if stream else f"{arn}:*"

    app.pin_request_origin, iam_actions.extract_resource_arn = pin_secure, extract_resource_arn
    # AWS's cfn-signal has no key: CloudFormation knows the machine by its identity document.
    iam_evaluator._UNSIGNED_LINK_ACTIONS |= {"cloudformation:SignalResource"}


def name_what_denies() -> None:
    """Say which policy denies, as AWS does: by its name a lab's session that has ended is known."""
    theirs = iam_actions.access_denied_response

    def answer(service: str, action: str, principal_arn: str, request_id: str, **more: Any) -> Any:
        status, headers, body = theirs(service, action, principal_arn, request_id, **more)
        if denying := _denying_policy(principal_arn, action, more.get("resource_arn", "*")):
            body = body.replace(BY_IDENTITY.encode(), f"{BY_IDENTITY}: {denying}".encode())
        return status, headers, body

    iam_actions.access_denied_response = answer


def denial(principal_arn: str, action: str) -> str:
    """Tell of a denial by somebody's own policies, whatever it was to be done to."""
    denying = _denying_policy(principal_arn, action)
    words: str = iam_actions.identity_denial_message(action, principal_arn, "*", explicit_deny=bool(denying))
    return words.replace(BY_IDENTITY, f"{BY_IDENTITY}: {denying}")


def _denying_policy(principal_arn: str, action: str, resource: str = "*") -> str | None:
    """Find the managed policy of an assumed role that denies an action."""
    if ":assumed-role/" not in principal_arn:
        return None
    account, name = principal_arn.split(":")[4], principal_arn.split("/")[1]
    role = iam._roles.get_scoped(account, None, name)
    context = iam_evaluator.EvalContext(principal_arn, "AssumedRole", account, action, resource, get_region())
    for arn in role["AttachedPolicies"] if role else ():
        document = iam_evaluator._resolve_managed_policy_document(arn, account)
        if iam_evaluator._first_match(context, iam_evaluator.parse_policy_document(document or "{}"), "Deny"):
            return str(arn)
    return None


def add_person(name: str, key: Key) -> None:
    """Let a person with an administrator's rights use a key that is always the same."""
    arn = f"arn:aws:iam::{get_account_id()}:user/{name}"
    iam._users[name] = {
        "UserName": name,
        "Arn": arn,
        "UserId": f"AIDA{name.upper()}",
        "CreateDate": iam._now(),
        "Path": "/",
        "PermissionsBoundary": "",
        "AttachedPolicies": ["arn:aws:iam::aws:policy/AdministratorAccess"],
        "Tags": [],
    }
    iam._access_keys[key.id] = {
        "UserName": name,
        "AccessKeyId": key.id,
        "SecretAccessKey": key.secret,
        "Status": "Active",
        "CreateDate": iam._now(),
    }


def account_and_name(role_arn: str) -> tuple[str, str]:
    """Read whose a role is, and its name without its path."""
    return role_arn.split(":")[4], role_arn.rpartition("/")[2]


def session_arn(account: str, role_name: str, session: str) -> str:
    """Name somebody who has assumed a role."""
    return f"arn:aws:sts::{account}:assumed-role/{role_name}/{session}"


def assume(
    account: str, role_name: str, service: str, session_name: str, asked: Mapping[str, str] = NOTHING
) -> Key | None:
    """Give a service the key of a role, the same each time; None where the role does not trust it.

    :param asked: for whom it asks, by the names that a condition of the role has for that.
    """
    role = iam._roles.get_scoped(account, None, role_name)
    if not trusts(account, role_name, service, asked):
        return None
    arn = session_arn(account, role_name, session_name)
    digest = hashlib.sha256(arn.encode()).hexdigest()
    key = Key(f"ASIA{digest[:16].upper()}", digest[16:56], digest[8:])
    session = {"Arn": arn, "UserId": f"{role['RoleId']}:{session_name}", "AccountId": account}
    sts.register_session(key.id, {**session, "SecretAccessKey": key.secret, "SessionToken": key.token})
    return key


def role_of_profile(account: str, profile: str) -> str | None:
    """Name the role of an instance profile."""
    known = iam._instance_profiles.get_scoped(account, None, profile)
    return str(known["Roles"][0]) if known and known["Roles"] else None


def trusts(account: str, role_name: str, service: str, asked: Mapping[str, str] = NOTHING) -> bool:
    """Tell whether there is such a role, and a service may act as it."""
    role = iam._roles.get_scoped(account, None, role_name)
    context = iam_evaluator.EvalContext(
        service, "Service", account, "sts:AssumeRole", "*", get_region(), service_context=dict(asked)
    )
    result = iam_evaluator.evaluate_resource_policy(
        role["AssumeRolePolicyDocument"] if role else None, context, service=service
    )
    return bool(result.decision == "Allow")
