"""An edge serves by its distribution's config: real TLS, HTTP and WebSockets, before a machine that is a stand-in."""

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ministack.services import cloudfront
from ministack.services.cloudformation import provisioners
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

from local_aws.edge.edges import Edges
from ops.cloud import probe

TYPE = "AWS::CloudFront::Distribution"
# AWS's own policies.
CACHING_DISABLED, CACHING_OPTIMIZED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
EVERY_METHOD = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
STRANGER = "127.0.0.9"
DOORS = """
const NETWORKS = ['203.0.113.7/32'];
function handler(event) {
    if (event.request.uri === '/broken') { return null.x; }
    if (event.viewer.ip === '203.0.113.7') { return event.request; }
    return {statusCode: 403, headers: {'content-type': {value: 'text/plain'}}, body: event.viewer.ip + ' stays out'};
}
"""


@dataclass
class Machine:
    """Tells what it was asked: on one port by HTTP, on another by WebSocket."""

    port: int
    socket_port: int
    is_silent: bool = False
    asked: list[str] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """What it answers."""

    protocol_version = "HTTP/1.1"
    machine: Machine

    def do_GET(self) -> None:
        self.machine.asked.append(self.path)
        if self.path == "/hangs-up":
            self.close_connection = True
            return
        status = int(self.path.rpartition("=")[2]) if "status=" in self.path else 200
        # Of what it refuses at once, it takes the rest afterwards.
        length = 0 if status == 413 else self._read()
        told = {"method": self.command, "path": self.path, "length": length, "headers": dict(self.headers)}
        body = b"" if self.command == "HEAD" else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store" if "fresh" in self.path else "public, max-age=60")
        self.end_headers()
        self.wfile.write(body)
        if status == 413:
            self._read()

    do_PUT = do_POST = do_HEAD = do_GET  # noqa: N815 - as the server has it

    def _read(self) -> int:
        if self.headers.get("Transfer-Encoding") == "chunked":
            total = 0
            while size := int(self.rfile.readline(), 16):
                total += len(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return total
        return len(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def echo(connection: ServerConnection) -> None:
    assert connection.request
    connection.send(json.dumps(dict(connection.request.headers)))
    for message in connection:
        if message == "go":
            connection.close(4001, "gone")
        connection.send(message)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with server, serve(echo, "127.0.0.1", 0, max_size=None) as sockets:
        Handler.machine = Machine(server.server_port, sockets.socket.getsockname()[1])
        for one in (server, sockets):
            threading.Thread(target=one.serve_forever, daemon=True).start()
        yield Handler.machine
        server.shutdown()


@pytest.fixture(autouse=True)
def well(machine: Machine) -> None:
    machine.is_silent = False
    machine.asked.clear()


def origin(name: str, host: str, port: int) -> dict[str, Any]:
    secret = {"HeaderName": "X-Origin-Secret", "HeaderValue": "s3cret"}
    return {
        "Id": name,
        "DomainName": host,
        "OriginPath": "/front" if name == "api" else "",
        "ConnectionAttempts": 1,
        # Less than CloudFront takes, which is whole seconds.
        "ConnectionTimeout": 0.1,
        "CustomOriginConfig": {
            "HTTPPort": port,
            "OriginProtocolPolicy": "https-only" if name == "api" else "http-only",
        },
        "OriginCustomHeaders": [secret] if name != "api" else [],
    }


def behavior(target: str, policy: str, **more: Any) -> dict[str, Any]:
    return {
        "TargetOriginId": target,
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": policy,
        "FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": cloudfront._func_arn("doors")}],
        **more,
    }


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edge") / "authority.pem"


@pytest.fixture(scope="module")
def name(machine: Machine, authority: Path) -> Iterator[str]:
    """Make a distribution with an edge, and give its domain name."""
    edges = Edges(authority, lambda _address, _port: machine.is_silent, machine.port)
    ec2 = "ec2-127-0-0-1.compute-1.amazonaws.com"
    all_of_it = {"AllowedMethods": EVERY_METHOD, "OriginRequestPolicyId": ALL_VIEWER}
    config = {
        "Enabled": True,
        "HttpVersion": "http2",
        "Origins": [
            origin("page", ec2, machine.port),
            origin("socket", ec2, machine.socket_port),
            origin("api", "a1b2c3.execute-api.us-east-1.amazonaws.com", 80),
        ],
        "OriginGroups": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "either",
                    "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [500]}},
                    "Members": {"Quantity": 2, "Items": [{"OriginId": "page"}, {"OriginId": "api"}]},
                }
            ],
        },
        "DefaultCacheBehavior": behavior("page", CACHING_DISABLED, **all_of_it),
        "CacheBehaviors": [
            {"PathPattern": "/static/*", **behavior("page", CACHING_OPTIMIZED)},
            {"PathPattern": "/_stopped", **behavior("api", CACHING_DISABLED)},
            {"PathPattern": "/either", **behavior("either", CACHING_DISABLED, OriginRequestPolicyId=ALL_VIEWER)},
            {"PathPattern": "/stream", **behavior("socket", CACHING_DISABLED, **all_of_it)},
        ],
        "CustomErrorResponses": [
            {"ErrorCode": 504, "ResponseCode": 503, "ResponsePagePath": "/_stopped", "ErrorCachingMinTTL": 60}
        ],
    }
    function = {"Name": "doors", "FunctionCode": DOORS, "AutoPublish": True}
    function["FunctionConfig"] = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    provisioners._cf_function_create("Doors", function, "Stack")
    made, _ = provisioners._cf_distribution_create("Edge", {"DistributionConfig": config}, "Stack")
    domain = cloudfront._distributions[made]["DomainName"] = edges.next_domain_name()
    edges.follow()
    yield domain
    provisioners._cf_distribution_delete(made, {})
    edges.follow()
    provisioners._cf_function_delete("doors", {})
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(domain).connect()


