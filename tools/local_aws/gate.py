"""Who may speak to the embedded AWS: the person's own programs, and web pages to the deployed APIs alone.

MiniStack answers every host name, every web page and every key, and the functions that it runs are the person's own
processes. So whoever reaches it could run code as the person.
"""

import re
from typing import Any

from local_aws.peer import is_ours

# What MiniStack's router takes to a deployed API whatever else the request says, if the host is not an AWS service's.
# Without the second slash it would look at the headers, and @connections is AWS's own API to an API's visitors.
API_PATH = re.compile(r"/_aws/execute-api/[^/]+/(?![^/]*/@connections/)")
# A user pool's own pages, to which a browser goes from the page that people sign in to. Their form is theirs alone.
LOGIN_PAGES, LOGIN_FORM = ("/oauth2/authorize", "/logout"), "/login"
PLAIN_HOSTS = ("127.0.0.1", "localhost")
# Buckets may be addressed by name. Nobody can own a name under localhost and let it lead elsewhere.
HOST = re.compile(r"(127\.0\.0\.1|([a-z0-9_-]+\.)*localhost):([0-9]+)")


def guarded(app: Any, port: int) -> Any:
    """Let an ASGI application on loopback see only the requests that may be made."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        told = None if scope["type"] == "lifespan" else refusal(scope, port)
        if told is None:
            await app(scope, receive, send)
            return
        kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
        await send({"type": f"{kind}.start", "status": 403, "headers": headers})
        await send({"type": f"{kind}.body", "body": f"{told}\n".encode()})

    return wrapped


def refusal(scope: Any, port: int) -> str | None:
    """Say why a request is refused, or None for one that may pass."""
    hosts = _values(scope, b"host")
    host = HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
    if not host or host[3] != str(port):
        # DNS rebinding: a page's own name that suddenly leads to this laptop.
        return f"the embedded AWS does not go by the name {', '.join(hosts)!r}: call it http://127.0.0.1:{port}"
    page = _page(scope)
    may_be_asked = scope["type"] == "http" and host[1] in PLAIN_HOSTS
    if page and not (may_be_asked and (API_PATH.match(scope["path"]) or _signs_in(scope))):
        return (
            f"the embedded AWS is not for web pages, and this one is {page}: "
            f"pages may call deployed APIs only, at http://127.0.0.1:{port}/_aws/execute-api/<id>/"
        )
    if not is_ours(tuple(scope["client"]), tuple(scope["server"])):
        return "the embedded AWS is another user's: run your own, or call it as the user who ran `make up`"
    return None


def _signs_in(scope: Any) -> bool:
    """Whether a browser itself, and no page's script, opens a login page, or sends the form that is on one."""
    itself = (_values(scope, b"sec-fetch-mode"), _values(scope, b"sec-fetch-dest")) == (["navigate"], ["document"])
    method = scope.get("method")
    if method == "GET":
        return itself and scope["path"] in LOGIN_PAGES and not _values(scope, b"origin")
    ours = [f"http://{host}" for host in _values(scope, b"host")]
    return method == "POST" and itself and scope["path"] == LOGIN_FORM and _values(scope, b"origin") == ours


def _page(scope: Any) -> str | None:
    """Name the web page that a browser makes the request for, unless it is one of the embedded AWS itself."""
    if origins := _values(scope, b"origin"):
        return f"of {origins[0]}"
    # What browsers say of images, scripts, links and forms, which carry no Origin.
    sites = set(_values(scope, b"sec-fetch-site")) - {"none", "same-origin"}
    return sites.pop() if sites else None


def _values(scope: Any, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]
