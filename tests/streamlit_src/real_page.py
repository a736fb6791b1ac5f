"""The page as the machine serves it, and visitors without a browser: they speak Streamlit's own protocol, raw."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

APP_FOLDER = Path(__file__).parents[2] / "streamlit_src"
# As in the machine's unit.
SETTINGS = {
    "STREAMLIT_SERVER_HEADLESS": "true",
    "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    "STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED": "true",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "none",
    "PYTHONUNBUFFERED": "1",
}
PATIENCE_S = 60.0


@dataclass(frozen=True)
class RealPage:
    """A running server, as whoever comes from an address with these headers sees it."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    source: str = "127.0.0.1"
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Send one request; return the answer's status, and the cookie it sets."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE_S, source_address=(self.source, 0)
        )
        with contextlib.closing(connection):
            connection.request(method, path, body or None, {**self.headers, **(headers or {})})
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("Set-Cookie", "")

    def megabytes(self) -> float:
        """Return what the server's process holds of the memory now."""
        told = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        return int(told.stdout) / 1024


class Visitor:
    """One WebSocket, and so one session."""

    def __init__(self, page: RealPage) -> None:
        self.page = page
        self._opened = contextlib.ExitStack()
        address = f"ws://127.0.0.1:{page.port}/_stcore/stream"
        self.socket = self._opened.enter_context(
            connect(
                address,
                subprotocols=[Subprotocol("streamlit")],
                max_size=None,
                open_timeout=PATIENCE_S,
                additional_headers=page.headers,
                source_address=(page.source, 0),
            )
        )
        self.session_id = ""
        self.pages: dict[str, str] = {}
        self.text_area = ""

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._opened.close()

    def run(self, page: str = "", **widgets: str) -> list[ForwardMsg]:
        """Have the script run, with these texts in widgets; return what the page said until it was done."""
        self.send(page, **widgets)
        return self.answers()

    def send(self, page: str = "", **widgets: str) -> None:
        """Have the script run, and wait for nothing."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self.pages.get(page, "")
        for name, text in widgets.items():
            message.rerun_script.widget_states.widgets.add(id=name, string_value=text)
        self.socket.send(message.SerializeToString())

    def answers(self) -> list[ForwardMsg]:
        """Return what the page says until its script is done."""
        said: list[ForwardMsg] = []
        while not said or said[-1].WhichOneof("type") != "script_finished":
            said.append(ForwardMsg.FromString(_bytes(self.socket.recv(timeout=PATIENCE_S))))
            if said[-1].WhichOneof("type") == "new_session":
                self.session_id = said[-1].new_session.initialize.session_id
            self.text_area = said[-1].delta.new_element.text_area.id or self.text_area
            for page in said[-1].navigation.app_pages:
                self.pages[page.url_pathname] = page.page_script_hash
        return said

    def upload(self, name: str, content: bytes, method: str = "PUT") -> int:
        """Upload a file, as the page's own script would, or take it away; return the status."""
        _, cookie = self.page.ask("GET", "/_stcore/health")
        token = re.findall(r"_streamlit_xsrf=([^;]+)", cookie)[0]
        body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n' + content + b"\r\n--x--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": token}
        headers["Cookie"] = "; ".join([f"_streamlit_xsrf={token}", *filter(None, [self.page.headers.get("Cookie")])])
        status, _ = self.page.ask(method, f"/_stcore/upload_file/{self.session_id}/{name}", body, headers)
        return status


def _bytes(message: str | bytes) -> bytes:
    return message if isinstance(message, bytes) else message.encode()


@contextlib.contextmanager
def running_page(
    folder: Path, app: Path = APP_FOLDER, program: Sequence[str] = ("-m", "streamlit"), **settings: str
) -> Iterator[RealPage]:
    """Serve the app until the end of the block; what it writes goes to a file in the folder.

    :param program: what Python runs.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "app.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *program, "run", "app.py", f"--server.port={port}", "--server.address=127.0.0.1"],
            cwd=app,
            env=inherited | SETTINGS | {"HOME": str(folder)} | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        page = RealPage(process, port, log)
        _wait_for(page)
        yield page
    finally:
        process.kill()
        process.wait()


def _wait_for(page: RealPage) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if page.ask("GET", "/_stcore/script-health-check")[0] == 200:
                return
        if page.process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the page does not answer:\n{page.log.read_text()}")