def trusting(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))


@dataclass
class Got:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass
class Viewer:
    """Somebody with a browser, who trusts the authority or comes by HTTP."""

    name: str
    trust: ssl.SSLContext | None

    def ask(
        self, path: str, method: str = "GET", *, secure: bool = True, source: str = "127.0.0.1", **more: Any
    ) -> Got:
        place: dict[str, Any] = {"source_address": (source, 0), "timeout": 10}
        connection = (
            http.client.HTTPSConnection(self.name, context=self.trust, **place)
            if secure
            else http.client.HTTPConnection(self.name, **place)
        )
        with closing(connection):
            connection.request(method, path, **more)
            answer = connection.getresponse()
            headers = {header.lower(): value for header, value in answer.getheaders()}
            return Got(answer.status, headers, answer.read())

    def open(self, path: str = "/stream", **more: Any) -> ClientConnection:
        opened: ClientConnection = connect(
            f"{'wss' if self.trust else 'ws'}://{self.name}{path}", ssl=self.trust, max_size=None, **more
        )
        return opened


@pytest.fixture
def viewer(name: str, authority: Path) -> Viewer:
    return Viewer(name, trusting(authority))


@pytest.mark.parametrize(("method", "status"), [("GET", 301), ("HEAD", 301), ("POST", 307)])
def test_http_leads_to_https(viewer: Viewer, machine: Machine, method: str, status: int) -> None:
    got = viewer.ask("/a?b=c", method, secure=False)
    assert (got.status, got.headers["location"]) == (status, f"https://{viewer.name}/a?b=c")
    assert machine.asked == []


def test_the_machine_gets_the_secret_and_what_the_visitor_sent(viewer: Viewer) -> None:
    sent = {"Cookie": "a=b; c=d", "X-Mine": "1", "X-Origin-Secret": "guess", "X-Forwarded-For": "6.6.6.6", "TE": "x"}
    told = viewer.ask("/page?x=1&x=%2F", headers=sent).told
    headers = {header.lower(): value for header, value in told["headers"].items()}
    assert told["path"] == "/page?x=1&x=%2F"
    assert headers["x-origin-secret"] == "s3cret"
    assert (headers["host"], headers["cookie"], headers["x-mine"]) == (viewer.name, "a=b; c=d", "1")
    # Whoever reads the last of these reads what the edge has seen.
    assert headers["x-forwarded-for"] == "6.6.6.6, 203.0.113.7"
    assert "te" not in headers


def test_nothing_of_the_page_is_kept_and_of_its_static_files_all(viewer: Viewer, machine: Machine) -> None:
    answers = [viewer.ask(path) for path in ("/page", "/page", "/static/a.js?1", "/static/a.js?2", "/static/fresh.js")]
    assert machine.asked == ["/page", "/page", "/static/a.js", "/static/fresh.js"]
    assert [one.headers["x-cache"].partition(" ")[0] for one in answers] == ["Miss", "Miss", "Miss", "Hit", "Miss"]
    # What says so itself is kept as briefly as the policy lets it be.
    assert "Cookie" not in answers[2].told["headers"]
    # The visitor's Host is not for what everybody shares.
    assert answers[2].told["headers"]["host"] == "ec2-127-0-0-1.compute-1.amazonaws.com"


def test_a_method_that_is_not_allowed(viewer: Viewer, machine: Machine) -> None:
    got = viewer.ask("/static/a.js", "POST", body=b"1")
    assert (got.status, got.headers["x-cache"]) == (403, "Error from cloudfront")
    assert b"not configured to allow the HTTP request method" in got.body
    assert machine.asked == []


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1"])
def test_another_name_is_refused(viewer: Viewer, machine: Machine, host: str) -> None:
    assert viewer.ask("/", headers={"Host": host}).status == 403
    assert machine.asked == []


