import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ops import my_ip as module
from ops.my_ip import AddressUnknown, main, my_ip, replace_my_ip


@contextmanager
def answering(body: str, status: int = 200, delay: threading.Event | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if delay:
                delay.wait(10)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        if delay:
            delay.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("answer", "cidr"), [("203.0.113.7\n", "203.0.113.7/32"), ("2001:db8::7\n", "2001:db8::7/128")]
)
def test_an_address_becomes_a_cidr_of_itself(answer: str, cidr: str) -> None:
    with answering(answer) as url:
        assert my_ip(url) == cidr


def test_only_my_ip_is_replaced() -> None:
    with answering("203.0.113.7") as url:
        assert replace_my_ip("10.0.0.0/8, my-ip,pl-123,my-ip", url) == "10.0.0.0/8,203.0.113.7/32,pl-123,203.0.113.7/32"


@pytest.mark.parametrize("sources", ["world", "", "10.0.0.0/8, pl-1", "not-my-ip", "my-ip-2"])
def test_what_names_no_my_ip_passes_unchanged_and_asks_nobody(sources: str) -> None:
    assert replace_my_ip(sources, "http://127.0.0.1:9/never-asked") == sources


def test_a_page_that_is_no_address_is_refused() -> None:
    with answering("<html>Welcome to the hotel") as url, pytest.raises(AddressUnknown, match="no address"):
        my_ip(url)


def test_an_error_status_is_told() -> None:
    with answering("oops", status=503) as url, pytest.raises(AddressUnknown, match="could not ask"):
        my_ip(url)


def test_a_silent_server_is_given_up() -> None:
    with answering("203.0.113.7", delay=threading.Event()) as url, pytest.raises(AddressUnknown, match="timed out"):
        my_ip(url, timeout=0.2)


def test_the_command_prints_the_sources(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with answering("203.0.113.7") as url:
        monkeypatch.setattr(module, "CHECK_IP", url)
        assert main(["my-ip,pl-1"]) == 0
    assert capsys.readouterr().out == "203.0.113.7/32,pl-1\n"


def test_the_command_fails_in_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with answering("") as url:
        gone = url
    monkeypatch.setattr(module, "CHECK_IP", gone)
    assert main(["my-ip"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Connection refused" in printed.err
    assert "name the address yourself" in printed.err


@pytest.mark.parametrize("arguments", [[], ["my-ip", "pl-1"]])
def test_the_command_wants_one_argument(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage" in capsys.readouterr().err
