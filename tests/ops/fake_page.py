"""A page, or an API, on this laptop that answers as the test says."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FakePage:
    """Where it is, and what it was asked: method, path, body."""

    url: str = ""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)


@contextmanager
def answering(
    *statuses: int | None,
    body: str = "ok",
    headers: Sequence[tuple[str, str]] = (),
    held_back: threading.Event | None = None,
) -> Iterator[FakePage]:
    """Answer with each status in turn, the last one forever; None hangs up without an answer."""
    page, left = FakePage(), list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            page.asked.append((self.command, self.path, content))
            status = left.pop(0) if len(left) > 1 else left[0]
            if status is None:
                self.close_connection = True
                return
            if held_back:
                held_back.wait(10)
            # Whoever asked may have given up by now.
            with suppress(ConnectionError):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

        do_GET = do_POST = _answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    page.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield page
    finally:
        if held_back:
            held_back.set()
        server.shutdown()
        thread.join()
        server.server_close()
