"""The shapes in which AWS hands an HTTP request to a function, and the shapes in which it wants the answer."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from numbers_given import FIELD, MOST_BODY_BYTES, check_body_size, check_query_size
from refusal import Refusal, bad_event

Event = Mapping[str, Any]


@dataclass(frozen=True)
class WebRequest:
    """An HTTP request, whichever service passed it on."""

    method: str
    event: Event
    raw_query: str | None
    percent_encoded: bool

    def query_values(self) -> list[str]:
        """Return the decoded values of ``nums``."""
        if self.raw_query is not None:
            check_query_size(_size(self.raw_query))
            pairs = (part.partition("=") for part in self.raw_query.split("&"))
            return [_decoded(value) for key, _, value in pairs if _decoded(key) == FIELD]
        values = values_of_parameters(self.event)
        return [_decoded(value) for value in values] if self.percent_encoded else values

    def body(self) -> bytes:
        """Return the body's bytes."""
        body, encoded = self.event.get("body"), self.event.get("isBase64Encoded")
        if not isinstance(body, str | None) or not isinstance(encoded, bool | None):
            raise bad_event()
        body = body or ""
        if not encoded:
            check_body_size(_size(body))
            try:
                return body.encode()
            except UnicodeEncodeError:
                raise Refusal(400, "invalid_encoding", "the body is not UTF-8: send JSON in UTF-8") from None
        # Four characters stand for three bytes: too long is known before decoding.
        check_body_size(len(body) // 4 * 3 - 2 if len(body) > MOST_BODY_BYTES else 0)
        try:
            decoded = base64.b64decode(body, validate=True)
        except (ValueError, binascii.Error):
            raise Refusal(
                400, "invalid_encoding", "the body is marked as base64 but is none: send plain JSON"
            ) from None
        check_body_size(len(decoded))
        return decoded


def recognise(event: object) -> WebRequest | None:
    """Recognise an HTTP request, or return ``None`` for any other event."""
    if not isinstance(event, Mapping):
        return None
    context = event.get("requestContext")
    context = context if isinstance(context, Mapping) else {}
    http = context.get("http")
    if isinstance(http, Mapping):  # HTTP API with payload 2.0, function URL
        raw = event.get("rawQueryString")
        return _request(http.get("method"), event, raw_query=raw if isinstance(raw, str) else None)
    if "httpMethod" in event:  # load balancer, HTTP API with payload 1.0, REST API
        return _request(event["httpMethod"], event, percent_encoded="elb" in context)
    return None


def values_of_parameters(event: Event) -> list[str]:
    """Return the values of ``nums`` from a query that AWS has taken apart already."""
    for name in ("multiValueQueryStringParameters", "queryStringParameters"):
        parameters = event.get(name)
        if parameters is None:
            continue
        if not isinstance(parameters, Mapping):
            raise bad_event()
        if FIELD in parameters:
            found = parameters[FIELD]
            values = found if isinstance(found, list) else [found]
            if not all(isinstance(value, str) for value in values):
                raise bad_event()
            check_query_size(_size("&".join(f"{FIELD}={value}" for value in values)))
            return values
    return []


def render(event: Event, status: int, body: object, headers: Mapping[str, str]) -> dict[str, Any]:
    """Render an answer for the service that passed the request on."""
    answer: dict[str, Any] = {"statusCode": status, "body": json.dumps(body), "isBase64Encoded": False}
    headers = {"content-type": "application/json", **headers}
    if "multiValueHeaders" in event and "headers" not in event:  # load balancer with multi-value headers
        answer["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
    else:
        answer["headers"] = headers
    return answer


def _request(
    method: object, event: Event, *, raw_query: str | None = None, percent_encoded: bool = False
) -> WebRequest | None:
    return WebRequest(method.upper(), event, raw_query, percent_encoded) if isinstance(method, str) else None


def _decoded(text: str) -> str:
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeError:
        raise Refusal(400, "invalid_encoding", "the query is not percent-encoded UTF-8: send ?nums=1,2,3") from None


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
