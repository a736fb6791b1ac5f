"""Runs Streamlit, and serves only who brings the edge's secret, or comes from this machine itself.

    python -P guard.py run app.py --server.port=8501     as `streamlit run` does
    python -P guard.py prove                             fail unless anybody else is refused

Streamlit serves whatever an entry file is, a script, an st.App or another ASGI app, by uvicorn: so the check stands
around what uvicorn has loaded, before every path and every WebSocket.
"""

import hashlib
import hmac
import http.client
import importlib.metadata
import importlib.util
import ipaddress
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from types import ModuleType
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# The boot, which opens every page, and whoever comes by Session Manager. An IPv6 socket spells IPv4 its own way.
HERE = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
# As loopback as the first, and nobody's: so who comes from it stands for everybody else.
ELSEWHERE = "127.0.0.2"
REFUSAL = b"This page is served by its own HTTPS address only.\n"
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


class Guard:
    """An ASGI app around another.

    :param app: as the machine itself sees it.
    :param header: in which the edge brings its secret.
    :param digests: the file of what it may be, as SHA-256: without it, nobody is served.
    :param visitors: the app as those see it who come by the edge.
    """

    def __init__(self, app: App, header: str, digests: Path, visitors: App) -> None:
        self._app, self._visitors = app, visitors
        self._header = header.lower().encode()
        self._digests = digests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket, or refuse it."""
        # The peer of the connection itself: no header has a word in that.
        if scope["type"] == "lifespan" or (scope.get("client") or [""])[0] in HERE:
            await self._app(scope, receive, send)
        elif self._is_edge(scope):
            await self._visitors(self._of_visitor(scope), receive, _by_https_alone(send))
        elif scope["type"] == "websocket":
            # Before it is accepted, that is a 403.
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(REFUSAL)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": REFUSAL})

    def _is_edge(self, scope: Scope) -> bool:
        brought = [value for name, value in scope["headers"] if name.lower() == self._header]
        if len(brought) != 1:
            return False
        digest = hashlib.sha256(brought[0]).hexdigest()
        return any(hmac.compare_digest(digest, known) for known in self._known())

    def _known(self) -> list[str]:
        # Read anew, as it changes while the server runs.
        try:
            return self._digests.read_text(encoding="utf-8").split()
        except (OSError, ValueError):
            return []

    def _of_visitor(self, scope: Scope) -> Scope:
        """Let the app see the visitor, who is the last that the edge names, and not the secret."""
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != self._header]
        scheme = "wss" if scope["type"] == "websocket" else "https"
        seen: Scope = {**scope, "headers": headers, "scheme": scheme}
        forwarded = b",".join(value for name, value in headers if name.lower() == b"x-forwarded-for")
        try:
            visitor = ipaddress.ip_address(forwarded.rpartition(b",")[2].strip().decode())
        except ValueError:
            return seen
        return {**seen, "client": (str(visitor), 0)}


def _by_https_alone(send: Send) -> Send:
    """Let a browser send cookies, and anything else, by HTTPS alone from now on: Streamlit leaves that open."""

    async def send_secured(message: MutableMapping[str, Any]) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            headers = [_secured(name, value) for name, value in message.get("headers", [])]
            message = {**message, "headers": [*headers, (b"strict-transport-security", b"max-age=31536000")]}
        await send(message)

    return send_secured


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    is_open = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if is_open else value


def run() -> None:
    """Run Streamlit's own command line, with the guard around whatever it serves."""
    # What else Streamlit would serve by, the guard would not stand before.
    version = importlib.metadata.version("streamlit")
    least = os.environ.get("SIGN_IN_STREAMLIT", os.environ["LEAST_STREAMLIT"])
    if _numbers(version) < _numbers(least):
        sys.exit(f"guard: streamlit {version} can't check who comes: let requirements.txt say streamlit>={least}")
    sign_in, stand_around = _sign_in(), _balanced()
    import uvicorn
    from streamlit.web import cli

    header, digests, load = os.environ["ORIGIN_HEADER"], Path(os.environ["ORIGIN_DIGESTS"]), uvicorn.Config.load

    def load_guarded(self: uvicorn.Config) -> None:
        load(self)
        here, visitors = sign_in(self.loaded_app)
        self.loaded_app = Guard(here, header, digests, visitors)
        stand_around(self)

    uvicorn.Config.load = load_guarded  # type: ignore[method-assign]
    cli.main(prog_name="streamlit")


def _sign_in() -> Callable[[App], tuple[App, App]]:
    """Load what visitors sign in by, where the machine has it: by a name that no app's own module has."""
    if not (place := os.environ.get("SIGN_IN")):
        return lambda app: (app, app)
    guarded: Callable[[App], tuple[App, App]] = _load("data_compute_sign_in", Path(place) / "__init__.py").guarded
    return guarded


def _balanced() -> Callable[[Any], None]:
    """Load what a machine of a fleet has beside this: it is asked first, and Streamlit is loaded after it."""
    if not (place := os.environ.get("BALANCED")):
        return lambda _: None
    balanced = _load("data_compute_balanced", Path(place))
    balanced.share_secret()
    stand_around: Callable[[Any], None] = balanced.stand_around
    return stand_around


def _load(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if not spec or not spec.loader:
        sys.exit(f"guard: {file} can't be loaded, so nobody could come")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prove() -> None:
    """Fail if the page, or its WebSocket, is served to somebody who does not come by the edge."""
    for path, headers in (("/", {}), ("/_stcore/stream", HANDSHAKE)):
        connection = http.client.HTTPConnection(
            "127.0.0.1", int(os.environ["PORT"]), timeout=60, source_address=(ELSEWHERE, 0)
        )
        connection.request("GET", path, headers=headers)
        status = connection.getresponse().status
        connection.close()
        if status != 403:
            sys.exit(f"guard: {path} answers {status} to who does not come by the edge, and should refuse")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")[:2]]


if __name__ == "__main__":
    prove() if sys.argv[1] == "prove" else run()
