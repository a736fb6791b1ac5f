"""Runs Streamlit behind a load balancer, beside others of its kind.

    python -P balanced.py run app.py --server.port=8501     as `streamlit run` does

Where a front's guard runs the server, it loads this, and lets it stand around itself.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send

# The balancer keeps idle connections for a minute: were the server to end one first, a request could meet its end.
KEEP_ALIVE_SECONDS = 75
HEALTH_PATH = "/_stcore/health"
# The boot, which opens every page, and whoever comes by Session Manager. An IPv6 socket spells IPv4 its own way.
HERE = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


class Balanced:
    """An ASGI app around another, which sees each request as if there were no balancer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket."""
        await self._app(scope if scope["type"] == "lifespan" else _unbalanced(scope), receive, send)


def _unbalanced(scope: Scope) -> Scope:
    """Take out what the balancer has added: the last address, which is that of who has come to it."""
    if (scope.get("client") or [""])[0] in HERE:
        return scope
    named = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
    before, _, last = b",".join(named).rpartition(b",")
    if not named:
        # It names somebody in all that it passes on: this is its own question, whether the machine is well.
        own = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == HEALTH_PATH
        return {**scope, "client": (HERE[0], 0)} if own else scope
    try:
        visitor = ipaddress.ip_address(last.strip().decode())
    except ValueError:
        return scope
    # Nobody comes to a balancer from the machine itself, whatever is said.
    if visitor.is_loopback or (isinstance(visitor, ipaddress.IPv6Address) and visitor.ipv4_mapped):
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"x-forwarded-for"]
    headers += [(b"x-forwarded-for", before.strip())] if before.strip() else []
    return {**scope, "headers": headers, "client": (str(visitor), 0)}


def share_secret() -> None:
    """Let Streamlit sign cookies as the other machines do; before it is loaded."""
    file = Path(os.environ["SHARED_SECRET_FILE"])
    try:
        os.environ["STREAMLIT_SERVER_COOKIE_SECRET"] = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        sys.exit(f"fleet: the secret that its machines share is not there yet: {error}")


def stand_around(config: uvicorn.Config) -> None:
    """Stand around what uvicorn has loaded."""
    config.timeout_keep_alive = KEEP_ALIVE_SECONDS
    config.loaded_app = Balanced(config.loaded_app)


def run() -> None:
    """Run Streamlit's own command line behind the balancer."""
    share_secret()
    import uvicorn
    from streamlit.web import cli

    load = uvicorn.Config.load

    def load_balanced(self: uvicorn.Config) -> None:
        load(self)
        stand_around(self)

    uvicorn.Config.load = load_balanced  # type: ignore[method-assign]
    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    run()
