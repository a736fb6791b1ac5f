"""A viewer's request and the edge's answer, as ASGI has them."""

from collections.abc import AsyncIterator
from typing import Any

from local_aws.edge.request import Asked, Reply
from local_aws.ministack import distributions
from local_aws.ministack.distributions import Headers

# What is of one connection only.
HOPS = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}


def taking_all(receive: Any, send: Any) -> tuple[Any, Any]:
    """Take the rest of a body before an answer ends: else a viewer who still sends would never read it."""
    whole = False

    async def noting() -> Any:
        nonlocal whole
        message = await receive()
        whole = not message.get("more_body", False)
        return message

    async def last(message: Any) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            await send(message | {"more_body": True})
            while not whole:
                await noting()
            message = {"type": "http.response.body", "body": b""}
        await send(message)

    return noting, last


def asked_by(scope: Any) -> Asked:
    """Read a request."""
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    return Asked(
        method=scope.get("method", "GET"),
        path=scope["raw_path"].decode("latin-1").partition("?")[0],
        query=scope["query_string"].decode("latin-1"),
        headers=distributions.gathered(pairs),
        address=scope["client"][0],
        secure=scope["scheme"] in ("https", "wss"),
    )


async def body_of(receive: Any) -> AsyncIterator[bytes]:
    """Give a request's body as it comes."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def send_whole(reply: Reply, kind: str, method: str, send: Any) -> None:
    """Send an answer that is whole."""
    names = {"http": "http", "websocket": "websocket.http"}
    headers = {name.lower(): value for name, value in reply.headers.items()}
    if reply.status != 304:
        headers["content-length"] = str(len(reply.body))
    await send(start(names[kind], reply.status, headers))
    await send({"type": f"{names[kind]}.response.body", "body": b"" if method == "HEAD" else reply.body})


def start(kind: str, status: int, headers: Headers) -> dict[str, Any]:
    """Begin an answer."""
    pairs = [
        (name.lower().encode("latin-1"), str(one).encode("latin-1"))
        for name, value in headers.items()
        if name.lower() not in HOPS
        for one in (value if isinstance(value, list) else [value])
    ]
    return {"type": f"{kind}.response.start", "status": status, "headers": pairs}
