"""A WebSocket from a viewer through the edge to an origin."""

import asyncio
from collections.abc import Iterator
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Message,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

from local_aws.edge.config import Origin
from local_aws.edge.forwarding import OF_CONNECTION
from local_aws.edge.origin import MOST_BYTES, IsSilent, OriginError, connect
from local_aws.edge.request import Reply
from local_aws.ministack import distributions


class OriginSocket:
    """The far half: what the origin says, as events."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
        self._reader, self._writer, self._seconds = reader, writer, seconds
        self._talk = WSConnection(ConnectionType.CLIENT)
        self._ready: Iterator[Event] = iter(())

    async def send(self, event: Event) -> None:
        """Say something."""
        self._writer.write(self._talk.send(event))
        await self._writer.drain()

    async def next(self, *, patient: bool = True) -> Event | None:
        """Wait for what is said next, or for the end."""
        while (event := next(self._ready, None)) is None:
            wait = self._reader.read(MOST_BYTES)
            data = await (wait if patient else asyncio.wait_for(wait, self._seconds))
            if not data:
                return None
            self._talk.receive_data(data)
            self._ready = self._talk.events()
        return event


async def forward(
    origin: Origin, target: str, headers: list[tuple[str, str]], wanted: list[str], viewer: Any, is_silent: IsSilent
) -> Reply | None:
    """Open a WebSocket to the origin and carry what both say; or give the origin's refusal.

    :param viewer: the viewer's half, as ASGI's `receive` and `send`.
    """
    receive, send = viewer
    reader, writer = await connect(origin, is_silent)
    try:
        there = OriginSocket(reader, writer, origin.read_seconds)
        host = dict(headers)["host"]
        extra = [(name.encode(), value.encode("latin-1")) for name, value in headers if name != "host"]
        await there.send(Request(host=host, target=target, extra_headers=extra, subprotocols=wanted))
        try:
            event = await there.next(patient=False)
        except TimeoutError:
            raise OriginError(504, f"no answer within {origin.read_seconds:g} s") from None
        if isinstance(event, RejectConnection):
            return await _refusal(there, event)
        if not isinstance(event, AcceptConnection):
            raise OriginError(502, "it hung up")
        kept = [(name, value) for name, value in event.extra_headers if name.decode().lower() not in OF_CONNECTION]
        await send({"type": "websocket.accept", "subprotocol": event.subprotocol, "headers": kept})
        halves = [asyncio.create_task(_to_origin(there, receive)), asyncio.create_task(_to_viewer(there, send))]
        try:
            await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for half in halves:
                half.cancel()
            await asyncio.gather(*halves, return_exceptions=True)
    finally:
        writer.transport.abort()
    return None


async def _refusal(there: OriginSocket, event: RejectConnection) -> Reply:
    body, whole = b"", not event.has_body
    while not whole and isinstance(part := await there.next(), RejectData):
        body, whole = body + bytes(part.data), part.body_finished
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers]
    headers = {name: value for name, value in distributions.gathered(pairs).items() if name not in OF_CONNECTION}
    return Reply(event.status_code, headers, body)


async def _to_origin(there: OriginSocket, receive: Any) -> None:
    while (message := await receive())["type"] == "websocket.receive":
        data = message.get("bytes") if message.get("bytes") is not None else message["text"]
        await there.send(Message(data=data))
    await there.send(CloseConnection(code=message.get("code") or 1000))


async def _to_viewer(there: OriginSocket, send: Any) -> None:
    parts: list[Any] = []
    while event := await there.next():
        if isinstance(event, Ping):
            await there.send(event.response())
        elif isinstance(event, CloseConnection):
            await send({"type": "websocket.close", "code": event.code or 1000, "reason": event.reason or ""})
            return
        elif isinstance(event, TextMessage | BytesMessage):
            parts.append(event.data)
            if event.message_finished:
                kind = "text" if isinstance(event, TextMessage) else "bytes"
                whole = "".join(parts) if kind == "text" else b"".join(parts)
                await send({"type": "websocket.send", kind: whole})
                parts = []
    # The machine has gone: the browser connects anew.
    await send({"type": "websocket.close", "code": 1001})
