"""Asking an origin: as often, and with as much patience, as the distribution says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import h11

from local_aws.edge.config import Origin

MOST_BYTES = 65536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
# Tells whether nobody takes a packet at an address: a stopped machine, or no machine.
IsSilent = Callable[[str, int], bool]


class OriginError(Exception):
    """An origin that gives no answer, with the status that a viewer gets for it."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class Answer:
    """An origin's answer, as it comes."""

    status: int
    headers: list[tuple[str, str]]
    body: AsyncIterator[bytes]


async def connect(origin: Origin, is_silent: IsSilent) -> Streams:
    """Open a connection, or give up as CloudFront does."""
    address = origin.address
    if address is None:
        told = "a laptop's edge reaches APIs, and by HTTP Elastic IPs and load balancers"
        raise OriginError(502, f"{told}, not {origin.host}")
    for _ in range(origin.attempts):
        try:
            async with asyncio.timeout(origin.connect_seconds):
                if origin.is_machine and is_silent(address, origin.port):
                    # On AWS a packet is lost: here something would refuse at once.
                    await asyncio.Event().wait()
                return await asyncio.open_connection(address, origin.port, local_addr=origin.leaves_from)
        except TimeoutError:
            status, words = 504, f"nobody answers at {address}:{origin.port}"
        except OSError as error:
            status, words = 502, f"{address}:{origin.port}: {error}"
    raise OriginError(status, words)


@asynccontextmanager
async def asking(
    origin: Origin,
    method: str,
    target: str,
    headers: list[tuple[str, str]],
    body: AsyncIterator[bytes] | None,
    is_silent: IsSilent,
) -> AsyncIterator[Answer]:
    """Ask, sending a body as it comes; the answer's body comes while the context lasts."""
    reader, writer = await connect(origin, is_silent)
    talk = h11.Connection(h11.CLIENT)
    sending = asyncio.create_task(_send(talk, writer, h11.Request(method=method, target=target, headers=headers), body))

    async def next_event() -> object:
        while True:
            event = talk.next_event()
            if event is not h11.NEED_DATA:
                return event
            try:
                talk.receive_data(await asyncio.wait_for(reader.read(MOST_BYTES), origin.read_seconds))
            except TimeoutError:
                raise OriginError(504, f"no answer within {origin.read_seconds:g} s") from None

    async def content() -> AsyncIterator[bytes]:
        while isinstance(event := await next_event(), h11.Data):
            yield bytes(event.data)

    try:
        try:
            while isinstance(event := await next_event(), h11.InformationalResponse):
                pass
        except (OSError, h11.RemoteProtocolError) as error:
            raise OriginError(502, f"no whole answer: {error}") from error
        if not isinstance(event, h11.Response):
            raise OriginError(502, "it hung up")
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers]
        yield Answer(event.status_code, pairs, content())
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError, OSError, h11.LocalProtocolError):
            await sending
        writer.transport.abort()


async def _send(
    talk: h11.Connection, writer: asyncio.StreamWriter, request: h11.Request, body: AsyncIterator[bytes] | None
) -> None:
    with suppress(OSError):
        # An origin may refuse, and hang up, before it has all: its answer says so.
        writer.write(talk.send(request) or b"")
        if body:
            async for part in body:
                writer.write(talk.send(h11.Data(data=part)) or b"")
                await writer.drain()
        writer.write(talk.send(h11.EndOfMessage()) or b"")
        await writer.drain()
