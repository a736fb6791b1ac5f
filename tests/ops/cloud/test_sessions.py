"""The line that counts a machine's sessions, as a real shell runs it."""

import socket
import subprocess
import sys
from contextlib import ExitStack

import pytest

from ops.cloud.sessions import COUNT


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no ss, and no machine runs it")
def test_the_line_counts_open_connections_of_the_port_alone() -> None:
    with ExitStack() as opened, socket.create_server(("127.0.0.1", 0)) as page:
        where = page.getsockname()
        for _ in range(3):
            opened.enter_context(socket.create_connection(where))
            opened.enter_context(page.accept()[0])
        # Its other end has that port as well.
        counted = subprocess.run(["sh", "-c", COUNT.format(port=where[1])], capture_output=True, text=True, check=True)
    assert (counted.stdout.strip(), counted.stderr) == ("3", "")
