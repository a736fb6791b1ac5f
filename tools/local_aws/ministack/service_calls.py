"""Calls that MiniStack makes by itself, where on AWS a service does: each is decided as that service's is."""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import apigateway, lambda_svc

from local_aws.ministack.apis import FAILED
from local_aws.ministack.rights import Tell, account_and_name, session_arn

INVOKE = "lambda:InvokeFunction"


def decide(role_arn: str, session: str, action: str, resource: str) -> tuple[str, bool]:
    """Decide by a role's policies about a call that MiniStack makes by itself; tell also who that is."""
    account, name = account_and_name(role_arn)
    who = session_arn(account, name, session)
    context = iam_evaluator.EvalContext(who, "AssumedRole", account, action, resource, get_region())
    result = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(name, account))
    return who, result.decision == "Allow"


def around_function_logs(ours: Callable[[str, str, str], bool]) -> None:
    """Ask before a function's log is written, by its role, its name and the log stream."""
    theirs = lambda_svc._emit_lambda_logs

    def emit(func: dict[str, Any], *rest: Any, **more: Any) -> None:
        config = func.get("config") or func
        name = config["FunctionName"]
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        place = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:{name}"
        if ours(config["Role"], name, place):
            theirs(func, *rest, **more)

    lambda_svc._emit_lambda_logs = emit


def around_api_calls(ours: Tell) -> None:
    """Let an API call a function only where the function's own policy lets it, and tell who called which."""
    theirs = apigateway._invoke_lambda_proxy

    # The names and the order of its arguments are MiniStack's.
    async def invoke(integration: Any, api_id: str, stage: str, *rest: Any, **more: Any) -> Any:
        account, region = more.get("owner_account_id") or get_account_id(), more.get("owner_region") or get_region()
        reference = apigateway._extract_lambda_ref_from_integration_uri(integration.get("integrationUri", ""))
        function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(reference, account_id=account, region=region)
        if config:
            route = more["route_key"] if "route_key" in more else rest[5]
            who = f"arn:aws:execute-api:{region}:{account}:{api_id}/{stage}/{route.replace(' ', '')}"
            may = _may_call(function.get("policy"), config["FunctionArn"], who, account, region)
            ours(who, INVOKE, config["FunctionArn"], may)
            if not may:
                return 500, {"Content-Type": "application/json"}, FAILED
        return await theirs(integration, api_id, stage, *rest, **more)

    apigateway._invoke_lambda_proxy = invoke


def _may_call(policy: Any, function: str, who: str, account: str, region: str) -> bool:
    service = "apigateway.amazonaws.com"
    context = iam_evaluator.EvalContext(
        service,
        "Service",
        account,
        INVOKE,
        function,
        region,
        service_context={"aws:sourcearn": who, "aws:sourceaccount": account},
    )
    result = iam_evaluator.evaluate_resource_policy(policy, context, service=service)
    return bool(result.decision == "Allow")
