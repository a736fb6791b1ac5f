"""The client of the calculate_mean API: numbers in, their mean out, or one sentence that says why not."""

from __future__ import annotations

import http.client
import json
import math
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from number_text import Number
from wording import plain, quoted

URL_VARIABLE = "CALCULATE_MEAN_URL"
# What the API accepts, checked here too: the person hears it before a megabyte travels.
MOST_NUMBERS = 100_000
MOST_BYTES = 1_000_000
_TIMEOUT_S = 10.0
_LONGEST_ANSWER = 65_536

_WORDS_FOR_STATUS = {
    401: "The API wants to know who calls, and this page has no credentials for it.",
    403: "The API does not let this page in. Allow it to call the API, or open the route.",
    404: f"There is no API at this address. Check that {URL_VARIABLE} ends in /calculate_mean.",
    405: f"This address does not take a POST. Check that {URL_VARIABLE} ends in /calculate_mean.",
    413: "The request is too large for the API. Send fewer numbers.",
    429: "The API is busy: too many requests at once. Wait a few seconds and try again.",
    500: "The API failed on its side. Its log says why.",
    502: "The API's function did not give a proper answer. Its log says why.",
    503: "The API is not available just now. Wait a few seconds and try again.",
    504: "The API's function did not finish in time. Send fewer numbers or try again.",
}


class MeanApiError(Exception):
    """No mean came back; the message tells a person why and what to do."""


@dataclass(frozen=True)
class Answer:
    """The API's answer: the mean, of how many numbers, and how long the request took."""

    mean: float
    count: int
    milliseconds: float


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as the answer it is: following it would turn our POST into a GET."""

    def redirect_request(self, *_: object) -> None:
        return None


def configured_url(environment: Mapping[str, str]) -> str | None:
    """Return the API's URL, or None when nobody has set it."""
    return environment.get(URL_VARIABLE, "").strip() or None


def ask_for_mean(numbers: Sequence[Number], url: str, timeout_s: float = _TIMEOUT_S) -> Answer:
    """POST the numbers to the API and return its answer; raise MeanApiError when there is none."""
    if len(numbers) > MOST_NUMBERS:
        raise MeanApiError(
            f"These are {len(numbers):,} numbers, and the API takes at most {MOST_NUMBERS:,}. Send fewer."
        )
    body = json.dumps({"nums": list(numbers)}, separators=(",", ":")).encode()
    if len(body) > MOST_BYTES:
        raise MeanApiError(
            f"These numbers make a request of {len(body) / 1e6:.2f} MB, and the API takes at most "
            f"{MOST_BYTES / 1e6:.0f} MB. Send fewer numbers, or numbers with fewer digits."
        )
    started = time.perf_counter()
    answer = _post(url, body, timeout_s)
    milliseconds = (time.perf_counter() - started) * 1000
    return Answer(_mean_in(answer), len(numbers), milliseconds)


def _post(url: str, body: bytes, timeout_s: float) -> bytes:
    host = _host_of(url)
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 (checked)
        with opener.open(request, timeout=timeout_s) as response:
            answer = bytes(response.read(_LONGEST_ANSWER))
            if response.length and len(answer) < _LONGEST_ANSWER:  # a bounded read does not say so itself
                raise http.client.IncompleteRead(answer, response.length)
            return answer
    except urllib.error.HTTPError as error:
        with error:
            raise MeanApiError(_refusal(error.code, _body_of(error))) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise MeanApiError(_why_unreachable(reason, url, host, timeout_s)) from None


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise MeanApiError(_not_a_url(url)) from None
    if parts.scheme not in {"http", "https"}:
        raise MeanApiError(f"{URL_VARIABLE} is {quoted(url)}. It must start with http:// or https://.")
    if not parts.hostname:
        raise MeanApiError(_not_a_url(url))
    return quoted(parts.netloc.rpartition("@")[2])


def _not_a_url(url: str) -> str:
    return f"{URL_VARIABLE} is {quoted(url)}, which is not a proper URL."


def _body_of(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read(_LONGEST_ANSWER)
    except (OSError, http.client.HTTPException):
        return b""  # the status alone must do


def _refusal(status: int, body: bytes) -> str:
    answer = _json_or_none(body)
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        return f"{plain(error['message'])} (HTTP {status}, {quoted(error.get('code', 'no code'))})"
    words = _WORDS_FOR_STATUS.get(status, "The API did not answer with a mean.")
    # API Gateway's own errors come as {"message": …}: its function was never asked.
    said = answer.get("message") if isinstance(answer, dict) else None
    return f"{words} (HTTP {status}" + (f", {quoted(said)})" if isinstance(said, str) else ")")


def _why_unreachable(reason: object, url: str, host: str, timeout_s: float) -> str:
    match reason:
        case TimeoutError():
            return f"The API at {host} did not answer within {timeout_s:g} seconds. Try again."
        case socket.gaierror():
            return f"There is no machine called {host}. Check {URL_VARIABLE} and the network."
        case ConnectionRefusedError():
            return f"Nobody answers at {host}. Is the API running, and is {URL_VARIABLE} right?"
        case ssl.SSLError():  # ahead of ValueError, which a failed certificate check also is
            return f"The connection to {host} is not trusted: its certificate does not check out."
        case http.client.InvalidURL() | ValueError():
            return _not_a_url(url)
        case ConnectionError() | http.client.HTTPException():
            return f"The API at {host} broke the connection off. Try again."
    return f"The API at {host} can't be reached from here. Check the network."


def _mean_in(body: bytes) -> float:
    answer = _json_or_none(body)
    if isinstance(answer, bool) or not isinstance(answer, int | float) or not math.isfinite(answer):
        raise MeanApiError(f"The address answered, but not with a number. Does {URL_VARIABLE} point to the API?")
    return float(answer)


def _json_or_none(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
