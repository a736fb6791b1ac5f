"""Load balancers, listeners, target groups and targets as MiniStack keeps them, and what it knows of a listener."""

import html
from collections.abc import Callable
from typing import Any

from ministack.services import alb

from local_aws.ministack.calls import Answer, Asked
from local_aws.ministack.distributions import act_for
from local_aws.ministack.records import account_id

LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
Record = dict[str, Any]
# By account, region and ARN.
Key = tuple[str, str, str]


def load_balancer(arn: str) -> Record:
    """Open a load balancer of the caller's."""
    found: Record = alb._lbs[arn]
    return found


def listeners() -> dict[str, tuple[Key, Record]]:
    """Look at all listeners, with their keys, by where they listen: an address and a port."""
    names = {key[2]: one["DNSName"] for key, one in alb._lbs.all_items()}
    return {
        f"{names[one['LoadBalancerArn']]}:{one['Port']}": (key, one)
        for key, one in alb._listeners.all_items()
        if one["LoadBalancerArn"] in names
    }


def names() -> set[str]:
    """List the DNS names of all load balancers."""
    return {one["DNSName"] for one in alb._lbs.all_values()}


def names_of_stack(account: str, stack_id: str) -> list[str]:
    """List the DNS names of the load balancers of an account's stack."""
    tag = {"Key": "aws:cloudformation:stack-id", "Value": stack_id}
    return [
        one["DNSName"]
        for key, one in alb._lbs.all_items()
        if key[0] == account and tag in (alb._tags.get_scoped(account, "", key[2]) or [])
    ]


def target_groups() -> dict[Key, Record]:
    """Look at all target groups."""
    return dict(alb._tgs.all_items())


def target_group(account: str, arn: str) -> Record | None:
    """Open a target group."""
    return next((one for key, one in target_groups().items() if (key[0], key[2]) == (account, arn)), None)


def registered(account: str, arn: str) -> dict[str, int]:
    """List the targets that are registered with a group, each with the port that it gets requests on."""
    group = target_group(account, arn) or {}
    known = alb._targets.get_scoped(account, "", arn) or []
    return {one["Id"]: int(one.get("Port") or group.get("Port", 80)) for one in known}


def register(account: str, arn: str, target: str) -> None:
    """Register a target with a group, if the group is still there."""
    if target_group(account, arn):
        known = alb._targets.get_scoped(account, "", arn) or []
        if target not in [one["Id"] for one in known]:
            alb._targets.set_scoped(account, "", arn, [*known, {"Id": target}])


def deregister(account: str, arn: str, target: str) -> None:
    """Take a target from a group."""
    known = alb._targets.get_scoped(account, "", arn)
    if known:
        alb._targets.set_scoped(account, "", arn, [one for one in known if one["Id"] != target])


def attribute(account: str, arn: str, name: str, default: str) -> str:
    """Read an attribute of a target group or of a load balancer."""
    store = alb._tg_attrs if ":targetgroup/" in arn else alb._lb_attrs
    told = store.get_scoped(account, "", arn) or []
    return next((str(one["Value"]) for one in told if one["Key"] == name), default)


def action_for(key: Key, listener: Record, method: str, path: str, headers: Record, query: Record) -> Record | None:
    """Find what a listener does with a request: the action of the first rule whose conditions hold."""
    act_for(key[0])
    rules = [one for one in alb._rules.values() if one["ListenerArn"] == listener["ListenerArn"]]
    for rule in sorted(rules, key=alb._rule_sort_key):
        holds = (alb._match_condition(one, method, path, headers, query) for one in rule["Conditions"])
        if rule.get("IsDefault") or all(holds):
            actions: list[Record] = rule["Actions"] or listener["DefaultActions"]
            return actions[-1] if actions else None
    return None


async def answered_by_itself(action: Record, method: str, path: str, headers: Record, query: Record) -> Any:
    """Answer as an action says that asks no target: a fixed response or a redirect, as status, headers and body."""
    return await alb._execute_action(action, method, path, headers, b"", query)


def headers_for_target(key: Key, listener: Record, headers: Record, client: str) -> Record:
    """Put in what a load balancer tells its targets of who asks, and the host as it writes it."""
    act_for(key[0])
    balancer = listener["LoadBalancerArn"]
    told: Record = alb._target_headers(balancer, listener, headers, client)
    if attribute(key[0], balancer, "routing.http.preserve_host_header.enabled", "false") != "true":
        told["host"] = alb._target_host_header(told.get("host", ""), listener["Port"])
    return told


def tell_health(ours: Callable[[str, str], dict[str, tuple[str, str]]]) -> None:
    """Answer DescribeTargetHealth by each target's state and its reason, of an account's target group."""

    def describe(asked: Asked) -> Answer:
        arn = alb._p(asked, "TargetGroupArn")
        if arn not in alb._tgs:
            refused: Answer = alb._error("TargetGroupNotFound", f"Target group '{arn}' not found.")
            return refused
        wanted = {one["Id"] for one in alb._parse_targets_param(asked)}
        port = alb._tgs[arn]["Port"]
        told = "".join(
            f"<member><Target><Id>{html.escape(target)}</Id><Port>{port}</Port></Target>"
            f"<TargetHealth><State>{state}</State>{f'<Reason>{reason}</Reason>' if reason else ''}</TargetHealth>"
            "</member>"
            for target, (state, reason) in ours(account_id(), arn).items()
            if not wanted or target in wanted
        )
        content = f"<TargetHealthDescriptions>{told}</TargetHealthDescriptions>"
        answer: Answer = alb._xml(200, "DescribeTargetHealth", content)
        return answer

    alb._ACTION_MAP["DescribeTargetHealth"] = describe
