"""A WebSocket stays open for hours: it ends when its visitor may no longer come."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

LOOK_SECONDS = 30.0
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def watched(receive: Receive, send: Send, is_still: Callable[[], Awaitable[bool]]) -> tuple[Receive, Send]:
    """Give both ends of a WebSocket, as an app sees one that may end so."""
    watch = _Watch(receive, send, is_still)
    return watch.receive, watch.send


class _Watch:
    def __init__(self, receive: Receive, send: Send, is_still: Callable[[], Awaitable[bool]]) -> None:
        self._receive, self._send, self._is_still = receive, send, is_still
        self._due = time.monotonic() + LOOK_SECONDS
        self._next: asyncio.Future[Message] | None = None
        self._over = False

    async def receive(self) -> Message:
        """Wait for the visitor's next word, and look meanwhile whether they may still speak."""
        waiting = self._next = self._next or asyncio.ensure_future(self._receive())
        try:
            while True:
                await asyncio.wait({waiting}, timeout=max(0.0, self._due - time.monotonic()))
                if time.monotonic() >= self._due:
                    if not await self._is_still():
                        waiting.cancel()
                        return await self._end()
                    self._due = time.monotonic() + LOOK_SECONDS
                if waiting.done():
                    self._next = None
                    return waiting.result()
        except asyncio.CancelledError:
            waiting.cancel()
            raise

    async def send(self, message: Message) -> None:
        """Say something to the visitor, while they may hear it."""
        if not self._over:
            await self._send(message)

    async def _end(self) -> Message:
        self._over = True
        await self._send({"type": "websocket.close", "code": 1008})
        return {"type": "websocket.disconnect", "code": 1008}
