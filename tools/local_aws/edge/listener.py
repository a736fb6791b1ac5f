"""A port that speaks HTTP, and HTTPS to whoever begins so if it has a certificate: as on AWS, both are one name."""

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import Any

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config

# How a TLS handshake begins.
TLS = b"\x16"
HANDSHAKE_SECONDS = 10.0
FAREWELL_SECONDS = 2.0
# As long as CloudFront lets a quiet connection be: WebSockets too.
QUIET_SECONDS = 600.0


class Listener:
    """One of them, on the running event loop."""

    def __init__(self, app: Any, context: ssl.SSLContext | None) -> None:
        self._app, self._context = ASGIWrapper(app), context
        self._config = Config()
        self._config.include_server_header = self._config.include_date_header = False
        self._config.keep_alive_timeout = QUIET_SECONDS
        self._open: set[asyncio.Task[None]] = set()
        self._accepting: asyncio.Task[None] | None = None

    def listen(self, listening: socket.socket) -> None:
        """Serve whoever comes to a socket that listens."""
        listening.setblocking(False)
        self._accepting = asyncio.create_task(self._accept(listening))

    async def close(self) -> None:
        """End all."""
        tasks = [*filter(None, [self._accepting]), *self._open]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, listening: socket.socket) -> None:
        with listening:
            while True:
                connection, _ = await asyncio.get_running_loop().sock_accept(listening)
                task = asyncio.create_task(self._serve(connection))
                self._open.add(task)
                task.add_done_callback(self._open.discard)

    async def _serve(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with connection, suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            first = await asyncio.wait_for(_peek(connection), HANDSHAKE_SECONDS) if self._context else b""
            reader = asyncio.StreamReader()
            protocol = asyncio.StreamReaderProtocol(reader)
            timeouts = {"ssl_handshake_timeout": HANDSHAKE_SECONDS, "ssl_shutdown_timeout": FAREWELL_SECONDS}
            secure: dict[str, Any] = {"ssl": self._context, **timeouts} if first == TLS else {}
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection, **secure)
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            try:
                await TCPServer(self._app, loop, self._config, WorkerContext(None), {}, reader, writer)
            finally:
                transport.abort()


async def _peek(connection: socket.socket) -> bytes:
    """Look at the first byte without taking it."""
    loop, there = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(connection, there.set)
    try:
        await there.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK)
