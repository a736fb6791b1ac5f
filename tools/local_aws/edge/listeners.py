"""The listeners of all that have a name of an address and a port, on an event loop of their own."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from collections.abc import Set as AbstractSet
from typing import Any

from local_aws.edge.listener import Listener
from local_aws.machines.addresses import AddressTakenError


class Listeners:
    """Listens at each name that is wanted, and at no other; a busy embedded AWS never stalls them.

    :param new: makes the listener of a name.
    :param advice: what to do where another program has the port.
    """

    def __init__(self, what: str, new: Callable[[str], Listener], advice: str) -> None:
        self._new, self._advice = new, advice
        self._listeners: dict[str, Listener] = {}
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True, name=what).start()

    def follow(self, wanted: AbstractSet[str]) -> None:
        """Listen at these names."""
        with self._lock:
            for name in self._listeners.keys() - wanted:
                self.run(self._listeners.pop(name).close())
            for name in sorted(wanted - self._listeners.keys()):
                self._listeners[name] = self._listen(name)

    def end(self) -> None:
        """Close all of them."""
        self.follow(set())

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something on their event loop, and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _listen(self, name: str) -> Listener:
        address, _, port = name.partition(":")
        try:
            listening = socket.create_server((address, int(port)), backlog=128)
        except OSError as error:
            raise AddressTakenError(f"{name} is taken by another program: {self._advice}") from error
        listener = self._new(name)

        async def listen() -> None:
            listener.listen(listening)

        self.run(listen())
        return listener
