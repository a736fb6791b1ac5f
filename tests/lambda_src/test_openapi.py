"""The API's description against the code: every example is sent to the handler, every code and limit is compared."""

import ast
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from handler import METHODS
from jsonschema import Draft202012Validator
from numbers_given import MOST_BODY_BYTES, MOST_NUMBERS, MOST_QUERY_BYTES
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.lambda_src.events import ask, http_api_2

ROOT = Path(__file__).parents[2]
SPEC: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
OPERATIONS: dict[str, dict[str, Any]] = SPEC["paths"]["/calculate_mean"]

# The requests that an example in YAML cannot hold, as it is a JSON value: (method, name) -> query or body.
UNWRITABLE: dict[tuple[str, str], Any] = {
    ("get", "missing"): "",
    ("get", "invalid_encoding"): "nums=%FF",
    ("get", "query_too_long"): "nums=" + "1" * 8188,
    ("post", "invalid_json"): b"[1, 2",
    ("post", "invalid_encoding"): b"\xff",
    ("post", "duplicate_key"): b'{"nums": [1], "nums": [2]}',
    ("post", "body_too_large"): b"1" * 1_000_001,
    ("post", "too_many_numbers"): b"[" + b"1," * 100_000 + b"1]",
    ("post", "not_finite"): b"[1, 1e400]",
}


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the description."""
    if "$ref" not in node:
        return node
    found: Any = SPEC
    for key in node["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    return dict(found)


def requests() -> dict[tuple[str, str], Any]:
    """Return the query or body of each example of a request."""
    [parameter] = OPERATIONS["get"]["parameters"]
    queries = {name: ",".join(map(str, example["value"])) for name, example in parameter["examples"].items()}
    bodies = OPERATIONS["post"]["requestBody"]["content"]["application/json"]["examples"]
    return {
        **{("get", name): f"nums={quote(query)}" for name, query in queries.items()},
        **{("post", name): json.dumps(example["value"]).encode() for name, example in bodies.items()},
    }


def answers() -> dict[tuple[str, str], tuple[int, Any, dict[str, Any]]]:
    """Return status, content and schema of each example of the function's own answers."""
    return {
        (method, name): (int(status), resolved(example)["value"], media["schema"])
        for method, operation in OPERATIONS.items()
        for status, response in operation["responses"].items()
        for media in [resolved(response)["content"]["application/json"]]
        for name, example in media.get("examples", {}).items()
    }


def codes_in_the_code() -> set[tuple[int, str]]:
    """Return status and code of every refusal that the function's modules raise."""
    calls = [
        node
        for module in (ROOT / "lambda_src" / "calculate_mean").glob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal"
    ]
    return {(ast.literal_eval(call.args[0]), ast.literal_eval(call.args[1])) for call in calls}


def assert_fits(content: object, schema: dict[str, Any]) -> None:
    Draft202012Validator({**schema, "components": SPEC["components"]}).validate(content)


def test_the_description_is_valid() -> None:
    OpenAPIV31SpecValidator(SPEC).validate()


def test_each_request_has_an_answer_and_each_answer_a_request() -> None:
    assert not requests().keys() & UNWRITABLE.keys()
    assert requests().keys() | UNWRITABLE.keys() == answers().keys()


@pytest.mark.parametrize(("method", "name"), answers())
def test_each_request_is_answered_as_described(method: str, name: str) -> None:
    sent = (requests() | UNWRITABLE)[method, name]
    query, body = (sent, None) if method == "get" else ("", sent)
    answer = ask(http_api_2(method.upper(), query, body, method == "post"))
    status, content, schema = answers()[method, name]
    assert (answer.status, answer.content) == (status, content)
    assert_fits(answer.content, schema)


@pytest.mark.parametrize(
    ("event", "name", "status"),
    [(http_api_2("PUT", "", b"[1]", False), "MethodNotAllowed", 405), ({"Records": []}, "BadEvent", 400)],
)
def test_what_only_other_callers_get_is_answered_as_described(event: object, name: str, status: int) -> None:
    media = SPEC["components"]["responses"][name]["content"]["application/json"]
    answer = ask(event)
    assert (answer.status, answer.content) == (status, media["example"])
    assert_fits(answer.content, media["schema"])


def test_api_gateway_refuses_what_no_event_holds_in_words_of_its_own() -> None:
    media = OPERATIONS["post"]["responses"]["413"]["content"]["application/json"]
    assert_fits({"message": "Request Entity Too Large"}, media["schema"])


def test_the_codes_are_those_of_the_code() -> None:
    described = {(status, content["error"]["code"]) for status, content, _ in answers().values() if status != 200}
    assert described | {(405, "method_not_allowed"), (400, "bad_event")} == codes_in_the_code()
    listed = SPEC["components"]["schemas"]["Refusal"]["properties"]["error"]["properties"]["code"]["enum"]
    assert listed == sorted({code for _, code in codes_in_the_code()})


def test_the_limits_are_those_of_the_code() -> None:
    limits = {"numbers": MOST_NUMBERS, "body-bytes": MOST_BODY_BYTES, "query-bytes": MOST_QUERY_BYTES}
    assert SPEC["x-limits"] == limits
    assert SPEC["components"]["schemas"]["Numbers"]["maxItems"] == MOST_NUMBERS
    for limit in limits.values():
        assert f"{limit:,}" in SPEC["info"]["description"]


def test_the_methods_are_those_of_the_code() -> None:
    assert ", ".join(method.upper() for method in OPERATIONS) == METHODS
    assert SPEC["components"]["responses"]["MethodNotAllowed"]["headers"]["Allow"]["schema"]["const"] == METHODS


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Mean", "2.0"),
        ("Refusal", {"error": {"code": "other", "message": "m"}}),
        ("Refusal", {"error": {"code": "empty"}}),
        ("Refusal", {"error": {"code": "empty", "message": "m" * 300}}),
        ("Numbers", []),
        ("Numbers", ["1"]),
    ],
)
def test_the_schemas_refuse_what_is_wrong(name: str, wrong: object) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": SPEC["components"]}
    assert not Draft202012Validator(schema).is_valid(wrong)
