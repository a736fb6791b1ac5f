"""Serves only who is signed in, whatever the app is: the page's paths, WebSocket, uploads, media and static files.

The sign-in is Cognito's, and stays there: the browser keeps its refresh token, in a cookie that no script can read and
that only this page can have written. So it outlives the machine, and ends when Cognito says so.
"""

import hmac
import json
import os
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from .answers import TROUBLE, leave, redirect, refuse
from .cookies import Cookie
from .exchanges import Exchanges
from .seen import USER_HEADERS, seen
from .sessions import Sessions
from .user_pool import Client, RefusedError, UnknownError, User
from .web_socket import serve_watched

# Cognito ends it after a day; and the time that a person may take on its pages.
SIGNED_IN, SIGNING_IN = Cookie("__Host-signed-in", 86_400), Cookie("__Host-signing-in", 900)
# Where `st.login` and `st.logout` lead, and where Cognito sends people back to.
LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
# By which Streamlit tells a browser what is on the page.
STREAM = "/_stcore/stream"
# The same of every Streamlit in the world, and kept by the edge before one machine, which brings no cookie for it; and
# the two letters ok.
PUBLIC = re.compile(r"/static/(js|css|media)/[\w.-]+|/_stcore/health")


class SignIn:
    """An ASGI app around another.

    :param file: what root has fetched of the page's client; without it, nobody is served.
    """

    def __init__(self, app: ASGIApp, file: Path, sessions: Sessions) -> None:
        self._app, self._file, self._sessions = app, file, sessions
        self._exchanges = Exchanges()
        self._logged = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket, or have its visitor sign in."""
        is_http = scope["type"] == "http"
        if is_http and scope["method"] in ("GET", "HEAD") and PUBLIC.fullmatch(scope["path"]):
            await self._app(seen(scope, None), receive, send)
            return
        try:
            client = Client.read(self._file)
            if is_http and scope["path"] == CALLBACK:
                await self._callback(client, scope, send)
                return
            token = SIGNED_IN.read(scope["headers"], client.secret)
            if is_http and scope["path"] == LOGOUT:
                # Else any page of the world, or an image in it, could sign people out.
                if scope["method"] != "GET" or (b"sec-fetch-site", b"cross-site") in scope["headers"]:
                    await refuse(scope, send, 403, "Only this page itself signs you out.")
                    return
                await self._sign_out(client, token, scope, send)
                return
            user = await self._sessions.user(client, token) if token else None
        except UnknownError as error:
            self._log(str(error))
            await refuse(scope, send, TROUBLE, "The sign-in does not answer. Try again in a minute.")
            return
        if not (token and user):
            await self._ask_to_sign_in(client, scope, send)
        elif is_http and scope["path"] == LOGIN:
            await redirect(send, "/")
        elif is_http:
            await self._app(seen(scope, user), receive, send)
        else:
            app, is_still = partial(self._app, seen(scope, user)), partial(self._user, token)
            await serve_watched(app, receive, send, is_still, leave() if scope["path"] == STREAM else None)

    async def _user(self, token: str) -> User | None:
        return await self._sessions.user(Client.read(self._file), token)

    async def _ask_to_sign_in(self, client: Client, scope: Scope, send: Send) -> None:
        accepted = b",".join(value for name, value in scope["headers"] if name.lower() == b"accept")
        if scope["type"] != "http" or scope["method"] != "GET" or b"text/html" not in accepted:
            await refuse(scope, send, 401, "Sign in first: open this page's address in a browser.")
            return
        begun = {
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "verifier": secrets.token_urlsafe(48),
        }
        kept = json.dumps({**begun, "to": _place(scope)})
        value = urlsafe_b64encode(kept.encode()).decode()
        await redirect(send, client.sign_in_address(**begun), SIGNING_IN.written(value, client.secret))

    async def _callback(self, client: Client, scope: Scope, send: Send) -> None:
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        value = SIGNING_IN.read(scope["headers"], client.secret)
        begun: dict[str, str] = json.loads(urlsafe_b64decode(value)) if value else {}
        state = asked.get("state", [""])[0]
        # Whoever did not begin here is not to end here: it may be somebody else's sign-in.
        if not begun or not hmac.compare_digest(begun["state"].encode(), state.encode()):
            await refuse(scope, send, 400, "This sign-in was not begun in this browser, or too long ago.")
            return
        try:
            if "code" not in asked:
                # Whatever is told instead, anybody may have written.
                raise RefusedError("no code was brought")
            code, verifier, nonce = asked["code"][0], begun["verifier"], begun["nonce"]
            token, user = await self._exchanges.exchange(client, code, verifier, nonce)
            self._sessions.began(token, user)
        except RefusedError as error:
            self._log(f"refused: {str(error)[:300]!r}")
            await refuse(scope, send, 403, "You are not let in by this sign-in.", SIGNING_IN.cleared())
            return
        signed_in = SIGNED_IN.written(token, client.secret)
        await redirect(send, begun["to"], signed_in, SIGNING_IN.cleared())

    def _log(self, line: str) -> None:
        """Write a line, but one a second at most: strangers can cause them without end."""
        if time.monotonic() - self._logged >= 1:
            self._logged = time.monotonic()
            print(f"sign-in: {line}", flush=True)

    async def _sign_out(self, client: Client, token: str | None, scope: Scope, send: Send) -> None:
        try:
            if token:
                await self._sessions.end(client, token)
        except UnknownError as error:
            self._log(f"a sign-out was not told: {error}")
            words = "You are signed out in this browser alone: the sign-in does not answer."
            await refuse(scope, send, TROUBLE, words, SIGNED_IN.cleared(), SIGNING_IN.cleared())
            return
        await redirect(send, client.sign_out_address(), SIGNED_IN.cleared(), SIGNING_IN.cleared())


def _place(scope: Scope) -> str:
    """Say where somebody wanted to go: on this page, whatever a path looks like."""
    path = scope.get("raw_path", b"/").decode("latin-1").partition("?")[0]
    query = scope["query_string"].decode("latin-1")
    own = re.fullmatch(r"/(?![/\\])[!-~]*", path) and path != LOGIN and len(path + query) < 1000
    return f"{path}?{query}" if own and query else path if own else "/"


def guarded(app: ASGIApp) -> tuple[ASGIApp, ASGIApp]:
    """Give an app as the machine itself sees it, and as visitors do: behind the sign-in, by the machine's settings."""
    from streamlit import config

    async def nobodys(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope if scope["type"] == "lifespan" else seen(scope, None), receive, send)

    # Read for each WebSocket, and over whatever the app's own config.toml says.
    config.set_option("server.trustedUserHeaders", {header: key for key, header in USER_HEADERS.items()})
    domains = frozenset(os.environ.get("SIGN_IN_DOMAINS", "").split())
    return nobodys, SignIn(app, Path(os.environ["SIGN_IN_CLIENT"]), Sessions(domains))
