"""Who may do what: IAM's policies decide about each call, and each decision is told."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam, sts

LOG_STREAM_ACTIONS = {"CreateLogStream", "DeleteLogStream", "PutLogEvents", "GetLogEvents"}

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


def assume(account: str, role_name: str, service: str, session_name: str) -> Key | None:
    """Give a service the key of a role, the same each time; None where the role does not trust it."""
    role = iam._roles.get_scoped(account, None, role_name)
    if not role or not _trusts(role, service):
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


def _trusts(role: dict[str, Any], service: str) -> bool:
    document = role["AssumeRolePolicyDocument"]
    statements = (json.loads(document) if isinstance(document, str) else document)["Statement"]
    return any(
        iam_evaluator._service_principal_matches(statement.get("Principal"), service)
        and statement["Effect"] == "Allow"
        and statement["Action"] == "sts:AssumeRole"
        for statement in statements
    )
