"""Whose connection it is, by the kernel's own table of sockets.

Linux shows everybody that table, with the owner of each socket. macOS documents no such thing for a plain user, so
there it is not checked: whoever has an account on the same Mac reaches the embedded AWS.
"""

import os
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

Address = tuple[str, int]

TABLES = Path("/proc/net")
# Of linux/netlink.h, sock_diag.h and inet_diag.h.
NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST = 4, 20, 1
HEADER = struct.Struct("=IHHII")
SOCKET = struct.Struct(">HH4s12x4s12x")
NO_INTERFACE_NO_COOKIE = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)


def is_ours(client: Address, server: Address) -> bool:
    """Tell whether the far end of a connection over loopback belongs to the user that we run as."""
    return sys.platform != "linux" or any(look(client, server) == os.geteuid() for look in (asked_owner, owner))


def asked_owner(client: Address, server: Address) -> int | None:
    """Ask the kernel for that one socket, where it can be asked: of a thousand, writing the table takes 5 ms."""
    wanted = SOCKET.pack(client[1], server[1], socket.inet_aton(client[0]), socket.inet_aton(server[0]))
    states = 0xFFFFFFFF
    body = struct.pack("=BBBxI", socket.AF_INET, socket.IPPROTO_TCP, 0, states) + wanted + NO_INTERFACE_NO_COOKIE
    header = HEADER.pack(HEADER.size + len(body), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0)
    with suppress(OSError), socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as kernel:
        kernel.send(header + body)
        answer = kernel.recv(4096)
        if HEADER.unpack_from(answer)[1] == SOCK_DIAG_BY_FAMILY:
            found, user, inode = struct.unpack_from(f"=4x{SOCKET.size}s24xII", answer, HEADER.size)
            # Without a connection it names who listens at the client's end.
            return int(user) if inode and found == wanted else None
    return None


def owner(client: Address, server: Address, tables: Path = TABLES) -> int | None:
    """Name the user who holds the client's end of a connection, or None if nobody does."""
    # A program may reach an IPv4 address through an IPv6 socket, as Java's do.
    for table, family, prefix in (("tcp", socket.AF_INET, ""), ("tcp6", socket.AF_INET6, "::ffff:")):
        wanted = [_spell(family, prefix + host, port) for host, port in (client, server)]
        try:
            rows = (tables / table).read_text(encoding="ascii").splitlines()[1:]
        except FileNotFoundError:
            continue
        for row in rows:
            _, local, remote, _, _, _, _, user, _, inode, *_ = row.split()
            # Of a socket that its program has closed, the kernel says that it is root's and has no inode.
            if [local, remote] == wanted and inode != "0":
                return int(user)
    return None


def _spell(family: socket.AddressFamily, host: str, port: int) -> str:
    """Write an address as the kernel does: as numbers of four bytes in the processor's own order."""
    packed = socket.inet_pton(family, host)
    words = [int.from_bytes(packed[at : at + 4], sys.byteorder) for at in range(0, len(packed), 4)]
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"
