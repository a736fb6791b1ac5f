"""Asking the page and the API how they are, as a browser would."""

import http.client
import json
import os
import ssl
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from ops.answers.embedded import is_loopback

# Names the file of who signs what an embedded AWS serves: for this laptop's own addresses, and for no other.
AUTHORITY = "DATA_COMPUTE_AUTHORITY"
TIMEOUT_SECONDS = 5.0
# Streamlit's own. Whether the app runs, the boot has proven; this runs nothing of it.
PAGE_HEALTH = "/_stcore/health"
# What the edge of an HTTPS address says in the page's place: you are not let in, or nobody is behind it.
BY_THE_EDGE = (403, 503)
KNOWN_MEAN = "?nums=1,2,3"
ENOUGH_BYTES = 10_000
# What CloudFront answers where nobody answers it.
NOBODY_BEHIND = (502, 503, 504)


@dataclass(frozen=True)
class Answer:
    """What came back; a status of 0 says that nobody answered, and the text why."""

    status: int
    text: str
    milliseconds: float


@dataclass(frozen=True)
class Health:
    """What asking has shown."""

    ok: bool
    # Somebody answered, be it with an error.
    answered: bool
    words: str
    milliseconds: float


def ask(url: str, timeout: float = TIMEOUT_SECONDS) -> Answer:
    """Ask whoever listens at an address."""
    started = time.perf_counter()
    try:
        status, text = _get(url, timeout)
    except (OSError, ValueError, http.client.HTTPException) as error:
        status, text = 0, _silence(error, timeout)
    return Answer(status, text, (time.perf_counter() - started) * 1000)


def ask_page(url: str, timeout: float = TIMEOUT_SECONDS) -> Health:
    """Ask the page whether it is there."""
    return _judge(ask(url.rstrip("/") + PAGE_HEALTH, timeout))


def ask_api(url: str, timeout: float = TIMEOUT_SECONDS) -> Health:
    """Ask the API for a mean that everybody knows."""
    return _judge(ask(url + KNOWN_MEAN, timeout), expected=2.0)


def _get(url: str, timeout: float) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=timeout, context=_trust(url)) as answer:  # noqa: S310 - as deployed
            return answer.status, answer.read(ENOUGH_BYTES).decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            if error.code in NOBODY_BEHIND and error.headers.get("X-Cache") == "Error from cloudfront":
                # What it says instead is for visitors.
                raise ConnectionError("its edge is there, and the machine behind it is not") from None
            return error.code, error.read(ENOUGH_BYTES).decode(errors="replace")


def _trust(url: str) -> ssl.SSLContext | None:
    authority = os.environ.get(AUTHORITY)
    if not (authority and url.startswith("https:") and is_loopback(host_and_port(url)[0])):
        return None
    context = ssl.create_default_context()
    # There is none before the first edge.
    with suppress(FileNotFoundError):
        context.load_verify_locations(authority)
    return context


def _judge(answer: Answer, *, expected: float | None = None) -> Health:
    ok, words = False, answer.text
    if answer.status >= 400:
        words = f"it answers with an error (HTTP {answer.status})"
    elif answer.status and expected is not None and _number(answer.text) != expected:
        words = f"it says that the mean of 1, 2 and 3 is {answer.text[:40]!r}"
    elif answer.status:
        ok, words = True, "answers"
    return Health(ok, bool(answer.status), words, answer.milliseconds)


def _number(text: str) -> float | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, int | float) else None


def _silence(error: Exception, timeout: float) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"no answer within {timeout:g} s"
    if isinstance(reason, ConnectionRefusedError):
        return "nothing listens there"
    return f"no answer ({reason})"


def host_and_port(url: str) -> tuple[str, int]:
    """Take a URL's host and port apart."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def page_is_silent(url: str, timeout: float = 1.0) -> bool:
    """Whether nobody answers at the page's address, or only the edge before it."""
    status = ask(url.rstrip("/") + PAGE_HEALTH, timeout).status
    return not status or (url.startswith("https:") and status in BY_THE_EDGE)
