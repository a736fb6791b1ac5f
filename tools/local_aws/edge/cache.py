"""What an edge keeps, and for how long."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What CloudFront keeps an error for that says nothing of it, if the distribution says nothing either.
ERROR_SECONDS = 10.0
KEPT_ERRORS = (404, 414, 500, 501, 502, 503, 504)
# Of one object; all of a page's together are some megabytes.
MOST_BYTES = 10_000_000

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Kept:
    """An answer as the origin gave it."""

    status: int
    headers: Mapping[str, Any]
    body: bytes
    until: float


@dataclass
class Cache:
    """All that one edge keeps."""

    _kept: dict[Key, Kept] = field(default_factory=dict)

    def find(self, key: Key) -> Kept | None:
        """Find an answer that is still good."""
        found = self._kept.get(key)
        return found if found and found.until > time.monotonic() else None

    def keep(self, key: Key, status: int, headers: Mapping[str, Any], body: bytes, seconds: float) -> None:
        """Keep an answer for a while."""
        if seconds > 0 and len(body) <= MOST_BYTES:
            self._kept[key] = Kept(status, headers, body, time.monotonic() + seconds)


def lifetime(policy: Mapping[str, Any], status: int, headers: Mapping[str, Any]) -> float:
    """Tell how many seconds a good answer may be kept: by its own words, within what the cache policy lets it say."""
    shortest, usual, longest = (float(policy.get(name) or 0) for name in ("MinTTL", "DefaultTTL", "MaxTTL"))
    if longest == 0 or status not in (200, 203, 300, 301, 308, 410) or "set-cookie" in headers:
        return 0
    said = str(headers.get("cache-control", "")).lower()
    if re.search(r"\b(no-store|no-cache|private)\b", said):
        return shortest
    age = re.search(r"\bs-maxage=(\d+)", said) or re.search(r"\bmax-age=(\d+)", said)
    return min(max(float(age[1]) if age else usual, shortest), longest)


def key(policy: Mapping[str, Any], path: str, query: str, headers: Mapping[str, Any]) -> Key:
    """Tell which requests get the same answer, by the cache policy."""
    told = policy.get("Parameters") or {}
    kinds = (
        told.get("HeaderBehavior", "none"),
        told.get("QueryStringBehavior", "none"),
        told.get("CookieBehavior", "none"),
    )
    named = [name.lower() for name in told.get("Headers") or []] if kinds[0] == "whitelist" else []
    encoding = accepted(policy, headers)
    cookies = headers.get("cookie") if kinds[2] != "none" else None
    return path, query if kinds[1] != "none" else "", tuple(str(headers.get(name)) for name in named), encoding, cookies


def accepted(policy: Mapping[str, Any], headers: Mapping[str, Any]) -> str:
    """Bring what a viewer says of compression into the one form in which an origin is asked."""
    told = policy.get("Parameters") or {}
    wanted = str(headers.get("accept-encoding", "")).lower()
    forms = (("br", "EnableAcceptEncodingBrotli"), ("gzip", "EnableAcceptEncodingGzip"))
    return ",".join(form for form, setting in forms if told.get(setting) and form in wanted)
