"""The handler's contract as tables: what each shape of event is answered with."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from handler import lambda_handler
from numbers_given import MOST_BODY_BYTES, MOST_NUMBERS, MOST_QUERY_BYTES

from tests.lambda_src.events import (
    WEB_SHAPES,
    Builder,
    ask,
    function_url,
    http_api_2,
    load_balancer,
    load_balancer_multi_value,
)

EDGE = 2**1024 - 2**970  # the first integer that rounds to no double
USE_JSON = ': send {"nums": [1, 2, 3]} or [1, 2, 3]'

# ---- Exact answers, one for each code and each shape ------------------------------------------------------------

REFUSALS = {
    "missing": (
        *("GET", "", b"", 400),
        'nums is missing: send ?nums=1,2,3 or a JSON body such as {"nums": [1, 2, 3]}',
    ),
    "empty": ("GET", "nums=", b"", 422, "nums is empty, and no numbers have no mean: send at least one"),
    "not_a_number": (
        *("GET", "nums=1,two", b"", 422),
        "item 2 of nums is not a number: send digits such as 1, -2.5 or 3e8, unquoted, with a decimal point",
    ),
    "not_finite": (
        *("GET", "nums=1,2,1e400", b"", 422),
        "item 3 of nums is not finite: send a number between -1.79e308 and 1.79e308",
    ),
    "query_too_long": (
        *("GET", "nums=" + "1" * 8_188, b"", 414),
        "the query has more than 8,192 bytes: send the numbers in a POST body",
    ),
    "invalid_json": ("POST", "", b"[1, 2", 400, "the body is not valid JSON from character 6 on" + USE_JSON),
    "invalid_json of NaN": ("POST", "", b"[NaN]", 400, "the body has NaN or Infinity, which are not JSON" + USE_JSON),
    "invalid_json of depth": ("POST", "", b"[" * 99_999, 400, "the body nests too deeply" + USE_JSON),
    "invalid_json of digits": ("POST", "", b"9" * 5_000, 400, "the body has an integer of too many digits" + USE_JSON),
    "duplicate_key": (
        *("POST", "", b'{"a": 1, "a": 1}', 400),
        "a key appears twice in one object: send each key once",
    ),
    "not_a_list": ("POST", "", b"5", 422, "nums is not a list: send a JSON array such as [1, 2, 3]"),
    "too_many_numbers": (
        *("POST", "", b"[" + b"1," * 100_000 + b"1]", 413),
        "there are more than 100,000 numbers: send fewer",
    ),
    "body_too_large": ("POST", "", b" " * 1_000_001, 413, "the body has more than 1,000,000 bytes: send fewer numbers"),
    "method_not_allowed": (
        *("PUT", "nums=1", b"[1]", 405),
        "the method is not allowed: use GET ?nums=1,2,3 or POST [1, 2, 3]",
    ),
}


@pytest.fixture(params=WEB_SHAPES, ids=lambda builder: builder.__name__)
def shape(request: pytest.FixtureRequest) -> Builder:
    builder: Builder = request.param
    return builder


@pytest.mark.parametrize(("method", "query", "body"), [("GET", "nums=1,2,3", b""), ("POST", "", b"[1, 2, 3]")])
def test_exact_answer_with_a_mean(shape: Builder, method: str, query: str, body: bytes) -> None:
    assert lambda_handler(shape(method, query, body, False), None) == over_http(shape, 200, "2.0", {})


@pytest.mark.parametrize("case", REFUSALS)
def test_exact_answer_with_a_refusal(shape: Builder, case: str) -> None:
    method, query, body, status, message = REFUSALS[case]
    text = json.dumps({"error": {"code": case.split()[0], "message": message}})
    headers = {"allow": "GET, POST"} if status == 405 else {}
    assert lambda_handler(shape(method, query, body, False), None) == over_http(shape, status, text, headers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!", "the body is marked as base64 but is none: send plain JSON"),
        (base64.b64encode(b"\xff").decode(), "the body is not UTF-8: send JSON in UTF-8"),
    ],
)
def test_exact_answer_to_a_wrong_encoding(shape: Builder, text: str, message: str) -> None:
    event = {**shape("POST", "", b"", False), "body": text, "isBase64Encoded": True}
    answer = json.dumps({"error": {"code": "invalid_encoding", "message": message}})
    assert lambda_handler(event, None) == over_http(shape, 400, answer, {})


def over_http(shape: Builder, status: int, text: str, headers: dict[str, str]) -> dict[str, Any]:
    headers = {"content-type": "application/json", **headers}
    answer: dict[str, Any] = {"statusCode": status, "body": text, "isBase64Encoded": False}
    if shape is load_balancer_multi_value:
        return answer | {"multiValueHeaders": {name: [value] for name, value in headers.items()}}
    return answer | {"headers": headers}


def test_exact_answer_to_an_unknown_event() -> None:
    message = 'the function does not know this kind of event: send {"nums": [1, 2, 3]}'
    assert lambda_handler(SQS, None) == {
        "statusCode": 400,
        "body": {"error": {"code": "bad_event", "message": message}},
    }


# ---- Direct invocation ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "mean"),
    [
        ({"nums": [1, 2, 3]}, 2.0),
        ([1, 2, 3], 2.0),
        ({"nums": [0.1, 0.1, 0.1]}, 0.1),
        ({"nums": [1e308, 1e308]}, 1e308),
        ({"nums": [EDGE - 1]}, 1.7976931348623157e308),
        ({"nums": [1, 2, 3], "note": "other keys do no harm"}, 2.0),
        ({"queryStringParameters": {"nums": "1,2,3"}}, 2.0),
        ([1] * MOST_NUMBERS, 1.0),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_direct_invocation_gets_the_mean_as_a_number(event: object, mean: float) -> None:
    assert lambda_handler(event, None) == {"statusCode": 200, "body": mean}


SQS = {"Records": [{"eventSource": "aws:sqs", "body": "[1, 2, 3]"}]}
SCHEDULE = {"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
NO_EVENTS: list[Any] = [None, "1,2,3", 5, 1.5, True, {}, SQS, SCHEDULE]
NO_QUERIES: list[Any] = [5, [], "nums=1", {"nums": 1}, {"nums": [1]}, {"nums": ["1", None]}]
NO_LISTS: list[Any] = [5, "1,2,3", None, {"0": 1}, True]
NO_NUMBERS: list[Any] = [True, None, "1", [1], {}]
NOT_FINITE: list[Any] = [float("inf"), float("nan"), EDGE, -EDGE, 10**5000]


@pytest.mark.parametrize(
    ("event", "status", "code"),
    [
        *((event, 400, "bad_event") for event in NO_EVENTS),
        *(({"queryStringParameters": query}, 400, "bad_event") for query in NO_QUERIES),
        ({"requestContext": [], "headers": None}, 400, "bad_event"),
        ({"httpMethod": 5, "requestContext": {"http": []}}, 400, "bad_event"),
        ({"queryStringParameters": None}, 400, "missing"),
        ({"queryStringParameters": {}}, 400, "missing"),
        ({"queryStringParameters": {"nums": "0" * MOST_QUERY_BYTES}}, 414, "query_too_long"),
        *(({"nums": value}, 422, "not_a_list") for value in NO_LISTS),
        ({"nums": []}, 422, "empty"),
        ([], 422, "empty"),
        *(({"nums": [1, value]}, 422, "not_a_number") for value in NO_NUMBERS),
        *(([1, value], 422, "not_finite") for value in NOT_FINITE),
        ([1] * (MOST_NUMBERS + 1), 413, "too_many_numbers"),
    ],
)
def test_a_direct_invocation_gets_a_refusal_as_an_object(event: object, status: int, code: str) -> None:
    assert lambda_handler(event, None).keys() == {"statusCode", "body"}
    assert refused(event) == (status, code)


# ---- GET --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "mean"),
    [
        ("nums=1,2,3", 2.0),
        ("nums=1%2C2%2C3", 2.0),
        ("nums=%2B1,-3", -1.0),
        ("nums=1e3,1E-3,2e%2B3", 1000.0003333333333),
        ("nums=1,%202,+3", 2.0),
        ("nums=1+,+3", 2.0),
        ("nums=%201%20,%203%20", 2.0),
        ("nums=.5,5.", 2.75),
        ("other=x&nums=4", 4.0),
        ("nums=9007199254740993,-9007199254740992", 0.5),
        ("nums=" + "0" * (MOST_QUERY_BYTES - len("nums=")), 0.0),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_get_answers_the_mean(shape: Builder, query: str, mean: float) -> None:
    assert mean_of(shape("GET", query, None, False)) == mean


def test_get_takes_repeated_values(shape: Builder) -> None:
    # A load balancer hands on only the last value, unless its target group has multi-value headers on.
    mean = 6.0 if shape is load_balancer else 3.0
    assert mean_of(shape("GET", "nums=1&nums=2&nums=6", None, False)) == mean


@pytest.mark.parametrize("shape", [http_api_2, function_url, load_balancer, load_balancer_multi_value])
def test_what_is_not_decoded_yet_is_decoded(shape: Builder) -> None:
    assert mean_of(shape("GET", "nums=%31%2c%203", None, False)) == 2.0
    assert refused(shape("GET", "nums=%ff", None, False)) == (400, "invalid_encoding")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "missing"),
        ("num=1", 400, "missing"),
        ("nums=", 422, "empty"),
        *(
            (f"nums=1,{item}", 422, "not_a_number")
            for item in ("", "x", "nan", "inf", "-Infinity", "1_0", "%D9%A1", "%EF%BC%91", "null", "0x1", "[1]", "1e")
        ),
        ("nums=1,,2", 422, "not_a_number"),
        ("nums=1e400", 422, "not_finite"),
        ("nums=" + "9" * 400, 422, "not_finite"),
        ("nums=" + "9" * 5000, 422, "not_finite"),
        ("nums=" + "0" * (MOST_QUERY_BYTES - len("nums=") + 1), 414, "query_too_long"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_get_refuses(shape: Builder, query: str, status: int, code: str) -> None:
    assert refused(shape("GET", query, None, False)) == (status, code)


# ---- POST -------------------------------------------------------------------------------------------------------


@pytest.fixture(params=[False, True], ids=["plain", "base64"])
def as_base64(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.parametrize(
    ("body", "mean"),
    [
        (b'{"nums": [1, 2, 3]}', 2.0),
        (b"[1, 2, 3]", 2.0),
        (b' \n{"x": [{"nums": 1}], "nums": [4]}\t', 4.0),
        (b'{"n\\u0075ms": [4]}', 4.0),
        (b"[1e16, 1, -1e16]", 0.3333333333333333),
        (str([EDGE - 1]).encode(), 1.7976931348623157e308),
        (b"[4]".ljust(MOST_BODY_BYTES), 4.0),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_post_answers_the_mean(shape: Builder, as_base64: bool, body: bytes, mean: float) -> None:
    assert mean_of(shape("POST", "", body, as_base64)) == mean


NO_JSON = [
    *(b"nums=1,2,3", b"[1, 2, 3", b"[1,]", b"[1] 2", b"[01]", b"[+1]", b"['1']", b"\xef\xbb\xbf[1]"),
    *(b"[NaN]", b"[Infinity]", b"[-Infinity]", b'{"x": NaN, "nums": [1]}', b"[" + b"1" * 5000 + b"]"),
    *(b"[" * 200_000 + b"]" * 200_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        *((body, 400, "missing") for body in (None, b"", b" ", b"{}", b'{"num": [1]}')),
        *((body, 400, "invalid_json") for body in NO_JSON),
        (b'{"nums": [1], "nums": [2]}', 400, "duplicate_key"),
        (b'{"nums": [1], "n\\u0075ms": [2]}', 400, "duplicate_key"),
        (b'{"nums": [1], "x": {"y": 1, "y": 1}}', 400, "duplicate_key"),
        *((body, 422, "not_a_list") for body in (b"5", b"null", b'"1,2"', b"true", b'{"nums": 5}', b'{"nums": {}}')),
        (b"[]", 422, "empty"),
        (b'{"nums": []}', 422, "empty"),
        *((body, 422, "not_a_number") for body in (b"[true]", b"[null]", b'["1"]', b'["\\ud800"]', b"[[1]]", b"[{}]")),
        *((body, 422, "not_finite") for body in (b"[1e400]", b"[-1e400]", b"[" + b"9" * 400 + b"]")),
        (b"[" + b"1," * MOST_NUMBERS + b"1]", 413, "too_many_numbers"),
        (b"\xff[1]", 400, "invalid_encoding"),
        (b'["\xed\xa0\x80"]', 400, "invalid_encoding"),  # half of a surrogate pair
        (b" " * MOST_BODY_BYTES + b"!", 413, "body_too_large"),
        ("\u00e9".encode() * (MOST_BODY_BYTES // 2 + 1), 413, "body_too_large"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_post_refuses(shape: Builder, as_base64: bool, body: bytes | None, status: int, code: str) -> None:
    assert refused(shape("POST", "", body, as_base64)) == (status, code)


@pytest.mark.parametrize("text", ["!", "A", "WzFd\n", "W z F d", "WzFd====WzFd", "\u00e9", "WzF-"])
def test_bad_base64_is_refused(shape: Builder, text: str) -> None:
    event = {**shape("POST", "", b"", False), "body": text, "isBase64Encoded": True}
    assert refused(event) == (400, "invalid_encoding")


def test_the_size_of_base64_is_known_before_it_is_decoded(shape: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    event = shape("POST", "", b" " * 4 * MOST_BODY_BYTES, True)
    monkeypatch.setattr(base64, "b64decode", never)
    assert lambda_handler(event, None)["statusCode"] == 413


def test_a_large_body_is_not_parsed(shape: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    event = shape("POST", "", b"[1]".ljust(MOST_BODY_BYTES + 1), False)
    monkeypatch.setattr(json, "loads", never)
    assert lambda_handler(event, None)["statusCode"] == 413


# ---- What all refusals share ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "", "X" * 5000])
def test_other_methods_are_refused(shape: Builder, method: str) -> None:
    assert refused(shape(method, "nums=1", b"[1]", False)) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ([1, 2, "x"], "item 3 "),
        ([1, 1e308, float("inf")], "item 3 "),
        ({"httpMethod": "GET", "queryStringParameters": {"nums": "1,x"}}, "item 2 "),
        ({"httpMethod": "POST", "body": "[1, 2,, 3]"}, "character 7 "),
        ({"httpMethod": "POST", "body": "\ufeff[1]"}, "character 1 "),
    ],
)
def test_a_message_names_the_position(event: object, words: str) -> None:
    assert words in ask(event).content["error"]["message"]


MARK = "zebra"


@pytest.mark.parametrize(
    "make",
    [
        lambda text: {"nums": [text]},
        lambda text: {"nums": text},
        lambda text: {text: 1},
        lambda text: text,
        lambda text: {"httpMethod": "GET", "queryStringParameters": {"nums": text}},
        lambda text: {"httpMethod": "POST", "body": text},
        lambda text: {"httpMethod": "POST", "body": json.dumps({text: 1})},
        lambda text: {"httpMethod": "POST", "body": f'{{"{text}": 1, "{text}": 2}}'},
        lambda text: {"httpMethod": text},
        lambda text: {"httpMethod": "POST", "body": text, "isBase64Encoded": True},
    ],
)
def test_an_answer_echoes_nothing_that_was_sent(make: Callable[[str], object]) -> None:
    answer = json.dumps(lambda_handler(make(MARK * 20), None))
    assert MARK not in answer
    assert "Expecting" not in answer  # a word of Python's JSON parser


def never(*_: object, **__: object) -> None:
    raise AssertionError("this must not be called")


def refused(event: object) -> tuple[int, str]:
    answer = ask(event)
    assert answer.status != 200, answer.content
    return answer.status, answer.content["error"]["code"]


def mean_of(event: object) -> float:
    answer = ask(event)
    assert answer.status == 200, answer.content
    mean: float = answer.content
    return mean
