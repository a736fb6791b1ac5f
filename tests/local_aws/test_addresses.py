"""Elastic IPs of the laptop: TCP forwarders that choose, move, refuse and free."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from local_aws.machines.addresses import POOL, Addresses, AddressTakenError

several = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address")


@dataclass
class Echo:
    """A machine that sends back what it gets, with its name before it."""

    name: bytes
    private_port: int | None = None

    def start(self) -> "Echo":
        listener = socket.create_server(("127.0.0.1", 0))
        self.private_port = listener.getsockname()[1]
        threading.Thread(target=self._serve, args=[listener], daemon=True).start()
        return self

    def _serve(self, listener: socket.socket) -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            while data := connection.recv(1000):
                connection.sendall(self.name + data)


@pytest.fixture
def addresses() -> Iterator[Addresses]:
    made = Addresses()
    yield made
    made.keep_only([])


@pytest.fixture
def port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        free: int = listener.getsockname()[1]
        return free


def talk(connection: socket.socket, text: bytes) -> bytes:
    connection.sendall(text)
    return connection.recv(1000)


def refuses(connection: socket.socket) -> bool:
    try:
        return not talk(connection, b"1")
    except (ConnectionResetError, BrokenPipeError):
        return True


def test_forwards_both_ways_and_keeps_the_connection(addresses: Addresses, port: int) -> None:
    addresses.point("127.0.0.1", port, Echo(b"a:").start())
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        assert talk(connection, b"1") == b"a:1"
        assert talk(connection, b"2") == b"a:2"


def test_moves_at_once_and_cuts_old_connections(addresses: Addresses, port: int) -> None:
    addresses.point("127.0.0.1", port, Echo(b"old:").start())
    with socket.create_connection(("127.0.0.1", port), timeout=5) as old:
        assert talk(old, b"1") == b"old:1"
        addresses.point("127.0.0.1", port, Echo(b"new:").start())
        with socket.create_connection(("127.0.0.1", port), timeout=5) as new:
            assert talk(new, b"1") == b"new:1"
        assert old.recv(1000) == b""


def test_refuses_while_the_machine_is_off(addresses: Addresses, port: int) -> None:
    machine = Echo(b"a:")
    addresses.point("127.0.0.1", port, machine)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        assert refuses(connection)
    machine.start()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        assert talk(connection, b"1") == b"a:1"


def test_frees_the_port(addresses: Addresses, port: int) -> None:
    addresses.point("127.0.0.1", port, Echo(b"a:").start())
    addresses.keep_only([])
    with socket.create_server(("127.0.0.1", port)):
        pass


@several
def test_chooses_an_address_where_the_port_is_free(addresses: Addresses, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        assert addresses.free({port}, taken={"127.0.0.2"}) == "127.0.0.3"


def test_says_when_the_port_is_taken_everywhere(addresses: Addresses, port: int) -> None:
    with (
        socket.create_server(("0.0.0.0", port)),  # noqa: S104
        pytest.raises(AddressTakenError, match=f"port {port} is taken on every loopback address"),
    ):
        addresses.free({port}, taken=set())


def test_says_who_may_use_a_low_port(addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(AddressTakenError, match="port 80 is for root alone"):
        addresses.free({80}, taken=set())


def test_says_when_somebody_was_faster(addresses: Addresses, port: int) -> None:
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(AddressTakenError, match=f"127.0.0.1:{port} is taken by another program"),
    ):
        addresses.point("127.0.0.1", port, Echo(b"a:"))


def test_there_are_enough_for_some_copies() -> None:
    assert len(POOL) == len(set(POOL)) == 32
