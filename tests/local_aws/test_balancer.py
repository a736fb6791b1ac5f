"""A load balancer: what it tells its targets of who asks, and what it answers where nobody can."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch

from local_aws.balancers.app import Balancer
from local_aws.balancers.health import HealthCheck
from local_aws.balancers.targets import HEALTHY, Target, Targets
from local_aws.edge.config import Origin
from local_aws.ministack import balancers
from tests.local_aws.test_targets import targets_of

ARN = "arn:aws:elasticloadbalancing:us-east-1:000000000000:{}/one"
GROUP = ARN.format("targetgroup")
LISTENER: dict[str, Any] = {
    "ListenerArn": ARN.format("listener"),
    "LoadBalancerArn": ARN.format("loadbalancer"),
    "Port": 8501,
}
KEY = ("000000000000", "us-east-1", LISTENER["ListenerArn"])


class Page(BaseHTTPRequestHandler):
    """Says what it was asked."""

    def do_GET(self) -> None:
        told = "\n".join(f"{name.lower()}: {value}" for name, value in self.headers.items()).encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(told)))
        self.send_header("Set-Cookie", "own=1")
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def page() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def ask(
    port: int | None, targets: Targets, *headers: tuple[bytes, bytes], path: str = "/", **attributes: str
) -> tuple[int, list[tuple[str, str]], str]:
    """Ask a balancer whose targets all listen at this port."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    def attribute(_account: str, _arn: str, name: str, default: str) -> str:
        return attributes.get(name.replace(".", "_"), default)

    def place(_account: str, _target: Target, seconds: float) -> Origin | None:
        return None if port is None else Origin("10.0.0.1", "127.0.0.1", port, "", (), seconds, attempts=1)

    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"page.example.org:9000"), *headers],
        "client": ("192.0.2.1", 5),
        "scheme": "http",
    }
    action = {"Type": "forward", "TargetGroupArn": GROUP}
    with (
        patch.object(balancers, "attribute", attribute),
        patch.object(balancers, "action_for", lambda *_: action),
    ):
        asyncio.run(Balancer(lambda: (KEY, LISTENER), lambda *_: targets, place)(scope, receive, send))
    told = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    return sent[0]["status"], told, b"".join(one.get("body", b"") for one in sent[1:]).decode()


def test_a_target_learns_who_asks() -> None:
    with page() as port:
        status, _, told = ask(port, targets_of(a=HEALTHY), (b"x-forwarded-for", b"203.0.113.9"), (b"te", b"trailers"))
    assert status == 200
    lines = told.splitlines()
    assert "x-forwarded-for: 203.0.113.9, 192.0.2.1" in lines
    assert {"x-forwarded-proto: http", "x-forwarded-port: 8501", "host: page.example.org:8501"} <= set(lines)
    assert not any(line.startswith("te:") for line in lines)


def test_a_visitor_gets_the_cookie_with_each_answer_where_the_group_is_sticky() -> None:
    with page() as port:
        _, headers, _ = ask(port, targets_of(a=HEALTHY), stickiness_enabled="true")
        set_by = [value.partition("=")[0] for name, value in headers if name == "set-cookie"]
        assert set_by == ["own", "AWSALB", "AWSALBCORS"]
        _, headers, _ = ask(port, targets_of(a=HEALTHY))
        assert [value for name, value in headers if name == "set-cookie"] == ["own=1"]


def test_a_targets_own_error_stays_its_own() -> None:
    with page() as port:
        assert ask(port, targets_of(a=HEALTHY), path="/missing")[0] == 404


def test_nobody_to_ask() -> None:
    status, headers, body = ask(1, targets_of())
    assert (status, "503 Service Temporarily Unavailable" in body) == (503, True)
    assert ("server", "awselb/2.0") in headers


def test_a_target_that_refuses() -> None:
    # Nobody listens at port 1.
    assert ask(1, targets_of(a=HEALTHY))[0] == 502
    assert ask(None, targets_of(a=HEALTHY))[0] == 502


def test_a_check_of_nobody_fails() -> None:
    assert asyncio.run(HealthCheck("/", 10, 5, 2, 2, "200").passed(None)) is False


def test_a_check_asks_its_path() -> None:
    with page() as port:
        origin = Origin("10.0.0.1", "127.0.0.1", port, "", (), 5, attempts=1)
        assert asyncio.run(HealthCheck("/", 10, 5, 2, 2, "200").passed(origin))
        assert not asyncio.run(HealthCheck("/missing", 10, 5, 2, 2, "200").passed(origin))
