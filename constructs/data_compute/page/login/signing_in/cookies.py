"""Cookies that only this page can have written."""

import hashlib
from collections.abc import Sequence

from itsdangerous import BadSignature, TimestampSigner

# Browsers take a cookie of such a name from this very host by HTTPS alone, and no script can read it.
ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"
Headers = Sequence[tuple[bytes, bytes]]


class Cookie:
    """One cookie, whose value is sealed for it alone, with the time: who copies it keeps no Max-Age.

    :param name: begins with ``__Host-``.
    :param seconds: how long it is good.
    """

    def __init__(self, name: str, seconds: int) -> None:
        self.name, self._seconds = name, seconds

    def written(self, value: str, secret: str) -> bytes:
        """Give the header that sets it."""
        sealed = self._signer(secret).sign(value).decode()
        return f"{self.name}={sealed}; {ATTRIBUTES}; Max-Age={self._seconds}".encode()

    def cleared(self) -> bytes:
        """Give the header that takes it away."""
        return f"{self.name}=; {ATTRIBUTES}; Max-Age=0".encode()

    def read(self, headers: Headers, secret: str) -> str | None:
        """Give its value, if it is there once, as it was written, and not too long ago."""
        found = [text for name, text in cookies(headers) if name == self.name]
        if len(found) != 1:
            return None
        try:
            return self._signer(secret).unsign(found[0], max_age=self._seconds).decode()
        except BadSignature:
            return None

    def _signer(self, secret: str) -> TimestampSigner:
        return TimestampSigner(secret, salt=self.name, digest_method=hashlib.sha256)


def cookies(headers: Headers) -> list[tuple[str, str]]:
    """Take a request's cookies apart."""
    parts = [
        part for name, value in headers if name.lower() == b"cookie" for part in value.decode("latin-1").split(";")
    ]
    pairs = [part.strip().partition("=") for part in parts if part.strip()]
    return [(name, value) for name, _, value in pairs]
