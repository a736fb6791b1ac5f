"""One edge, as an ASGI application: what a viewer asks, by the distribution's config as it is at that moment."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

from local_aws.edge import asgi, cache, config, forwarding, origin, request, web_socket
from local_aws.edge.config import Config, Group, Origin
from local_aws.edge.origin import IsSilent, OriginError
from local_aws.edge.request import Asked, Reply
from local_aws.ministack import distributions
from local_aws.ministack.distributions import Record

# Of a group, the second origin is asked only what changes nothing.
SAFE = ("GET", "HEAD", "OPTIONS")


class Edge:
    """What serves one distribution.

    :param find: the distribution's account and record, or None where it is gone.
    """

    def __init__(self, find: Callable[[], tuple[str, Record] | None], is_silent: IsSilent, api_port: int) -> None:
        self._find, self._is_silent, self._api_port = find, is_silent, api_port
        self._cache = cache.Cache()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request or a WebSocket."""
        found = self._find()
        if scope["type"] not in ("http", "websocket") or not found:
            return
        if scope["type"] == "http":
            receive, send = asgi.taking_all(receive, send)
        account, record = found
        distributions.act_for(account)
        settings, asked = config.read(record, self._api_port), asgi.asked_by(scope)
        reply: Reply | None
        decided = await request.decide(record, settings, asked)
        if isinstance(decided, Reply):
            reply = decided
        elif scope["type"] == "websocket":
            reply = await self._web_socket(settings, decided, scope["subprotocols"], (receive, send))
        else:
            reply = await self._http(settings, decided, receive, send)
        if reply:
            await asgi.send_whole(reply, scope["type"], asked.method, send)

    async def _web_socket(self, settings: Config, asked: Asked, wanted: list[str], viewer: Any) -> Reply | None:
        """Carry a WebSocket; what is answered is a refusal."""
        if (await viewer[0]())["type"] != "websocket.connect":
            return None
        behavior = settings.behavior(asked.path)
        first = settings.group(behavior).first
        target, headers = forwarding.to_origin(asked, behavior, first)
        try:
            return await web_socket.forward(first, target, headers, wanted, viewer, self._is_silent)
        except OriginError as failure:
            return await self._instead(settings, asked, _failed(asked, failure))

    async def _http(self, settings: Config, asked: Asked, receive: Any, send: Any) -> Reply | None:
        """Answer a request, piece by piece; what is given back is an answer that is whole."""
        behavior = settings.behavior(asked.path)
        policy = distributions.cache_policy(behavior)
        key = (behavior["target_origin_id"], *cache.key(policy, asked.path, asked.query, asked.headers))
        may_keep = asked.method in ("GET", "HEAD") and "range" not in asked.headers
        if may_keep and (kept := self._cache.find(key)):
            how = "Hit from cloudfront" if kept.status < 400 else "Error from cloudfront"
            return _conditional(asked, Reply(kept.status, distributions.marked(dict(kept.headers), how), kept.body))
        body = None if asked.method in ("GET", "HEAD") else asgi.body_of(receive)
        async with AsyncExitStack() as stack:
            try:
                answer = await self._ask(stack, settings.group(behavior), asked, behavior, body)
            except OriginError as failure:
                reply = await self._instead(settings, asked, _failed(asked, failure))
                self._keep_error(key, settings, failure.status, reply, keep=may_keep)
                return reply
            headers = distributions.gathered(answer.headers)
            headers = distributions.with_policy(behavior, headers, str(asked.headers.get("origin", "")), asked.method)
            if answer.status in settings.errors and settings.errors[answer.status].page:
                reply = await self._instead(settings, asked, Reply(answer.status, headers, b""))
                self._keep_error(key, settings, answer.status, reply, keep=may_keep)
                return reply
            seconds = 0.0
            if may_keep and asked.method == "GET":
                # Of an error, the cache policy does not decide.
                is_error = answer.status in cache.KEPT_ERRORS
                lifetime = cache.lifetime(policy, answer.status, headers)
                seconds = settings.error_seconds(answer.status) if is_error else lifetime
            how = "Error from cloudfront" if answer.status >= 400 else "Miss from cloudfront"
            await send(asgi.start("http", answer.status, distributions.marked(headers, how)))
            whole = b""
            async for part in answer.body:
                await send({"type": "http.response.body", "body": part, "more_body": True})
                if seconds and len(whole) <= cache.MOST_BYTES:
                    whole += part
            await send({"type": "http.response.body", "body": b""})
            self._cache.keep(key, answer.status, headers, whole, seconds)
        return None

    async def _ask(
        self, stack: AsyncExitStack, group: Group, asked: Asked, behavior: Record, body: AsyncIterator[bytes] | None
    ) -> origin.Answer:
        """Ask an origin, or the one in its stead."""
        second = group.second if asked.method in SAFE else None
        try:
            answer = await self._open(stack, group.first, asked, behavior, body)
        except OriginError as failure:
            if not second or failure.status not in group.statuses:
                raise
        else:
            if not second or answer.status not in group.statuses:
                return answer
        return await self._open(stack, second, asked, behavior, None)

    async def _open(
        self, stack: AsyncExitStack, of: Origin, asked: Asked, behavior: Record, body: AsyncIterator[bytes] | None
    ) -> origin.Answer:
        target, headers = forwarding.to_origin(asked, behavior, of)
        if body:
            length = asked.headers.get("content-length")
            headers.append(("content-length", str(length)) if length else ("transfer-encoding", "chunked"))
        return await stack.enter_async_context(origin.asking(of, asked.method, target, headers, body, self._is_silent))

    async def _instead(self, settings: Config, asked: Asked, reply: Reply) -> Reply:
        """Give the page that the distribution has for an error, or the error."""
        wanted = settings.errors.get(reply.status)
        if not wanted or not wanted.page:
            return reply
        # The function runs for viewers, not for this.
        page = Asked("GET", wanted.page, "", {"host": asked.headers["host"]}, asked.address)
        behavior = settings.behavior(page.path)
        try:
            async with AsyncExitStack() as stack:
                answer = await self._ask(stack, settings.group(behavior), page, behavior, None)
                body = b"".join([part async for part in answer.body])
        except OriginError:
            return reply
        if answer.status >= 400:
            return reply
        headers = distributions.gathered(answer.headers)
        return Reply(wanted.status or reply.status, distributions.marked(headers, "Error from cloudfront"), body)

    def _keep_error(self, key: cache.Key, settings: Config, status: int, reply: Reply, *, keep: bool) -> None:
        if keep:
            self._cache.keep(key, reply.status, reply.headers, reply.body, settings.error_seconds(status))


def _failed(asked: Asked, failure: OriginError) -> Reply:
    print(f"edge {asked.headers['host']}: {asked.method} {asked.path}: {failure.status}: {failure}", flush=True)
    return request.error(failure.status, "We can't connect to the server for this app or website at this time.")


def _conditional(asked: Asked, reply: Reply) -> Reply:
    """Say that a viewer has it already, if so."""
    tag = reply.headers.get("etag")
    if tag and tag in str(asked.headers.get("if-none-match", "")):
        headers = {name: value for name, value in reply.headers.items() if name.lower() != "content-length"}
        return Reply(304, headers, b"")
    return reply
