"""Elastic IPs of the laptop: loopback addresses that forward to the machines' private ports."""

import asyncio
import errno
import socket
import sys
import threading
from collections.abc import Collection, Coroutine
from concurrent.futures import Future
from typing import Any, Protocol

# Linux answers on all of 127.0.0.0/8; macOS on the first alone, unless told otherwise.
POOL = tuple(f"127.0.0.{last}" for last in range(1, 33))

# Who comes from another machine must not look like one who is on it, as whoever comes from 127.0.0.1 does.
FROM_OUTSIDE = None if sys.platform == "darwin" else ("127.0.0.2", 0)


class AddressTakenError(Exception):
    """No loopback address has the port free."""


class Target(Protocol):
    """What an address leads to."""

    @property
    def private_port(self) -> int | None:
        """Where it listens, while it does; another port after each start."""


class Addresses:
    """The forwarders, on an event loop of their own, so that a busy embedded AWS never stalls the page."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._forwarders: dict[tuple[str, int], _Forwarder] = {}
        threading.Thread(target=self._loop.run_forever, daemon=True, name="addresses").start()

    def free(self, ports: Collection[int], taken: Collection[str]) -> str:
        """Choose an address that is not handed out and has the ports free."""
        for address in POOL:
            if address not in taken and all(is_free(address, port) for port in ports):
                return address
        told = " and ".join(map(str, sorted(ports)))
        alias = " (macOS has one until `sudo ifconfig lo0 alias 127.0.0.2`)" if sys.platform == "darwin" else ""
        raise AddressTakenError(
            f"port {told} is taken on every loopback address of this machine{alias}: "
            "stop the program that listens there, or choose another port, such as `make up PORT=9000`"
        )

    def point(self, address: str, port: int, target: Target) -> None:
        """Send what arrives at an address to a machine."""
        self._run(self._point(address, port, target)).result()

    def is_silent(self, address: str, port: int) -> bool:
        """Tell whether an address leads to nothing that runs: on AWS nobody would even refuse there."""
        forwarder = self._forwarders.get((address, port))
        return not (forwarder and forwarder.target and forwarder.target.private_port)

    def keep_only(self, wanted: Collection[tuple[str, int]]) -> None:
        """Stop listening at all other addresses."""
        for place in [place for place in self._forwarders if place not in wanted]:
            self._run(self._forwarders.pop(place).close()).result()

    def _run(self, work: Coroutine[Any, Any, None]) -> "Future[None]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _point(self, address: str, port: int, target: Target) -> None:
        forwarder = self._forwarders.get((address, port))
        if forwarder is None:
            forwarder = _Forwarder()
            try:
                await forwarder.listen(address, port)
            except OSError as error:
                raise AddressTakenError(
                    f"{address}:{port} is taken by another program: stop that program, "
                    "or choose another port, such as `make up PORT=9000`"
                ) from error
            self._forwarders[address, port] = forwarder
        if forwarder.target is not target:
            forwarder.target = target
            # Who was connected to the old machine connects anew, as on AWS.
            forwarder.cut()


class _Forwarder:
    def __init__(self) -> None:
        self.target: Target | None = None
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def listen(self, address: str, port: int) -> None:
        self._server = await asyncio.start_server(self._serve, address, port)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            port = self.target.private_port if self.target else None
            if port is None:
                raise ConnectionRefusedError
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port, local_addr=FROM_OUTSIDE)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, there_writer}
        self._open |= both
        try:
            await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
        finally:
            self._open -= both
            for one in both:
                one.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()


def is_free(address: str, port: int) -> bool:
    """Tell whether nobody listens at an address's port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EACCES:
                raise AddressTakenError(f"port {port} is for root alone: use one from 1024 on") from error
            return False
    return True
