"""``invoke``: the mean of some numbers, from the function itself or over HTTP."""

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.answers.errors import OpsError
from ops.answers.options import OfStack
from ops.answers.spelling import ops
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.numbers import Numbers, numbers_in_file, numbers_typed
from ops.verb import verb
from stacks import outputs
from stacks.registry import MEAN

Typed = Annotated[list[str] | None, typer.Argument(metavar="NUMBERS", help="Such as 1 2.5 -3e4.", show_default=False)]
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
def invoke(here: Here, numbers: Typed = None, file: File = None, http: Http = False, stack: OfStack = None) -> None:
    """Ask the function for the mean of numbers.

    Prints the mean, how many numbers it is of, the latency and the request's id. Where the first line of a file is
    no number, it is the heading, and printed too.
    """
    found = read_deployment(here, stack).stack(stack or MEAN)
    given = _read(numbers or [], file)
    payload = {"nums": given.values}
    if http:
        answer = _call_api(found.output(outputs.API_URL), payload)
    else:
        answer = _call_function(here, found.output(outputs.FUNCTION), payload)
    if answer.status != 200:
        raise OpsError(f"{_refusal(answer)} (request {answer.request_id})")
    here.answer(
        {
            "mean": answer.body,
            "count": len(given.values),
            "heading": given.heading,
            "milliseconds": round(answer.milliseconds, 1),
            "requestId": answer.request_id,
        },
        f"{answer.body}\n{given.words}, {answer.milliseconds:.0f} ms, request {answer.request_id}",
    )


def _read(typed: list[str], file: Path | None) -> Numbers:
    if bool(typed) == bool(file):
        raise OpsError("give numbers (`invoke 1 2 3`) or a file of them (`invoke --file numbers.csv`)")
    return numbers_in_file(file) if file else numbers_typed(typed)


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
    # A function that no API calls answers whatever it likes.
    of_api = isinstance(content, dict) and "statusCode" in content
    status, body = (content["statusCode"], content.get("body")) if of_api else (200, content)
    return Answer(status, body, request_id, milliseconds)


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
        parsed = content.decode(errors="replace")
    return Answer(status, parsed, headers.get("apigw-requestid", "unknown"), milliseconds)


def _refusal(answer: Answer) -> str:
    """Give the function's own words, or those of the API Gateway in front of it."""
    body = answer.body if isinstance(answer.body, dict) else {}
    error = body.get("error")
    if isinstance(error, dict) and "message" in error:
        return f"{error['message']} (HTTP {answer.status}, {error.get('code', 'no code')})"
    return f"the API refused: {body.get('message', 'no reason given')} (HTTP {answer.status})"
