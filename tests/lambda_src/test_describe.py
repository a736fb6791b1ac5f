"""What ``describe`` says of a table, and how it refuses one."""

import base64
import json
import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from calculate_mean import calculate_mean
from columns import LARGEST, MOST_COLUMNS, MOST_NAME_CHARACTERS, MOST_VALUES, exact_mean
from describe import lambda_handler
from hypothesis import given
from hypothesis import strategies as st
from table_given import MOST_BODY_BYTES

Json = dict[str, Any]
NUMBERS = st.integers(-(2**80), 2**80) | st.floats(-LARGEST, LARGEST)


@pytest.fixture(autouse=True, scope="module")
def no_pyarrow() -> Iterator[None]:
    """Lambda's pandas holds texts without pyarrow, which the lock doesn't bring and the page's packages here do."""
    with pd.option_context("mode.string_storage", "python"):
        yield


def described(table: str) -> Json:
    answer = lambda_handler({"csv": table}, None)
    assert answer["statusCode"] == 200, answer
    body: Json = answer["body"]
    return body


def refused(event: object) -> tuple[int, str]:
    answer = lambda_handler(event, None)
    return answer["statusCode"], answer["body"]["error"]["code"]


def request(body: str, *, encoded: bool = False) -> Json:
    return {"requestContext": {"http": {"method": "POST"}}, "body": body, "isBase64Encoded": encoded}


def test_a_table_is_described_column_by_column() -> None:
    assert described("city,people,\nUlm,1,\nBonn,2.5,\nKiel,,\n") == {
        "rows": 3,
        "columns": [
            {"name": "city", "count": 3},
            {
                "name": "people",
                "count": 2,
                "mean": 1.75,
                "quantiles": {"0": 1.0, "0.25": 1.375, "0.5": 1.75, "0.75": 2.125, "1": 2.5},
            },
            {"name": "", "count": 0},
        ],
    }


@given(st.lists(NUMBERS, min_size=1))
def test_the_mean_is_that_of_calculate_mean(numbers: list[int | float]) -> None:
    assert exact_mean(numbers) == calculate_mean(numbers)


@given(st.lists(st.floats(-LARGEST, LARGEST), min_size=1, max_size=20))
def test_a_number_means_what_it_says(numbers: list[float]) -> None:
    """Pandas itself reads some texts as a neighbour of the nearest double."""
    (column,) = described("\n".join(["a", *map(repr, numbers)]))["columns"]
    assert column["mean"] == calculate_mean(numbers)
    assert all(map(math.isfinite, column["quantiles"].values()))
    assert (column["quantiles"]["0"], column["quantiles"]["1"]) == (min(numbers), max(numbers))


@pytest.mark.parametrize(
    "numbers",
    [
        [9007199254740993, 9007199254740995, 9007199254740997],
        [9007199254740993, -9007199254740992, 0.5],
        [2**63, -1],
        [10**300, -(10**300), 1],
    ],
)
def test_large_whole_numbers_are_exact(numbers: list[int | float]) -> None:
    (column,) = described("\n".join(["a", *map(str, numbers)]))["columns"]
    assert column["mean"] == calculate_mean(numbers)
    assert (column["quantiles"]["0"], column["quantiles"]["1"]) == (float(min(numbers)), float(max(numbers)))


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("\ufeffa;b\n1;2\n", ["a;b"]),
        ('"a, b","c\nd"\n1,2\n', ["a, b", "c\nd"]),
        ("a,a\n1,2\n", ["a", "a"]),
        ("\n\na,b\n1,2\n", ["a", "b"]),
    ],
)
def test_the_first_line_names_the_columns(table: str, names: list[str]) -> None:
    assert [column["name"] for column in described(table)["columns"]] == names


@pytest.mark.parametrize("text", ["1_0", "0x10", "True", "1+2j", "1 2", "-"])
def test_what_is_no_number_makes_no_column_of_numbers(text: str) -> None:
    assert described(f"a\n1\n{text}\n")["columns"] == [{"name": "a", "count": 2}]


@pytest.mark.parametrize("encoded", [False, True])
def test_a_request_has_the_table_as_its_body(encoded: bool) -> None:
    body = base64.b64encode(b"a\n1\n").decode() if encoded else "a\n1\n"
    answer = lambda_handler(request(body, encoded=encoded), None)

    assert (answer["statusCode"], answer["headers"]) == (200, {"content-type": "application/json"})
    assert json.loads(answer["body"]) == described("a\n1\n")


def test_the_longest_answer_is_one_that_lambda_sends() -> None:
    answer = lambda_handler(request(",".join(["\N{GRINNING FACE}" * MOST_NAME_CHARACTERS] * MOST_COLUMNS)), None)

    assert answer["statusCode"] == 200
    # With room for the numbers of each column.
    assert len(json.dumps(answer)) + 1_000 * MOST_COLUMNS < 6 * 2**20


def test_a_request_can_name_no_file() -> None:
    """It comes from anybody; the right to read is for who may invoke the function."""
    answer = lambda_handler(request('{"bucket": "b", "key": "k"}') | {"bucket": "b", "key": "k"}, None)

    assert json.loads(answer["body"])["columns"] == [
        {"name": '{"bucket": "b"', "count": 0},
        {"name": ' "key": "k"}', "count": 0},
    ]


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        ({"csv": ""}, (400, "empty")),
        ({"csv": " \n\n"}, (400, "empty")),
        ({"csv": "a\n1,2\n"}, (400, "invalid_csv")),
        ({"csv": 'a\n"1'}, (400, "invalid_csv")),
        ({"csv": "\ud800"}, (400, "invalid_encoding")),
        ({"csv": "a\n1e400\n"}, (422, "too_large")),
        ({"csv": "a\n-inf\n"}, (422, "too_large")),
        ({"csv": "," * MOST_COLUMNS}, (413, "too_many_columns")),
        ({"csv": "a," + "b" * (MOST_NAME_CHARACTERS + 1)}, (413, "name_too_long")),
        ({"csv": "\n" * (MOST_VALUES + 1)}, (413, "too_many_values")),
        ({"csv": "1" * (MOST_BODY_BYTES + 1)}, (413, "body_too_large")),
        ({"csv": "a", "key": "k"}, (400, "bad_event")),
        ({"bucket": "b"}, (400, "bad_event")),
        ({"bucket": "b", "key": ""}, (400, "bad_event")),
        ({"bucket": "b", "key": 1}, (400, "bad_event")),
        ([], (400, "bad_event")),
        (None, (400, "bad_event")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_refused(event: object, answer: tuple[int, str]) -> None:
    assert refused(event) == answer


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("a,b\n1,2\n\n1,2,3\n", "line 4 has 3 values for 2 columns: send as many"),
        ('a\n\n1\n"1\n2\n', "line 4 opens a quote that nothing closes"),
        ('"a\n' + "1\n" * 100_000, "field larger than"),
    ],
)
def test_the_line_that_is_no_csv_is_named(table: str, said: str) -> None:
    answer = lambda_handler({"csv": table}, None)["body"]["error"]
    assert answer["code"] == "invalid_csv"
    assert said in answer["message"]


@pytest.mark.parametrize(
    "body",
    [
        request("!", encoded=True),
        request(base64.b64encode(b"\xff").decode(), encoded=True),
        # As API Gateway passes it on from text/csv.
        request(b"K\xf6ln\n1\n".decode(errors="replace")),
    ],
)
def test_a_body_that_is_no_text_is_refused(body: Json) -> None:
    answer = lambda_handler(body, None)
    assert (answer["statusCode"], json.loads(answer["body"])["error"]["code"]) == (400, "invalid_encoding")
