"""Opens every page of the app, as a browser does, and fails at one that raises an error or does not finish.

Streamlit's plain health check is green for a broken app, and the one that runs the script would run it for all who
ask. The unit runs this within its own limits, by the app's Python.
"""

import os
import socket
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType

# Its messages alone: all of Streamlit takes seconds to load, on a new machine as long as the server itself.
found = find_spec("streamlit")
package = ModuleType("streamlit")
package.__path__ = list(found.submodule_search_locations or ()) if found else []
sys.modules["streamlit"] = package

from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: E402
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: E402

# A new t4g.small has 0.4 of a processor, where this is 48 seconds of a whole one.
PATIENCE_SECONDS = 120
HANDSHAKE = """\
GET /_stcore/stream HTTP/1.1\r
Host: 127.0.0.1\r
Connection: Upgrade\r
Upgrade: websocket\r
Sec-WebSocket-Version: 13\r
Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
\r
"""
# Kinds of frames.
BINARY, CLOSE, PING, PONG = 2, 8, 9, 10


class Connection:
    """A WebSocket to Streamlit, of the standard library alone: no library for it comes with every version."""

    def __init__(self, port: int) -> None:
        self.deadline = time.monotonic() + PATIENCE_SECONDS
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._file = self._socket.makefile("rb")
        self._socket.sendall(HANDSHAKE.encode())
        answer = self._file.readline().decode()
        if answer.split()[1:2] != ["101"]:
            raise ConnectionError(f"the server takes no visitor: {answer.strip()}")
        while self._file.readline().strip():
            pass

    def send(self, data: bytes, kind: int = BINARY) -> None:
        """Send a short message, masked by zeros, which leave it as it is."""
        self._socket.sendall(bytes([0x80 | kind, 0x80 | len(data), 0, 0, 0, 0]) + data)

    def receive(self) -> bytes:
        """Give the next message, or raise ``TimeoutError`` after the deadline."""
        message = b""
        while True:
            first, second = self._read(2)
            length = second & 0x7F
            if length > 125:
                length = int.from_bytes(self._read(2 if length == 126 else 8), "big")
            data, kind = self._read(length), first & 0x0F
            if kind == PING:
                self.send(data, PONG)
            elif kind == CLOSE:
                raise ConnectionError("the server ended")
            elif kind != PONG:
                message += data
                if first & 0x80:
                    return message

    def _read(self, size: int) -> bytes:
        # Zero would mean not to wait at all.
        self._socket.settimeout(max(0.001, self.deadline - time.monotonic()))
        data = self._file.read(size)
        if len(data) < size:
            raise ConnectionError("the server ended")
        return data


def run(connection: Connection, page: str) -> Iterator[ForwardMsg]:
    """Run a page by its hash, or the first one by none, and give what it says until its script has ended."""
    request = BackMsg()
    request.rerun_script.page_script_hash = page
    connection.deadline = time.monotonic() + PATIENCE_SECONDS
    connection.send(request.SerializeToString())
    begun = False
    while True:
        message = ForwardMsg.FromString(connection.receive())
        # What is left of the page before comes first.
        begun = begun or (message.HasField("new_session") and page in ("", message.new_session.page_script_hash))
        if begun:
            yield message
            if message.HasField("script_finished"):
                return


def raised(message: ForwardMsg) -> bool:
    """Tell whether the script raised an error. One that the app shows itself, by st.exception, has a type."""
    exception = message.delta.new_element.exception
    return message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR or (
        message.delta.new_element.HasField("exception") and not exception.is_warning and not exception.type
    )


def visit(connection: Connection, page: str, name: str) -> list[ForwardMsg]:
    """Run a page and give all that it said, or end here and name it."""
    try:
        messages = list(run(connection, page))
    except TimeoutError:
        sys.exit(f"pages: {name} did not finish within two minutes")
    if any(map(raised, messages)):
        sys.exit(f"pages: {name} raised an error")
    return messages


def main() -> None:
    """Run all pages."""
    connection = Connection(int(os.environ["PORT"]))
    first = visit(connection, "", "the first page")
    # What lies in pages/, unless the script's st.navigation has said something else since.
    listed = [message.new_session.app_pages for message in first if message.HasField("new_session")]
    listed += [message.navigation.app_pages for message in first if message.WhichOneof("type") == "navigation"]
    for page in listed[-1]:
        # Older versions know neither paths, nor which is the first, nor pages elsewhere.
        path = getattr(page, "url_pathname", page.page_name)
        if path and not getattr(page, "is_default", False) and not getattr(page, "external_url", ""):
            visit(connection, page.page_script_hash, f"the page /{path}")


try:
    main()
except ConnectionError as error:
    sys.exit(f"pages: {error}")
