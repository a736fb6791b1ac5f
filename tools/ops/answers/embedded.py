"""The embedded AWS as whoever does not run it knows it: by its address, its record, and the lines for a shell."""

import ipaddress
import json
import socket
from urllib.parse import urlsplit

from stacks.setting import CHECKOUT

# What it writes lies here unless a person says otherwise; which port it listens at, in this file.
FOLDER = CHECKOUT / ".local-aws"
RECORD = "server.json"
POINT_AT_IT = 'eval "$(.venv/bin/python -m local_aws env)"'
POINT_BACK = 'eval "$(.venv/bin/python -m local_aws env --unset)"'


def runs_here() -> bool:
    """Whether this checkout's embedded AWS is up: one that was killed leaves its record behind, and nobody listens."""
    try:
        port = json.loads((FOLDER / RECORD).read_text(encoding="utf-8"))["port"]
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except (OSError, ValueError):
        return False
    return True


def is_on_this_laptop(url: str) -> bool:
    """Whether an AWS's address is of an embedded one: Amazon's never is."""
    return is_loopback(urlsplit(url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host is this laptop itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
