"""A WebSocket stays open for hours: it ends when its visitor may no longer come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import Message, Receive, Send

from .user_pool import UnknownError

LOOK_SECONDS = 10.0
Serve = Callable[[Receive, Send], Awaitable[None]]


async def serve_watched(
    serve: Serve, receive: Receive, send: Send, is_still: Callable[[], Awaitable[object]], farewell: Message | None
) -> None:
    """Serve one, and look meanwhile whether its visitor may still come, whatever the app waits for.

    :param farewell: what a visitor is told who may not: where nobody can say now, they come again by themselves.
    """
    over = asyncio.Event()
    waiting: asyncio.Future[Message] | None = None

    async def watch() -> None:
        last = None
        try:
            await asyncio.sleep(LOOK_SECONDS)
            while await is_still():
                await asyncio.sleep(LOOK_SECONDS)
            last = farewell
        except UnknownError:
            pass
        finally:
            over.set()
        if last:
            await send(last)
        await send({"type": "websocket.close", "code": 1008})

    async def receive_watched() -> Message:
        nonlocal waiting
        heard = waiting = waiting or asyncio.ensure_future(receive())
        both: set[asyncio.Future[Any]] = {heard, watching}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if over.is_set():
            return {"type": "websocket.disconnect", "code": 1008}
        waiting = None
        return heard.result()

    async def send_watched(message: Message) -> None:
        if not over.is_set():
            await send(message)

    watching = asyncio.ensure_future(watch())
    try:
        await serve(receive_watched, send_watched)
    finally:
        watching.cancel()
        if waiting:
            waiting.cancel()
