"""What the sign-in answers by itself: nothing of it is kept, and no other page hears where it led from."""

from starlette.types import Message, Scope, Send

# Where the sign-in does not answer. A 503 is what a balancer without a machine says: for that an edge shows a page of
# its own, without these cookies.
TROUBLE = 500


async def redirect(send: Send, to: str, *set_cookies: bytes) -> None:
    """Lead a browser somewhere else."""
    headers = [(b"location", to.encode("latin-1")), *((b"set-cookie", one) for one in set_cookies)]
    await _answer(send, 302, b"", headers)


async def refuse(scope: Scope, send: Send, status: int, words: str, *set_cookies: bytes) -> None:
    """Say no, to a request or a WebSocket."""
    if scope["type"] == "websocket":
        # Before it is accepted, that is a 403.
        await send({"type": "websocket.close", "code": 1008})
        return
    again = b'<!doctype html><meta charset="utf-8"><p>%s <p><a href="/">To the page</a>\n' % words.encode()
    headers = [(b"content-type", b"text/html; charset=utf-8"), *((b"set-cookie", one) for one in set_cookies)]
    await _answer(send, status, again, headers)


def leave() -> Message:
    """Have Streamlit's page in a browser load itself anew, which leads to the sign-in: else it would name a status."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    message = ForwardMsg()
    # As st.logout has a browser go elsewhere.
    message.auth_redirect.url = "/"
    return {"type": "websocket.send", "bytes": message.SerializeToString()}


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    always = [
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *always]})
    await send({"type": "http.response.body", "body": body})
