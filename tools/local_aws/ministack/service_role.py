"""CloudFormation's own rights: the role that it is given for a stack, in whose name it makes each resource."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id
from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, helpers, provisioners, stacks

from local_aws.ministack.rights import account_and_name

# Where a stack's record has it.
ROLE = "RoleARN"
# MiniStack's functions, each with what a schema calls it.
VERBS = {"_provision_resource": "create", "_update_resource": "update", "_delete_resource": "delete"}
# Where each of them takes the stack's name.
STACK_NAME = {"create": 3, "update": 4, "delete": 3}


def install(actions: Callable[[str, str], Iterable[str]], allowed: Callable[[str, str], bool]) -> None:
    """Let only who may pass a role give it to CloudFormation, which then works in that role's name.

    :param actions: tells what a resource type needs for `create`, `update` or `delete`.
    :param allowed: decides, by the role's ARN, about one of them.
    """
    _check_who_passes()
    for name, verb in VERBS.items():
        checked = _checked(getattr(provisioners, name), verb, actions, allowed)
        # Each module has its own name for it.
        setattr(provisioners, name, checked)
        setattr(stacks, name, checked)


def allows(role_arn: str, action: str) -> bool:
    """Tell whether a role may do something to some resource: of one that is to be made nobody knows the ARN."""
    account, name = account_and_name(role_arn)
    statements = [one for policy in iam_evaluator._gather_role_policies(name, account) for one in policy]
    about = [one for one in statements if iam_evaluator._action_matches(action, one.actions, one.not_actions)]
    denied = any(one.effect == "Deny" and one.resources == ["*"] and not one.conditions for one in about)
    return not denied and any(one.effect == "Allow" for one in about)


def _check_who_passes() -> None:
    theirs = cloudformation.handle_request

    async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        asked = query | parse_qs(body.decode(errors="replace"))
        role = asked.get(ROLE, [""])[0]
        key = extract_access_key_id(headers, query)
        if role and iam_evaluator.enforce(key, "iam:PassRole", "iam", get_region(), resource_arn=role):
            told = f"User: {iam_evaluator.caller_arn()} is not authorized to perform: iam:PassRole on resource: {role}"
            return helpers._error("AccessDenied", told, 403)
        answer = await theirs(method, path, headers, body, query)
        known = handlers._resolve_stack(asked.get("StackName", [""])[0])
        if role and known and answer[0] == 200:
            known[ROLE] = role
        return answer

    cloudformation.handle_request = handle_request


def _checked(theirs: Any, verb: str, actions: Any, allowed: Any) -> Any:
    def work(*given: Any) -> Any:
        known = handlers._resolve_stack(given[STACK_NAME[verb]]) if len(given) > STACK_NAME[verb] else None
        role = str(known.get(ROLE, "")) if known else ""
        # MiniStack asks of each resource whether it is to be updated, with what it was and is to be.
        unchanged = verb == "update" and given[2] == given[3]
        for action in actions(given[0], verb) if role and not unchanged else ():
            if not allowed(role, action):
                name = role.rpartition("/")[2]
                raise PermissionError(f"{name}/AWSCloudFormation is not authorized to perform: {action}")
        return theirs(*given)

    return work
