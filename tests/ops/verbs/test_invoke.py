"""invoke: numbers in, their mean out."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.response import StreamingBody

from tests.ops.fake_aws import FakeAws, Ops
from tests.ops.fake_page import answering

REFUSAL = {"error": {"code": "empty", "message": "nums is empty: send at least one number"}}


def function(aws: FakeAws, nums: list[float], answer: Any, name: str = "calculate_mean", **more: Any) -> None:
    if name == "calculate_mean":
        aws.deployment()
    raw = json.dumps(answer).encode()
    response = {
        "StatusCode": 200,
        "Payload": StreamingBody(io.BytesIO(raw), len(raw)),
        "ResponseMetadata": {"RequestId": "req-1"},
        **more,
    }
    payload = json.dumps({"nums": nums}).encode()
    aws.expect("lambda", "invoke", response, FunctionName=name, Payload=payload)


def test_the_function_is_called_directly(aws: FakeAws, ops: Ops) -> None:
    function(aws, [1, 2, 3], {"statusCode": 200, "body": 2.0})
    result = ops("invoke", "1", "2", "3")
    assert result.exit_code == 0
    assert result.stdout.startswith("2.0\n")
    assert result.stdout.splitlines()[1].startswith("3 numbers, ")
    assert "request req-1" in result.stdout


def test_negative_numbers_are_no_options(aws: FakeAws, ops: Ops) -> None:
    function(aws, [1, -5, 0.5, -3e4], {"statusCode": 200, "body": -7500.875})
    assert ops("invoke", "1", "-5", "0.5", "-3e4").stdout.startswith("-7500.875\n")


def test_a_printed_minus_sign_is_one(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text("\N{MINUS SIGN}5\n\N{MINUS SIGN}.5\n", encoding="utf-8")
    function(aws, [-5, -0.5], {"statusCode": 200, "body": -2.75})
    assert ops("invoke", "--file", str(file)).stdout.startswith("-2.75\n2 numbers, ")


def test_the_answer_for_scripts(aws: FakeAws, ops: Ops) -> None:
    function(aws, [1], {"statusCode": 200, "body": 1.0})
    facts = json.loads(ops("invoke", "1", "--json").stdout)
    assert (facts["mean"], facts["count"], facts["heading"], facts["requestId"]) == (1.0, 1, None, "req-1")
    assert facts["milliseconds"] >= 0


@pytest.mark.parametrize(
    ("content", "understood"),
    [
        ("value\n1\n2\n\n3\n", "3 numbers below 'value', "),
        ("1\r\n2\r\n3\r\n", "3 numbers, "),
        ("\ufeffvalue\n 1\n2 \n3", "3 numbers below 'value', "),
    ],
)
def test_numbers_from_a_file(aws: FakeAws, ops: Ops, tmp_path: Path, content: str, understood: str) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text(content, encoding="utf-8", newline="")
    function(aws, [1, 2, 3], {"statusCode": 200, "body": 2.0})
    assert ops("invoke", "--file", str(file)).stdout.startswith(f"2.0\n{understood}")


def test_a_file_in_another_encoding_is_told(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text("value\n1\n", encoding="utf-16")
    aws.deployment()
    assert ops("invoke", "--file", str(file)).stderr == f"error: {file} is no text in UTF-8: save it as CSV UTF-8\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "line 1 has 2 columns"),
        ("name,size\nx,1\n", "line 1 has 2 columns: keep one, such as with `cut -d, -f1"),
        ("value\n3,5\n", "line 2: '3,5' is not a number, such as 1, -2.5 or 3e4: write decimals with a point"),
        ('value\n"3,5"\n', "line 2: '3,5' is not a number, such as 1, -2.5 or 3e4: write decimals with a point"),
        (
            "1,000\n2,000\n",
            "line 1: '1,000' is not a number, such as 1, -2.5 or 3e4: write decimals with a point, nothing",
        ),
        ("a;b\n1,5;2,5\n", "line 2: '1,5;2,5' is not a number, such as 1, -2.5 or 3e4: keep one column, and write"),
        ("\n1O\n2\n3\n", "line 2: '1O' is not a number, such as 1, -2.5 or 3e4; a heading must begin with a letter"),
        ("nan\n2\n", "line 1: 'nan' is not a number, such as 1, -2.5 or 3e4; a heading must begin with a letter"),
        ("(1)\n2\n", "line 1: '(1)' is not a number, such as 1, -2.5 or 3e4; a heading must begin with a letter"),
        ("-\n2\n", "line 1: '-' is not a number, such as 1, -2.5 or 3e4; a heading must begin with a letter"),
        (f"value\n{'9' * 5000}\n", "line 2: '999999999999...9999999999999' is too large for a number"),
        ("3;5\n2\n", "line 1: '3;5' is not a number"),
        ("", "holds no number"),
        ("value\n", "holds no number"),
        ("1\ntwo\n3\n", "line 2: 'two' is not a number"),
        ("1\n1_000\n", "line 2: '1_000' is not a number"),
        ("1_000\n2\n", "line 1: '1_000' is not a number"),
        ("1\nnan\n", "'nan' is not a number"),
    ],
)
def test_a_file_that_is_no_column_of_numbers_is_told(
    aws: FakeAws, ops: Ops, tmp_path: Path, content: str, words: str
) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text(content)
    aws.deployment()
    result = ops("invoke", "--file", str(file))
    assert result.exit_code == 1
    assert words in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give numbers"),
        (["1", "--file", "x.csv"], "give numbers"),
        (["--file", "nowhere.csv"], "can't be read"),
        (["3,5"], "number 1: '3,5' is not a number, such as 1, -2.5 or 3e4: write decimals with a point"),
        (["1", "two"], "number 2: 'two' is not a number"),
        (["1_000"], "number 1: '1_000' is not a number"),
        (["\N{ARABIC-INDIC DIGIT THREE}"], "number 1: '\N{ARABIC-INDIC DIGIT THREE}' is not a number"),
        (["\N{FULLWIDTH DIGIT ONE}"], "number 1: '\N{FULLWIDTH DIGIT ONE}' is not a number"),
        (["1e999"], "'1e999' is too large for a number"),
        (["--fiel"], "'--fiel' is not a number"),
    ],
)
def test_what_is_no_list_of_numbers_is_told(aws: FakeAws, ops: Ops, arguments: list[str], words: str) -> None:
    aws.deployment()
    result = ops("invoke", *arguments)
    assert result.exit_code == 1
    assert words in result.stderr


def test_the_functions_refusal_is_told(aws: FakeAws, ops: Ops) -> None:
    function(aws, [1], {"statusCode": 422, "body": REFUSAL})
    result = ops("invoke", "1")
    assert result.exit_code == 1
    assert "nums is empty: send at least one number (HTTP 422, empty) (request req-1)" in result.stderr


def test_a_function_that_crashes_is_told(aws: FakeAws, ops: Ops) -> None:
    function(aws, [1], {"errorMessage": "Task timed out after 10.00 seconds"}, FunctionError="Unhandled")
    result = ops("invoke", "1")
    assert result.exit_code == 1
    assert "the function failed: Task timed out" in result.stderr
    assert "python -m ops logs function" in result.stderr


@pytest.mark.parametrize(
    ("answer", "told"),
    [({"statusCode": 200, "body": "3 in all"}, "3 in all"), ({"sum": 3}, "{'sum': 3}"), ([3], "[3]")],
)
def test_the_function_of_another_stack(aws: FakeAws, ops: Ops, answer: Any, told: str) -> None:
    """It may be called by no API, and answer what it likes."""
    aws.deployment(copy="-alice")
    aws.stack("Report-alice", {"FunctionName": "report"})
    function(aws, [1, 2], answer, name="report")
    result = ops("invoke", "--stack", "Report", "--copy", "alice", "1", "2")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, told)


def test_the_api_of_another_stack(aws: FakeAws, ops: Ops, third_stack: str) -> None:
    with answering(200, body="three") as api:
        aws.deployment()
        aws.stack(third_stack, {"ApiUrl": f"{api.url}/report"})
        result = ops("invoke", "--stack", third_stack, "--http", "3")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "three")


def test_a_stack_without_a_function_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.stack("Report", {})
    none = ops("invoke", "--stack", "Report", "1").stderr
    assert none == "error: stack Report has no output FunctionName: deploy a version of it that has one\n"
    aws.deployment()
    aws.no_stack("Reprot")
    absent = "stack Reprot is not deployed in this account and region: for another region add --region, "
    assert absent in ops("invoke", "--stack", "Reprot", "1").stderr
    aws.deployment()
    aws.stack("Report", {}, "CREATE_IN_PROGRESS")
    begun = "stack Report is CREATE_IN_PROGRESS: deploy it again, from where it is defined"
    assert begun in ops("invoke", "--stack", "Report", "1").stderr


def test_over_http(aws: FakeAws, ops: Ops) -> None:
    with answering(200, body="2.0", headers=[("apigw-requestid", "abc=")]) as api:
        aws.deployment(api=f"{api.url}/calculate_mean")
        result = ops("invoke", "--http", "1", "3")
    assert result.exit_code == 0
    assert result.stdout.startswith("2.0\n")
    assert "request abc=" in result.stdout
    assert api.asked == [("POST", "/calculate_mean", b'{"nums": [1, 3]}')]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (422, json.dumps(REFUSAL), "send at least one number (HTTP 422, empty)"),
        (429, '{"message": "Too Many Requests"}', "Too Many Requests (HTTP 429)"),
        (502, "<html>", "no reason given (HTTP 502)"),
    ],
)
def test_a_refusal_over_http_is_told(aws: FakeAws, ops: Ops, status: int, body: str, words: str) -> None:
    with answering(status, body=body) as api:
        aws.deployment(api=api.url)
        result = ops("invoke", "--http", "1")
    assert result.exit_code == 1
    assert words in result.stderr


def test_an_api_that_hangs_up_is_told(aws: FakeAws, ops: Ops) -> None:
    with answering(None) as api:
        aws.deployment(api=api.url)
        result = ops("invoke", "--http", "1")
    assert result.exit_code == 1
    assert "can't be reached" in result.stderr
