"""Numbers out of what a caller sent: a JSON text, a parsed list, or a query's values."""

import json
from collections.abc import Sequence
from typing import NoReturn

from calculate_mean import NotANumberError, NotFiniteError, finite, number_from_text
from refusal import Refusal, missing

MOST_NUMBERS = 100_000
MOST_BODY_BYTES = 1_000_000
MOST_QUERY_BYTES = 8_192

FIELD = "nums"
Numbers = list[int | float]


def numbers_from_json(body: bytes) -> Numbers:
    """Read a JSON body: an object with ``nums``, or a bare array."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refusal(400, "invalid_encoding", "the body is not UTF-8: send JSON in UTF-8") from None
    if not text.strip():
        raise missing()
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        # The position only: the parser's own words could repeat what was sent.
        raise _invalid_json(f"is not valid JSON from character {error.pos + 1} on") from None
    except RecursionError:
        raise _invalid_json("nests too deeply") from None
    except ValueError:  # the limit on an integer's digits, as reading one takes quadratic time
        raise _invalid_json("has an integer of too many digits") from None
    if isinstance(value, dict):
        if FIELD not in value:
            raise missing()
        value = value[FIELD]
    return numbers_from_list(value)


def numbers_from_list(value: object) -> Numbers:
    """Check that a parsed value is a list of finite numbers."""
    if not isinstance(value, list):
        raise Refusal(422, "not_a_list", "nums is not a list: send a JSON array such as [1, 2, 3]")
    _check_count(len(value))
    for position, item in enumerate(value, start=1):
        if isinstance(item, bool) or not isinstance(item, int | float):
            raise _not_a_number(position)
        try:
            finite(item)
        except NotFiniteError:
            raise _not_finite(position) from None
    return value


def numbers_from_query(values: Sequence[str]) -> Numbers:
    """Read the decoded values of ``nums``: numbers with commas between, in one value or in several."""
    if not values:
        raise missing()
    items = ",".join(values).split(",")
    if items == [""]:
        items = []
    _check_count(len(items))
    numbers: Numbers = []
    for position, item in enumerate(items, start=1):
        try:
            numbers.append(number_from_text(item))
        except NotANumberError:
            raise _not_a_number(position) from None
        except NotFiniteError:
            raise _not_finite(position) from None
    return numbers


def check_body_size(size: int) -> None:
    """Refuse a body before anybody decodes or parses it."""
    if size > MOST_BODY_BYTES:
        raise Refusal(413, "body_too_large", f"the body has more than {MOST_BODY_BYTES:,} bytes: send fewer numbers")


def check_query_size(size: int) -> None:
    """Refuse a query before anybody decodes it."""
    if size > MOST_QUERY_BYTES:
        raise Refusal(
            414,
            "query_too_long",
            f"the query has more than {MOST_QUERY_BYTES:,} bytes: send the numbers in a POST body",
        )


def _check_count(count: int) -> None:
    if not count:
        raise Refusal(422, "empty", "nums is empty, and no numbers have no mean: send at least one")
    if count > MOST_NUMBERS:
        raise Refusal(413, "too_many_numbers", f"there are more than {MOST_NUMBERS:,} numbers: send fewer")


def _not_a_number(position: int) -> Refusal:
    return Refusal(
        422,
        "not_a_number",
        f"item {position} of nums is not a number: send digits such as 1, -2.5 or 3e8, unquoted, with a decimal point",
    )


def _not_finite(position: int) -> Refusal:
    return Refusal(
        422, "not_finite", f"item {position} of nums is not finite: send a number between -1.79e308 and 1.79e308"
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refusal(400, "duplicate_key", "a key appears twice in one object: send each key once")
    return found


def _refuse_constant(_: str) -> NoReturn:
    raise _invalid_json("has NaN or Infinity, which are not JSON")


def _invalid_json(trouble: str) -> Refusal:
    return Refusal(400, "invalid_json", f'the body {trouble}: send {{"nums": [1, 2, 3]}} or [1, 2, 3]')
