"""One listener, as an ASGI application: by its rules and its target group as they are at that moment."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import parse_qs

from local_aws.balancers import stickiness
from local_aws.balancers.health import never_silent
from local_aws.balancers.targets import Target, Targets
from local_aws.edge import asgi, web_socket
from local_aws.edge.config import Origin
from local_aws.edge.forwarding import OF_CONNECTION, joined
from local_aws.edge.origin import OriginError, asking
from local_aws.edge.request import Asked, Reply
from local_aws.ministack import balancers, distributions
from local_aws.ministack.balancers import Key, Record

# Where a target of an account's target group is asked, and with how much patience; None where it is not to be reached.
Place = Callable[[str, Target, float], Origin | None]
TITLES = {502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}


class Balancer:
    """What serves one listener.

    :param find: the listener's key and record, or None where it is gone.
    :param targets: those of an account's target group.
    """

    def __init__(
        self, find: Callable[[], tuple[Key, Record] | None], targets: Callable[[str, str], Targets], place: Place
    ) -> None:
        self._find, self._targets, self._place = find, targets, place

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request or a WebSocket."""
        found = self._find()
        if scope["type"] not in ("http", "websocket") or not found:
            return
        if scope["type"] == "http":
            receive, send = asgi.taking_all(receive, send)
        elif (await receive())["type"] != "websocket.connect":
            return
        asked = asgi.asked_by(scope)
        reply = await self._answer(*found, asked, scope, (receive, send))
        if reply:
            await asgi.send_whole(reply, scope["type"], asked.method, send)

    async def _answer(self, key: Key, listener: Record, asked: Asked, scope: Any, visitor: Any) -> Reply | None:
        """Have a target answer; what is given back is an answer of the balancer's own."""
        headers = balancers.headers_for_target(key, listener, asked.headers, asked.address)
        query = parse_qs(asked.query, keep_blank_values=True)
        action = balancers.action_for(key, listener, asked.method, asked.path, asked.headers, query)
        if action is None:
            return error(502)
        if action["Type"] != "forward":
            return Reply(*await balancers.answered_by_itself(action, asked.method, asked.path, headers, query))
        account, group = key[0], action["TargetGroupArn"]
        sticky = balancers.attribute(account, group, "stickiness.enabled", "false") == "true"
        before = stickiness.asked_for(joined(asked.headers.get("cookie"), "; ")) if sticky else None
        target = self._targets(account, group).choose(before)
        if target is None:
            # "The target groups for the load balancer have no registered targets."
            return error(503)
        idle = balancers.attribute(account, listener["LoadBalancerArn"], "idle_timeout.timeout_seconds", "60")
        origin = self._place(account, target, float(idle))
        if origin is None:
            return error(502)
        lasts = balancers.attribute(account, group, "stickiness.lb_cookie.duration_seconds", "86400")
        cookies = stickiness.cookies_for(target.id, int(lasts)) if sticky else []
        pairs = [
            (name, one)
            for name, value in headers.items()
            if name not in OF_CONNECTION
            for one in (value if isinstance(value, list) else [value])
        ]
        with target.busy():
            try:
                if scope["type"] == "websocket":
                    wanted = scope["subprotocols"]
                    return await web_socket.forward(origin, asked.target, pairs, wanted, visitor, never_silent)
                await _forward(origin, asked, pairs, cookies, *visitor)
            except OriginError as failure:
                print(f"balancer: {target.id}: {asked.method} {asked.path}: {failure.status}: {failure}", flush=True)
                return error(failure.status)
        return None


async def _forward(
    origin: Origin, asked: Asked, headers: list[tuple[str, str]], cookies: list[str], receive: Any, send: Any
) -> None:
    length = asked.headers.get("content-length")
    has_body = length or "transfer-encoding" in asked.headers
    body: AsyncIterator[bytes] | None = asgi.body_of(receive) if has_body else None
    if body:
        headers = [*headers, ("content-length", str(length)) if length else ("transfer-encoding", "chunked")]
    async with AsyncExitStack() as stack:
        answer = await stack.enter_async_context(
            asking(origin, asked.method, asked.target, headers, body, never_silent)
        )
        told = [*answer.headers, *(("set-cookie", one) for one in cookies)]
        await send(asgi.start("http", answer.status, distributions.gathered(told)))
        async for part in answer.body:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def error(status: int) -> Reply:
    """Answer with a balancer's own error page."""
    title = f"{status} {TITLES[status]}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n"
    )
    headers = {"Server": "awselb/2.0", "Content-Type": "text/html"}
    return Reply(status, headers, f"{page}</html>\r\n".encode())
