"""Requests to HTTP APIs, and the log that an API writes of them."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ministack.services import apigateway, apigateway_v1, cloudwatch_logs, lambda_svc

Answer = tuple[int, dict[str, Any], bytes]
# All that an HTTP API tells of a function that fails, or that it may not call.
FAILED = b'{"message":"Internal Server Error"}'


@dataclass(frozen=True)
class Request:
    """What somebody asks of a deployed API."""

    api_id: str
    stage: str
    method: str
    # Such as `GET /calculate_mean`; None where the API has no route for it.
    route: str | None


def around_requests(ours: Callable[[Request, Callable[[], Awaitable[Answer]]], Awaitable[Answer]]) -> None:
    """Answer every request to an HTTP API, with MiniStack's own answer at hand."""
    theirs = apigateway._handle_execute_in_scope

    async def handle(api_id: str, stage: str, path: str, method: str, *rest: Any) -> Answer:
        async def go_on() -> Answer:
            answer: Answer = await theirs(api_id, stage, path, method, *rest)
            return answer

        route = apigateway._match_route(api_id, method, "/" + path.lstrip("/"))
        return await ours(Request(api_id, stage, method, route["routeKey"] if route else None), go_on)

    apigateway._handle_execute_in_scope = handle


def hide_failures() -> None:
    """Answer for a function that fails as an HTTP API does, where MiniStack hands its error out to whoever asks."""
    invoke, answer_of = apigateway._invoke_lambda_proxy, lambda_svc.lambda_execute_result_to_api_proxy_response
    # What makes the answer makes those of other kinds of API too.
    for_http_api = ContextVar("for_http_api", default=False)

    async def invoked(*arguments: Any, **named: Any) -> Any:
        token = for_http_api.set(True)
        try:
            return await invoke(*arguments, **named)
        finally:
            for_http_api.reset(token)

    def hidden(result: dict[str, Any]) -> Any:
        if for_http_api.get() and result.get("error") and not result.get("throttle"):
            return {"statusCode": 500, "body": FAILED}, None
        return answer_of(result)

    apigateway._invoke_lambda_proxy = invoked
    lambda_svc.lambda_execute_result_to_api_proxy_response = hidden


def access_log(request: Request) -> tuple[str, str] | None:
    """Tell the ARN of the log group that a stage writes each request into, and the form of a line, if it does."""
    stage = apigateway._stages.get(request.api_id, {}).get(request.stage) or {}
    settings = stage.get("accessLogSettings") or {}
    arn, form = settings.get("destinationArn"), settings.get("format")
    return (arn, form) if arn and form else None


def write_log(group: str, stream: str, line: str) -> None:
    """Write a line into a log group, if there is one of that name."""
    where = {"logGroupName": group, "logStreamName": stream}
    cloudwatch_logs._create_log_stream(where)
    cloudwatch_logs._put_log_events({**where, "logEvents": [{"message": line}]})


def answer_mocks_by_any_template() -> None:
    """Let a REST API's mock answer by the template that it has: MiniStack looks for one of JSON alone."""
    theirs = apigateway_v1._invoke_mock_v1

    def with_json(response: dict[str, Any]) -> dict[str, Any]:
        templates = response.get("responseTemplates") or {}
        first = next(iter(templates.values()), "")
        return response | {"responseTemplates": {"application/json": first, **templates}}

    def invoke(integration: dict[str, Any]) -> Answer:
        responses = integration.get("integrationResponses") or {}
        known = {status: with_json(response) for status, response in responses.items()}
        answer: Answer = theirs(integration | {"integrationResponses": known})
        return answer

    apigateway_v1._invoke_mock_v1 = invoke
