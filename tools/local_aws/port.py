"""The port of the embedded AWS: its favourite where that is free, and the one of a kept cloud, as its URLs hold it."""

import socket

from local_aws.state import State, read_json
from ops.answers.errors import OpsError

FAVOURITE_PORT = 4566


def take(state: State) -> socket.socket:
    """Listen, on loopback only."""
    kept = read_json(state.folder / "port.json") if state.is_kept else None
    for port in (kept,) if kept else (FAVOURITE_PORT, 0):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        listener.set_inheritable(False)
        return listener
    raise OpsError(
        f"port {kept}, which the kept cloud's URLs hold, is taken by another program: "
        "stop that program, or start afresh with `python -m local_aws down`"
    )
