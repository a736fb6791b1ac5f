"""``invoke``: the mean of some numbers, from the function itself or over HTTP."""

import csv
import http.client
import json
import math
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.answers.errors import OpsError
from ops.answers.spelling import ops
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.verb import verb

Numbers = Annotated[list[str] | None, typer.Argument(metavar="NUMBERS", help="Such as 1 2.5 -3e4.", show_default=False)]
File = Annotated[Path | None, typer.Option("--file", metavar="FILE", help="A CSV file with one column of numbers.")]
Http = Annotated[bool, typer.Option("--http", help="Call the API instead of the function itself.")]

# As long as a function behind an API may take.
TIMEOUT_SECONDS = 35


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    request_id: str
    milliseconds: float


@verb
def invoke(here: Here, numbers: Numbers = None, file: File = None, http: Http = False) -> None:
    """Ask the function for the mean of numbers.

    Prints the mean, the latency and the request's id.
    """
    deployment = read_deployment(here)
    payload = {"nums": _numbers(numbers or [], file)}
    answer = _call_api(deployment.api_url, payload) if http else _call_function(here, deployment.function, payload)
    if answer.status != 200:
        raise OpsError(f"{_refusal(answer)} (request {answer.request_id})")
    here.answer(
        {"mean": answer.body, "milliseconds": round(answer.milliseconds, 1), "requestId": answer.request_id},
        f"{answer.body}\n{answer.milliseconds:.0f} ms, request {answer.request_id}",
    )


def _numbers(typed: list[str], file: Path | None) -> list[float]:
    if bool(typed) == bool(file):
        raise OpsError("give numbers (`invoke 1 2 3`) or a file of them (`invoke --file numbers.csv`)")
    if not file:
        return [_number(text, f"number {position}") for position, text in enumerate(typed, 1)]
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [row for row in csv.reader(lines) if any(map(str.strip, row))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise OpsError(f"{file} can't be read as a CSV file: {error}") from None
    return _column(rows, file)


def _column(rows: list[list[str]], file: Path) -> list[float]:
    widest = max(map(len, rows), default=0)
    if widest > 1:
        raise OpsError(f"{file} has {widest} columns: keep one, such as with `cut -d, -f1 {file}`")
    values = [row[0].strip() for row in rows]
    if values and not _is_number(values[0]):
        values = values[1:]  # a heading
    if not values:
        raise OpsError(f"{file} holds no number: one number a line, a heading is fine")
    return [_number(text, f"{file}, number {position}") for position, text in enumerate(values, 1)]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str, where: str) -> float:
    if not _is_number(text):
        raise OpsError(f"{where}: {text!r} is not a number, such as 1, -2.5 or 3e4")
    try:
        return int(text)
    except ValueError:
        return float(text)


def _call_function(here: Here, name: str, payload: dict[str, Any]) -> Answer:
    started = time.perf_counter()
    response = here.aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload).encode())
    content = json.loads(response["Payload"].read())
    milliseconds = (time.perf_counter() - started) * 1000
    request_id = response["ResponseMetadata"].get("RequestId", "unknown")
    if response.get("FunctionError"):
        said = content.get("errorMessage", content) if isinstance(content, dict) else content
        logs = ops("logs function", here.copy)
        raise OpsError(f"the function failed: {said} (request {request_id}); `{logs}` says more")
    return Answer(content["statusCode"], content["body"], request_id, milliseconds)


def _call_api(url: str, payload: dict[str, Any]) -> Answer:
    body = json.dumps(payload).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - the stack's output
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            status, headers, content = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, headers, content = error.code, error.headers, error.read()
    except (OSError, http.client.HTTPException) as error:
        raise OpsError(f"the API {url} can't be reached ({getattr(error, 'reason', error)})") from None
    milliseconds = (time.perf_counter() - started) * 1000
    try:
        parsed = json.loads(content)
    except ValueError:
        parsed = None
    return Answer(status, parsed, headers.get("apigw-requestid", "unknown"), milliseconds)


def _refusal(answer: Answer) -> str:
    """Give the function's own words, or those of the API Gateway in front of it."""
    body = answer.body if isinstance(answer.body, dict) else {}
    error = body.get("error")
    if isinstance(error, dict) and "message" in error:
        return f"{error['message']} (HTTP {answer.status}, {error.get('code', 'no code')})"
    return f"the API refused: {body.get('message', 'no reason given')} (HTTP {answer.status})"
