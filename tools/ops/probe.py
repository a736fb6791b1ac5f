"""Asking the page and the API how they are, as a browser would."""

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5.0
# Streamlit's own; a 200 means that the app's script ran to its end.
PAGE_HEALTH = "/_stcore/script-health-check"


@dataclass(frozen=True)
class Health:
    """What asking has shown."""

    ok: bool
    # Somebody answered, be it with an error.
    answered: bool
    words: str
    milliseconds: float


def ask_page(url: str, timeout: float = TIMEOUT_SECONDS) -> Health:
    """Ask the page whether its script runs."""
    return _judge(url.rstrip("/") + PAGE_HEALTH, timeout, failing="the app's script fails")


def ask_api(url: str, timeout: float = TIMEOUT_SECONDS) -> Health:
    """Ask the API for a mean that everybody knows."""
    return _judge(f"{url}?nums=1,2,3", timeout, failing="it answers with an error", expected=2.0)


def _judge(url: str, timeout: float, *, failing: str, expected: float | None = None) -> Health:
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310 - the stack's own output
            body = answer.read(10_000)
        ok, answered, words = True, True, "answers"
        if expected is not None and _number(body) != expected:
            ok, words = False, f"it says that the mean of 1, 2 and 3 is {body[:40].decode('utf-8', 'replace')!r}"
    except urllib.error.HTTPError as error:
        error.close()
        ok, answered, words = False, True, f"{failing} (HTTP {error.code})"
    except (OSError, ValueError, http.client.HTTPException) as error:
        ok, answered, words = False, False, _silence(error, timeout)
    return Health(ok, answered, words, (time.perf_counter() - started) * 1000)


def _number(body: bytes) -> float | None:
    try:
        value = json.loads(body)
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
    """Whether nobody answers at the page's address; asks without running the app's script."""
    return not _judge(url.rstrip("/") + "/_stcore/health", timeout, failing="").answered
