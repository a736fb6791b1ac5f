"""Whose connection it is, by the kernel's own table of sockets.

Linux shows everybody that table, with the owner of each socket. macOS documents no such thing for a plain user, so
there it is not checked: whoever has an account on the same Mac reaches the embedded AWS.
"""

import os
import socket
import sys
from pathlib import Path

Address = tuple[str, int]

TABLES = Path("/proc/net")


def is_ours(client: Address, server: Address) -> bool:
    """Tell whether the far end of a connection over loopback belongs to the user that we run as."""
    return sys.platform != "linux" or owner(client, server) == os.geteuid()


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
