"""Cookies that only this page can have written."""

import hashlib
import hmac
import time
from collections.abc import Sequence

# Browsers take a cookie of such a name from this very host by HTTPS alone, and no script can read it.
ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"
Headers = Sequence[tuple[bytes, bytes]]


class Cookie:
    """One cookie, whose value is sealed for it alone.

    :param name: begins with ``__Host-``.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def written(self, value: str, secret: str, seconds: int) -> bytes:
        """Give the header that sets it."""
        # Who copies it keeps no Max-Age: so it says itself how long it is good.
        kept = f"{value}.{time.time() + seconds:.0f}"
        return f"{self.name}={kept}.{self._seal(kept, secret)}; {ATTRIBUTES}; Max-Age={seconds}".encode()

    def cleared(self) -> bytes:
        """Give the header that takes it away."""
        return f"{self.name}=; {ATTRIBUTES}; Max-Age=0".encode()

    def read(self, headers: Headers, secret: str) -> str | None:
        """Give its value, if it is there once, as it was written, and not too long ago."""
        found = [text for name, text in cookies(headers) if name == self.name]
        if len(found) != 1:
            return None
        kept, _, seal = found[0].rpartition(".")
        if not hmac.compare_digest(seal.encode(), self._seal(kept, secret).encode()):
            return None
        value, _, until = kept.rpartition(".")
        return value if time.time() < int(until) else None

    def _seal(self, kept: str, secret: str) -> str:
        return hmac.new(secret.encode(), f"{self.name}={kept}".encode(), hashlib.sha256).hexdigest()


def cookies(headers: Headers) -> list[tuple[str, str]]:
    """Take a request's cookies apart."""
    parts = [
        part for name, value in headers if name.lower() == b"cookie" for part in value.decode("latin-1").split(";")
    ]
    pairs = [part.strip().partition("=") for part in parts if part.strip()]
    return [(name, value) for name, _, value in pairs]
