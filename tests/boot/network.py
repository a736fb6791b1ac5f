"""A machine's own network: loopback and the address of the metadata service, and what we let listen there.

It has no way out. What a machine is to reach, such as the embedded AWS, a thread of ours serves inside.
"""

import ctypes
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

CLONE_NEWNET = 0x40000000
METADATA_ADDRESS = "169.254.169.254"

_libc = ctypes.CDLL(None, use_errno=True)


class Network:
    """A network namespace that lives as long as this object, or the machine in it."""

    def __init__(self) -> None:
        self.fd = _in_own_thread(_create)
        self._listeners: list[socket.socket] = []

    def listen(self, address: str, port: int) -> socket.socket:
        """Listen inside."""
        listener = self._inside(lambda: socket.create_server((address, port), backlog=64))
        self._listeners.append(listener)
        return listener

    def connect(self, port: int, seconds: float = 10) -> socket.socket:
        """Connect to what listens inside."""
        return self._inside(lambda: socket.create_connection(("127.0.0.1", port), timeout=seconds))

    def relay(self, port: int) -> None:
        """Let programs inside reach a port of this computer's loopback, by the same number."""
        listener = self.listen("127.0.0.1", port)

        def accept() -> None:
            while True:
                try:
                    inner, _ = listener.accept()
                except OSError:
                    return
                try:
                    outer = socket.create_connection(("127.0.0.1", port), timeout=10)
                except OSError:
                    inner.close()
                    continue
                outer.settimeout(None)
                for source, target in ((inner, outer), (outer, inner)):
                    threading.Thread(target=_pump, args=(source, target), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()

    def close(self) -> None:
        """Stop serving inside and let go of the namespace."""
        for listener in self._listeners:
            # Wakes the thread that waits in accept, which close alone would not.
            _end_listener(listener)
        os.close(self.fd)

    def _inside(self, call: Callable[[], socket.socket]) -> socket.socket:
        def enter_and_call() -> socket.socket:
            if _libc.setns(self.fd, CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            return call()

        return _in_own_thread(enter_and_call)


def _end_listener(listener: socket.socket) -> None:
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _in_own_thread(call: Callable[[], T]) -> T:
    """Run it in a thread that ends with it: the namespace that it enters is that thread's alone."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(call).result()


def _create() -> int:
    if _libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    ip = shutil.which("ip") or "/sbin/ip"
    for arguments in ("link set lo up", f"address add {METADATA_ADDRESS}/32 dev lo"):
        subprocess.run([ip, *arguments.split()], check=True)
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
