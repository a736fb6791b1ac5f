"""CloudFormation's own rights: those of the role that it is given for a stack, or else of whoever asks for the work."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id
from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, helpers, provisioners, stacks

from local_aws.ministack.rights import account_and_name, denial, session_arn, trusts

SERVICE = "cloudformation.amazonaws.com"
# Where a stack's record has the role, and the session of a role that has asked without giving one.
ROLE, CALLER = "RoleARN", "CallerARN"
# What begins work on a stack.
BEGINS = ("CreateStack", "UpdateStack", "DeleteStack", "ExecuteChangeSet")
# MiniStack's functions, each with what a schema calls it.
VERBS = {"_provision_resource": "create", "_update_resource": "update", "_delete_resource": "delete"}
# Where each of them takes the stack's name.
STACK_NAME = {"create": 3, "update": 4, "delete": 3}


def install(actions: Callable[[str, str], Iterable[str]], allowed: Callable[[str, str], bool]) -> None:
    """Let only who may pass a role give it to CloudFormation, which then works in that role's name.

    :param actions: tells what a resource type needs for `create`, `update` or `delete`.
    :param allowed: decides, by the ARN of a role or of a session of one, about one of them.
    """
    _note_for_whom()
    for name, verb in VERBS.items():
        checked = _checked(getattr(provisioners, name), verb, actions, allowed)
        # Each module has its own name for it.
        setattr(provisioners, name, checked)
        setattr(stacks, name, checked)


def session_of(who: str) -> str:
    """Name who works: whoever has assumed a role already, or CloudFormation as the role that it was given."""
    return who if ":assumed-role/" in who else session_arn(*account_and_name(who), "AWSCloudFormation")


def allows(session: str, action: str) -> bool:
    """Tell whether a role may do something to some resource: of one that is to be made nobody knows the ARN."""
    account, name = session.split(":")[4], session.split("/")[1]
    statements = [one for policy in iam_evaluator._gather_role_policies(name, account) for one in policy]
    about = [one for one in statements if iam_evaluator._action_matches(action, one.actions, one.not_actions)]
    denied = any(one.effect == "Deny" and one.resources == ["*"] and not one.conditions for one in about)
    return not denied and any(one.effect == "Allow" for one in about)


def _note_for_whom() -> None:
    theirs = cloudformation.handle_request

    async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        asked = query | parse_qs(body.decode(errors="replace"))
        role = asked.get(ROLE, [""])[0]
        key = extract_access_key_id(headers, query)
        if role and iam_evaluator.enforce(key, "iam:PassRole", "iam", get_region(), resource_arn=role):
            told = f"User: {iam_evaluator.caller_arn()} is not authorized to perform: iam:PassRole on resource: {role}"
            return helpers._error("AccessDenied", told, 403)
        if role and not trusts(*account_and_name(role), SERVICE):
            return helpers._error("ValidationError", f"Role {role} is invalid or cannot be assumed", 400)
        action, name = (asked.get(word, [""])[0] for word in ("Action", "StackName"))
        who = iam_evaluator.caller_arn() if action in BEGINS else ""
        noted = {ROLE: role} if role else {CALLER: who} if ":assumed-role/" in who else {}
        # It may be through when it answers.
        if action == "DeleteStack":
            _note(name, noted)
        answer = await theirs(method, path, headers, body, query)
        if answer[0] == 200:
            _note(name, noted)
        return answer

    cloudformation.handle_request = handle_request


def _note(stack: str, noted: Mapping[str, str]) -> None:
    known = handlers._resolve_stack(stack)
    if known:
        known.update(noted)


def _checked(theirs: Any, verb: str, actions: Any, allowed: Any) -> Any:
    def work(*given: Any) -> Any:
        known = handlers._resolve_stack(given[STACK_NAME[verb]]) if len(given) > STACK_NAME[verb] else None
        who = str(known.get(ROLE) or known.get(CALLER, "")) if known else ""
        # MiniStack asks of each resource whether it is to be updated, with what it was and is to be.
        unchanged = verb == "update" and given[2] == given[3]
        for action in actions(given[0], verb) if who and not unchanged else ():
            if not allowed(who, action):
                raise PermissionError(denial(session_of(who), action))
        return theirs(*given)

    return work
