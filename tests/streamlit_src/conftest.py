"""The app's modules are imported flat, as Streamlit does it, and its API is a real server on a loopback port."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

APP_FOLDER = Path(__file__).parents[2] / "streamlit_src"
# At the end: both this folder and the repository's root hold an app.py, and `import app` means the root's.
if str(APP_FOLDER) not in sys.path:
    sys.path.append(str(APP_FOLDER))


@dataclass
class FakeApi:
    """What the server answers next, and what it was asked."""

    url: str
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    hang_up: bool = False
    promised_length: int | None = None
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)

    def refuse(self, status: int, answer: object) -> None:
        """Let the next answers be errors with this JSON body."""
        self.status, self.body = status, json.dumps(answer).encode()


@pytest.fixture
def api() -> Iterator[FakeApi]:
    released = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(b"")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

        def answer(self, body: bytes) -> None:
            fake.asked.append((self.command, self.headers.get("Content-Type", ""), body))
            released.wait(fake.delay_s)
            if fake.hang_up:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            reply = fake.body
            if reply is None:
                numbers = json.loads(body)["nums"]
                reply = json.dumps(sum(numbers) / len(numbers)).encode()
            self.send_response(fake.status)
            for name, value in fake.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(fake.promised_length or len(reply)))
            with contextlib.suppress(ConnectionError):  # the client did not wait for us
                self.end_headers()
                self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = FakeApi(f"http://127.0.0.1:{server.server_port}/calculate_mean")
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    yield fake
    released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def closed_url() -> Iterator[str]:
    """Yield a URL whose port is ours, so that nobody can listen there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/calculate_mean"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the whole app, not yet run and without an API."""
    monkeypatch.delenv("CALCULATE_MEAN_URL", raising=False)
    # Each new AppTest looks through all installed packages for components; this app uses none.
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list, raising=False)
    return AppTest.from_file(str(APP_FOLDER / "frame.py"), default_timeout=20)
