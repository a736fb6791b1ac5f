"""Whose connection it is: real ones by the real table, and others by tables as Linux writes them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws import peer

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux, whose kernel lists the sockets in /proc")

CLIENT, SERVER = ("127.0.0.1", 40000), ("127.0.0.1", 4566)
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
TAIL = "00000000:00000000 00:00000000 00000000"
HERE, THERE = "0100007F:9C40", "0100007F:11D6"
CONNECT_AS_NOBODY = """
import os, socket, sys
host, port, protocol = sys.argv[1:]
os.setgroups([])
os.setuid(65534)
with socket.socket(socket.AF_INET, socket.SOCK_STREAM, int(protocol)) as client:
    client.connect((host, int(port)))
    sys.stdin.read()
"""
MAPPED = "0000000000000000FFFF0000"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def table(folder: Path, name: str, *rows: str) -> None:
    (folder / name).write_text(HEAD + "".join(f"   {at}: {row}\n" for at, row in enumerate(rows)))


def test_the_owner_of_the_clients_end_is_named(tmp_path: Path) -> None:
    table(
        tmp_path,
        "tcp",
        f"{THERE} 00000000:0000 0A {TAIL}  1000        0 11 1 0000000000000000 100 0 0 10 0",
        f"{THERE} {HERE} 01 {TAIL}  1000        0 12 1 0000000000000000 20 4 30 10 -1",
        f"{HERE} 0100007F:11D7 01 {TAIL}  1002        0 13 1 0000000000000000 20 4 30 10 -1",
        f"{HERE} {THERE} 01 {TAIL}  1001        0 14 1 0000000000000000 20 4 30 10 -1",
    )
    assert peer.owner(CLIENT, SERVER, tmp_path) == 1001


def test_a_connection_that_is_closed_is_not_taken_for_roots(tmp_path: Path) -> None:
    table(
        tmp_path,
        "tcp",
        f"{HERE} {THERE} 05 {TAIL}     0        0 0 1 0000000000000000 20 4 30 10 -1",
        f"{HERE} {THERE} 06 00000000:00000000 03:00001742 00000000     0        0 0 3 0000000000000000",
    )
    table(tmp_path, "tcp6")
    assert peer.owner(CLIENT, SERVER, tmp_path) is None


def test_an_ipv4_connection_through_an_ipv6_socket_is_found(tmp_path: Path) -> None:
    table(tmp_path, "tcp")
    table(tmp_path, "tcp6", f"{MAPPED}{HERE} {MAPPED}{THERE} 01 {TAIL}  1001        0 14 1 0000000000000000 20 4")
    assert peer.owner(CLIENT, SERVER, tmp_path) == 1001


def test_without_any_table_nobody_is_named(tmp_path: Path) -> None:
    assert peer.owner(CLIENT, SERVER, tmp_path) is None


@on_linux
@pytest.mark.parametrize(
    ("family", "address"),
    [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::ffff:127.0.0.1")],
    ids=["plain", "mapped"],
)
def test_our_own_connection_is_ours(listener: socket.socket, family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as client:
        try:
            client.connect((address, listener.getsockname()[1]))
        except OSError:
            pytest.skip("needs IPv6 in the kernel")
        served, far_end = listener.accept()
        with served:
            assert peer.owner(far_end, served.getsockname()) == os.geteuid()
            # It is not asked for IPv6 sockets, which are in the table.
            asked = os.geteuid() if family == socket.AF_INET else None
            assert peer.asked_owner(far_end, served.getsockname()) == asked
            assert peer.is_ours(far_end, served.getsockname())
            client.close()
            assert peer.owner(far_end, served.getsockname()) is None
            assert peer.asked_owner(far_end, served.getsockname()) is None
            assert not peer.is_ours(far_end, served.getsockname())


@on_linux
def test_who_listens_at_the_clients_end_is_not_connected(listener: socket.socket) -> None:
    assert peer.asked_owner(listener.getsockname(), SERVER) is None


@on_linux
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who may become another user")
@pytest.mark.parametrize("protocol", [socket.IPPROTO_TCP, 262], ids=["TCP", "MPTCP"])
def test_another_users_connection_is_not_ours(listener: socket.socket, protocol: int) -> None:
    host, port = listener.getsockname()
    program = [sys.executable, "-c", CONNECT_AS_NOBODY, host, str(port), str(protocol)]
    with subprocess.Popen(program, stdin=subprocess.PIPE) as nobody:
        assert nobody.stdin
        listener.settimeout(20)
        served, far_end = listener.accept()
        with served:
            assert peer.owner(far_end, served.getsockname()) == 65534
            assert peer.asked_owner(far_end, served.getsockname()) == 65534
            assert not peer.is_ours(far_end, served.getsockname())
        nobody.stdin.close()
