"""The ``calculate_mean`` Lambda function: invoked directly, or over HTTP."""

from collections.abc import Mapping
from typing import Any

from calculate_mean import calculate_mean
from numbers_given import FIELD, Numbers, numbers_from_json, numbers_from_list, numbers_from_query
from refusal import Refusal, bad_event
from web_request import WebRequest, recognise, render, values_of_parameters

METHODS = "GET, POST"


def lambda_handler(event: object, context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Answer with the mean of the numbers in the event. Whatever the event, the answer is in the 200s or 400s."""
    request = recognise(event)
    headers: dict[str, str] = {}
    body: object
    try:
        numbers = _numbers_of_request(request) if request else _numbers_of_event(event)
        status, body = 200, calculate_mean(numbers)
    except Refusal as refusal:
        status, body = refusal.status, {"error": {"code": refusal.code, "message": refusal.message}}
        if refusal.status == 405:
            headers["allow"] = METHODS
    if request:
        return render(request.event, status, body, headers)
    return {"statusCode": status, "body": body}


def _numbers_of_request(request: WebRequest) -> Numbers:
    if request.method == "GET":
        return numbers_from_query(request.query_values())
    if request.method == "POST":
        return numbers_from_json(request.body())
    raise Refusal(405, "method_not_allowed", "the method is not allowed: use GET ?nums=1,2,3 or POST [1, 2, 3]")


def _numbers_of_event(event: object) -> Numbers:
    """Read a direct invocation: ``{"nums": [1, 2, 3]}``, a bare list, or the query of a console's test event."""
    if isinstance(event, list):
        return numbers_from_list(event)
    if isinstance(event, Mapping):
        if FIELD in event:
            return numbers_from_list(event[FIELD])
        if set(event) == {"queryStringParameters"}:
            return numbers_from_query(values_of_parameters(event))
    raise bad_event()
