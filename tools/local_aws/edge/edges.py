"""The edges follow CloudFront's records: whatever distribution there is has one, and nothing else does."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from local_aws.edge import config
from local_aws.edge.app import Edge
from local_aws.edge.authority import Authority
from local_aws.edge.listener import Listener
from local_aws.edge.origin import IsSilent
from local_aws.machines.addresses import POOL, AddressTakenError, is_free
from local_aws.ministack import distributions

FAVOURITE_PORT = 8443


class Edges:
    """All of them, on an event loop of their own, so that a busy embedded AWS never stalls a page.

    :param file: the certificate of the authority that signs theirs.
    :param api_port: where the embedded AWS serves its APIs.
    """

    def __init__(self, file: Path, is_silent: IsSilent, api_port: int) -> None:
        self._file, self._is_silent, self._api_port = file, is_silent, api_port
        self._authority: Authority | None = None
        self._listeners: dict[str, Listener] = {}
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True, name="edges").start()

    def next_domain_name(self) -> str:
        """Choose where the next distribution is to be opened.

        At 127.0.0.1 last of all: a page always takes that for its own name, and a distribution's it does not know.
        """
        for address in (*POOL[:0:-1], POOL[0]):
            place = f"{address}:{FAVOURITE_PORT}"
            if place not in distributions.distributions() and is_free(address, FAVOURITE_PORT):
                return place
        with socket.create_server((POOL[0], 0)) as any_port:
            return f"{POOL[0]}:{any_port.getsockname()[1]}"

    def follow(self) -> None:
        """Listen for each distribution that is there and enabled, and for no other."""
        with self._lock:
            wanted = {name for name, (_, record) in distributions.distributions().items() if record["enabled"]}
            for name in [name for name in self._listeners if name not in wanted]:
                self._run(self._listeners.pop(name).close())
            for name in sorted(wanted - self._listeners.keys()):
                self._listeners[name] = self._listen(name)

    def end(self) -> None:
        """Close all of them."""
        with self._lock:
            while self._listeners:
                self._run(self._listeners.popitem()[1].close())

    def _listen(self, name: str) -> Listener:
        address, _, port = name.partition(":")
        try:
            listening = socket.create_server((address, int(port)), backlog=128)
        except OSError as error:
            raise AddressTakenError(f"{name} is taken by another program: stop that program") from error
        edge = Edge(partial(_find, name), self._is_silent, self._api_port)
        listener = Listener(edge, self._context(address, name))

        async def listen() -> None:
            listener.listen(listening)

        self._run(listen())
        return listener

    def _context(self, address: str, name: str) -> ssl.SSLContext:
        self._authority = self._authority or Authority(self._file)
        _, record = distributions.distributions()[name]
        protocols = ["h2", "http/1.1"] if config.read(record, self._api_port).http2 else ["http/1.1"]
        return self._authority.context(address, protocols)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()


def _find(name: str) -> tuple[str, distributions.Record] | None:
    return distributions.distributions().get(name)
