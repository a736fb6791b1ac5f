"""Events as AWS sends them, one builder per shape, and a reader that checks the form of any answer."""

import base64
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from handler import lambda_handler

Event = dict[str, Any]
Builder = Callable[[str, str, bytes | None, bool], Event]


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _lists(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for key, value in pairs:
        lists.setdefault(key, []).append(value)
    return lists


def _body(body: bytes | None, as_base64: bool) -> Event:
    if body is None:
        return {"body": None, "isBase64Encoded": False}
    if as_base64:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return {"body": body.decode("utf-8", "surrogateescape"), "isBase64Encoded": False}


def http_api_2(method: str, query: str, body: bytes | None, as_base64: bool) -> Event:
    joined = {key: ",".join(values) for key, values in _lists(_pairs(query)).items()}
    return {
        "version": "2.0",
        "routeKey": f"{method} /calculate_mean",
        "rawPath": "/calculate_mean",
        "rawQueryString": query,
        "headers": {"content-type": "application/x-www-form-urlencoded"},
        "requestContext": {"stage": "$default", "http": {"method": method, "path": "/calculate_mean"}},
        **({"queryStringParameters": joined} if joined else {}),
        **_body(body, as_base64),
    }


def function_url(method: str, query: str, body: bytes | None, as_base64: bool) -> Event:
    return {**http_api_2(method, query, body, as_base64), "routeKey": "$default", "cookies": ["a=1"]}


def http_api_1(method: str, query: str, body: bytes | None, as_base64: bool) -> Event:
    return {**rest_proxy(method, query, body, as_base64), "version": "1.0"}


def rest_proxy(method: str, query: str, body: bytes | None, as_base64: bool) -> Event:
    pairs = _pairs(query)
    return {
        "resource": "/calculate_mean",
        "path": "/calculate_mean",
        "httpMethod": method,
        "headers": {"accept": "*/*"},
        "multiValueHeaders": {"accept": ["*/*"]},
        # Only the last of several values: the list below has all of them.
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": _lists(pairs) or None,
        "requestContext": {"stage": "prod", "httpMethod": method},
        **_body(body, as_base64),
    }


def load_balancer(method: str, query: str, body: bytes | None, as_base64: bool) -> Event:
    # A load balancer decodes nothing, and keeps the last of several values.
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/a/b"}},
        "httpMethod": method,
        "path": "/calculate_mean",
        "queryStringParameters": dict(part.partition("=")[::2] for part in query.split("&") if part),
        "headers": {"host": "example.org"},
        **_body(body or b"", as_base64),
    }


def load_balancer_multi_value(method: str, query: str, body: bytes | None, as_base64: bool) -> Event:
    event = load_balancer(method, query, body, as_base64)
    del event["queryStringParameters"], event["headers"]
    pairs = [(key, value) for key, _, value in (part.partition("=") for part in query.split("&") if part)]
    return {
        **event,
        "multiValueQueryStringParameters": _lists(pairs),
        "multiValueHeaders": {"host": ["example.org"]},
    }


WEB_SHAPES: list[Builder] = [
    http_api_2,
    http_api_1,
    rest_proxy,
    function_url,
    load_balancer,
    load_balancer_multi_value,
]


class Answer(NamedTuple):
    """An answer as the handler gave it, and what a caller reads in it."""

    raw: dict[str, Any]
    status: int
    content: Any


def ask(event: object) -> Answer:
    """Return the answer to an event, after a check of all that holds for every answer."""
    answer = lambda_handler(event, None)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    status, content = answer["statusCode"], answer["body"]
    if answer.keys() != {"statusCode", "body"}:
        assert headers_of(answer)["content-type"] == "application/json"
        assert answer["isBase64Encoded"] is False
        content = json.loads(content)
    if status == 200:
        assert type(content) is float
        return Answer(answer, status, content)
    assert type(status) is int
    assert 400 <= status < 500
    assert content.keys() == {"error"}
    assert content["error"].keys() == {"code", "message"}
    message = content["error"]["message"]
    assert message.isascii()
    assert 0 < len(message) < 300
    return Answer(answer, status, content)


def headers_of(answer: dict[str, Any]) -> dict[str, str]:
    """Return an answer's headers from whichever of the two fields has them."""
    if "headers" in answer:
        assert "multiValueHeaders" not in answer
        return dict(answer["headers"])
    return {name: value for name, [value] in answer["multiValueHeaders"].items()}