@pytest.mark.parametrize("path", ["/page", "/static/new.js", "/_stopped"])
def test_the_function_refuses_strangers(viewer: Viewer, machine: Machine, path: str) -> None:
    got = viewer.ask(path, source=STRANGER)
    assert (got.status, got.body) == (403, b"127.0.0.9 stays out")
    assert machine.asked == []
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        viewer.open(source_address=(STRANGER, 0))


def test_what_is_kept_is_not_for_strangers(viewer: Viewer) -> None:
    assert viewer.ask("/static/kept.js").status == 200
    assert viewer.ask("/static/kept.js", source=STRANGER).status == 403


def test_a_function_that_fails(viewer: Viewer, capfd: pytest.CaptureFixture[str]) -> None:
    assert viewer.ask("/broken").status == 503
    assert "TypeError" in capfd.readouterr().out


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size):
        yield b"1" * 1_000_000


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_an_upload_of_known_and_of_unknown_length(viewer: Viewer, method: str) -> None:
    assert viewer.ask("/up", method, body=b"1" * 3_000_000).told["length"] == 3_000_000
    assert viewer.ask("/up", method, body=chunks(3), encode_chunked=True).told["length"] == 3_000_000


def test_an_upload_that_is_refused_at_once(viewer: Viewer) -> None:
    assert viewer.ask("/up?status=413", "PUT", body=b"1" * 100_000).status == 413


@pytest.mark.parametrize("path", ["/up?status=413", "/static/a.js"])
def test_a_large_upload_that_is_refused_is_answered(viewer: Viewer, path: str) -> None:
    assert viewer.ask(path, "PUT", body=b"1" * 5_000_000).status in (403, 413)
    assert viewer.ask("/page", "PUT", body=b"1" * 5_000_000, source=STRANGER).status == 403


def test_a_web_socket_carries_both_ways(viewer: Viewer) -> None:
    with viewer.open(
        additional_headers={"Cookie": "a=b", "X-Origin-Secret": "guess"}, origin="https://x.org"
    ) as socket:
        headers = {header.lower(): value for header, value in json.loads(socket.recv()).items()}
        assert (headers["x-origin-secret"], headers["cookie"]) == ("s3cret", "a=b")
        assert (headers["host"], headers["origin"]) == (viewer.name, "https://x.org")
        for message in ("text", b"bytes", b"1" * 2_000_000):
            socket.send(message)
            assert socket.recv() == message
        socket.send("go")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv()
    assert closed.value.rcvd
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "gone")


def test_a_web_socket_that_the_machine_refuses(viewer: Viewer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        viewer.open("/page?status=418")
    assert refused.value.response.status_code == 418


def test_while_the_machine_is_silent_there_is_another_page(viewer: Viewer, machine: Machine) -> None:
    machine.is_silent = True
    for _ in range(2):
        got = viewer.ask("/silent")
        assert (got.status, got.told["path"]) == (503, "/_aws/execute-api/a1b2c3/front/_stopped")
    # It is kept, as the distribution says; the secret is not for it.
    assert len(machine.asked) == 1
    assert "x-origin-secret" not in {header.lower() for header in got.told["headers"]}
    with pytest.raises(InvalidStatus, match="HTTP 503"):
        viewer.open()
    machine.is_silent = False
    assert viewer.ask("/page").status == 200


def test_a_machine_that_hangs_up(viewer: Viewer) -> None:
    got = viewer.ask("/hangs-up")
    assert (got.status, got.headers["x-cache"]) == (502, "Error from cloudfront")
    assert b"The request could not be satisfied" in got.body


def test_the_second_origin_of_a_group(viewer: Viewer, machine: Machine) -> None:
    assert viewer.ask("/either?status=200").told["path"] == "/either?status=200"
    viewer.ask("/either?status=500")
    assert machine.asked[1:] == ["/either?status=500", "/_aws/execute-api/a1b2c3/front/either?status=500"]


def test_head(viewer: Viewer) -> None:
    got = viewer.ask("/page", "HEAD")
    assert (got.status, got.body) == (200, b"")


def test_the_authority_is_trusted_by_whoever_was_told_to(viewer: Viewer, authority: Path) -> None:
    url = f"https://{viewer.name}"
    assert "certificate verify failed" in probe.ask(url).text
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(probe.AUTHORITY, str(authority))
        assert probe.ask(url).status == 200


def test_silence_behind_an_edge_is_silence(
    viewer: Viewer, machine: Machine, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(probe.AUTHORITY, str(authority))
    machine.is_silent = True
    health = probe.ask_page(f"https://{viewer.name}")
    assert (health.answered, health.words) == (False, "no answer (its edge is there, and the machine behind it is not)")
