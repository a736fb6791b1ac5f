"""How often AWS is asked."""

import socket
import socketserver
import threading
from types import SimpleNamespace

import pytest
from botocore import endpoint
from botocore.exceptions import BotoCoreError, EndpointConnectionError

from ops.answers.errors import in_words
from ops.cloud import clients
from ops.cloud.clients import Aws


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the pauses before AWS is asked again, and make none."""
    made: list[float] = []
    # Botocore's alone: MiniStack, once a test has imported it, has a thread that sleeps and looks for ever.
    monkeypatch.setattr(endpoint, "time", SimpleNamespace(sleep=made.append))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    return made


def refusal(port: int) -> BotoCoreError:
    """Ask at a port where nobody can answer."""
    client = Aws(region="eu-central-1", endpoint=f"http://127.0.0.1:{port}").client("sts")
    with pytest.raises(BotoCoreError) as raised:
        client.get_caller_identity()
    return raised.value


def test_where_nobody_listens_is_asked_once(pauses: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert isinstance(refusal(port), EndpointConnectionError)
    assert pauses == []


def test_one_that_hangs_is_asked_once_and_told(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """As the embedded AWS does when its process is stopped."""
    monkeypatch.setattr(clients, "HANGS_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        told = in_words(refusal(port))
    assert told.startswith(f"the AWS at http://127.0.0.1:{port} takes calls and answers none")
    assert pauses == []


def test_who_hangs_up_is_asked_three_times(pauses: list[float]) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert not isinstance(refusal(server.server_address[1]), EndpointConnectionError)
        server.shutdown()
    assert len(pauses) == 2
