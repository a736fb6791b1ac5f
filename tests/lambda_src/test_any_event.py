"""Whatever the event: an answer in the 200s or 400s, in the sender's form, that echoes nothing; never an exception."""

import json
from collections.abc import Iterator
from itertools import cycle, product
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lambda_src.events import WEB_SHAPES, Builder, ask, load_balancer_multi_value

# Together 18,000 events, the same in each run. Hypothesis takes twenty times as long for one as the handler: it draws
# those whose parts it can think of better than we do.
DERANDOMIZED = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(DERANDOMIZED, max_examples=200)
SOME = settings(DERANDOMIZED, max_examples=400)
MANY = 4000

# In texts, keys and numbers that are sent; no refusal may hold it.
MARK = "zebra"
MARKED_NUMBER = 918273645

TEXTS = [
    *("", " ", MARK, f"1,{MARK}", f"nums={MARK}", f'{{"{MARK}": 1, "{MARK}": 2}}', f'["{MARK}', f'["{MARK}"]'),
    *("1", "1,2,3", ",", "nums", "x", "1_0", "nan", "1e400", "9" * 400, "1" * 8193, "%2B1", "%ff", "%", "="),
    *("[1,2]", '{"nums":[1]}', "[NaN]", "[" * 5000, "[" + "9" * 5000 + "]", "[1e400]", "null", "GET", "POST", "WzFd"),
    *("\ud800", "\ufeff[1]", "\x00", "\u0661", '["\\ud800"]', f"[{MARKED_NUMBER},null]"),
]
INTEGERS = [0, 1, -1, MARKED_NUMBER, 2**1024, -(2**1024), 10**4000]
FLOATS = [0.1, -0.0, 5e-324, 1.7e308, float("nan"), float("-inf")]
SCALARS: list[Any] = [None, True, False, *INTEGERS, *FLOATS, *TEXTS]
VALUES: list[Any] = [
    *SCALARS,
    *([], {}, [[]], {MARK: {}}, {"http": {}}, {"http": []}, {"http": MARK}, {"nums": {}}, {"nums": []}),
    *([value] for value in SCALARS),
    *([1, value] for value in SCALARS),
    *({"nums": value} for value in SCALARS),
    *({"nums": [value]} for value in SCALARS),
    *({"elb": value} for value in SCALARS),
    *({"http": {"method": value}} for value in SCALARS),
]
FIELDS = [
    *("version", "httpMethod", "requestContext", "headers", "multiValueHeaders", "nums", "Records", MARK),
    *("queryStringParameters", "multiValueQueryStringParameters", "rawQueryString", "body", "isBase64Encoded"),
]
# What tells an event's shape, and so the form of the answer, comes first above.
PAYLOAD_FIELDS = FIELDS[5:]

ANYTHING = st.recursive(
    st.sampled_from(SCALARS) | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "http"]), inner, max_size=3),
    max_leaves=4,
)
METHODS = ["GET", "POST", "HEAD", "get", "", MARK]
QUERIES = st.builds(
    str.__add__,
    st.sampled_from(["", "nums=", "nums=1&nums=", "%6eums=", "x="]),
    st.text("0123456789+-.,eE_ %&=\u0661\uff11", max_size=8) | st.sampled_from(TEXTS),
)
BODIES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([text.encode("utf-8", "surrogatepass") for text in TEXTS]),
    st.sampled_from([json.dumps(value).encode() for value in VALUES]),
)


def mixtures(names: list[str]) -> Iterator[dict[str, Any]]:
    """Give each field with each of the prepared values, then draw up to three of them at once."""
    yield from ({name: value} for name, value in product(names, VALUES))
    chance = Random(1)  # noqa: S311 - the same in each run
    for _ in range(MANY):
        yield {chance.choice(names): chance.choice(VALUES) for _ in range(chance.randint(0, 3))}


def check(event: object) -> dict[str, Any]:
    answer, status, content = ask(event)
    if status != 200:
        assert content["error"]["code"].isidentifier()
        text = json.dumps(answer)
        assert MARK not in text
        assert str(MARKED_NUMBER) not in text
    return answer


def check_over_http(shape: Builder, event: dict[str, Any]) -> None:
    form = "multiValueHeaders" if shape is load_balancer_multi_value else "headers"
    assert check(event).keys() == {"statusCode", form, "body", "isBase64Encoded"}


@FEW
@given(event=ANYTHING)
def test_any_value(event: object) -> None:
    check(event)


def test_any_mixture_of_the_fields_of_events() -> None:
    for event in mixtures(FIELDS):
        check(event)


def test_any_payload_in_an_event_of_a_known_shape() -> None:
    for payload, (shape, method) in zip(mixtures(PAYLOAD_FIELDS), cycle(product(WEB_SHAPES, METHODS)), strict=False):
        check_over_http(shape, shape(method, "nums=1", b"[1]", False) | payload)


@SOME
@given(shape=st.sampled_from(WEB_SHAPES), method=st.sampled_from(METHODS), query=QUERIES, body=BODIES, as_base64=...)
def test_any_query_and_any_body(shape: Builder, method: str, query: str, body: bytes, as_base64: bool) -> None:
    check_over_http(shape, shape(method, query, body, as_base64))
