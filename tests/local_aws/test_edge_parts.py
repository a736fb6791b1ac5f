"""What an edge reads, keeps and takes somebody for; and for whom its authority is good."""

import ssl
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from local_aws.edge.authority import Authority
from local_aws.edge.cache import lifetime
from local_aws.edge.config import API, ELASTIC_IP, _origin, normal
from local_aws.edge.request import address_of


@pytest.mark.parametrize(
    ("sent", "compared"),
    [
        ("/", "/"),
        ("/static/a.js", "/static/a.js"),
        ("/static/", "/static/"),
        ("/static/../_stcore/health", "/_stcore/health"),
        ("/static/%2e%2E/_stcore/health", "/_stcore/health"),
        ("/%73tatic/a.js", "/static/a.js"),
        ("/static/..", "/"),
        ("//static/a.js", "/static/a.js"),
        # No path of its own: what is reserved stays as it is.
        ("/static%2f..%2fx", "/static%2f..%2fx"),
    ],
)
def test_a_path_is_compared_in_one_form(sent: str, compared: str) -> None:
    assert normal(sent) == compared


OPTIMIZED = {"MinTTL": 1, "DefaultTTL": 86400, "MaxTTL": 31536000}
DISABLED = {"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0}


@pytest.mark.parametrize(
    ("policy", "status", "headers", "seconds"),
    [
        (OPTIMIZED, 200, {}, 86400),
        (OPTIMIZED, 200, {"cache-control": "public, immutable, max-age=60"}, 60),
        (OPTIMIZED, 200, {"cache-control": "max-age=60, s-maxage=600"}, 600),
        (OPTIMIZED, 200, {"cache-control": "max-age=99999999"}, 31536000),
        (OPTIMIZED, 200, {"cache-control": "no-cache"}, 1),
        (OPTIMIZED, 200, {"set-cookie": "a=b"}, 0),
        (OPTIMIZED, 206, {}, 0),
        (OPTIMIZED, 403, {}, 0),
        (DISABLED, 200, {"cache-control": "max-age=60"}, 0),
    ],
)
def test_how_long_an_answer_is_kept(policy: dict[str, int], status: int, headers: dict[str, Any], seconds: int) -> None:
    assert lifetime(policy, status, headers) == seconds


@pytest.mark.parametrize(
    ("client", "code", "address"),
    [
        ("127.0.0.1", 'const NETWORKS = ["203.0.113.0/24", "192.0.2.1/32"];', "203.0.113.0"),
        ("127.0.0.1", 'const NETWORKS = ["0.0.0.0/0"];', "0.0.0.0"),  # noqa: S104 - nothing listens there
        ("127.0.0.9", 'const NETWORKS = ["203.0.113.0/24"];', "127.0.0.9"),
        # Nobody is let in, and the person opens the page all the same.
        ("127.0.0.1", "const NETWORKS = [];", None),
        ("127.0.0.9", "const NETWORKS = [];", "127.0.0.9"),
    ],
)
def test_whom_a_visitor_is_taken_for(client: str, code: str, address: str | None) -> None:
    assert address_of(client, code) == address


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("ec2-203-0-113-7.compute-1.amazonaws.com", "203.0.113.7"),
        ("ec2-203-0-113-7.eu-central-1.compute.amazonaws.com", "203.0.113.7"),
        ("ec2-203-0-113-7.compute-1.amazonaws.com.example.org", None),
        ("example.org", None),
    ],
)
def test_an_elastic_ips_public_name(host: str, address: str | None) -> None:
    found = ELASTIC_IP.fullmatch(host)
    assert (".".join(found.groups()[:4]) if found else None) == address


@pytest.mark.parametrize(
    ("host", "policy", "address", "is_machine"),
    [
        ("ec2-127-0-0-1.compute-1.amazonaws.com", "http-only", "127.0.0.1", True),
        # A load balancer's name here; it answers for machines that are stopped.
        ("127.0.0.5", "http-only", "127.0.0.5", False),
        ("127.0.0.5", "https-only", None, True),
        ("203.0.113.7", "http-only", None, True),
    ],
)
def test_where_an_origin_is(host: str, policy: str, address: str | None, is_machine: bool) -> None:
    known = {"domain_name": host, "origin_path": "", "http_port": 8501, "custom_headers": (), "read_timeout": 30.0}
    found = _origin(known | {"protocol_policy": policy}, Element("Origin"), 4566)
    assert (found.address, found.is_machine) == (address, is_machine)


def test_an_apis_name() -> None:
    assert API.fullmatch("a1b2c3.execute-api.eu-west-1.amazonaws.com")
    assert not API.fullmatch("a1b2c3.execute-api.eu-west-1.amazonaws.com.example.org")


def shake(authority: Authority, address: str, host: str) -> None:
    """Let a client and a server meet that never leave this process."""
    server, client = authority.context(address, ["http/1.1"]), ssl.create_default_context(cafile=str(authority.file))
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(down, up, server_hostname=host)
    there = server.wrap_bio(up, down, server_side=True)
    for side in (here, there, here):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue


def test_the_authority_is_good_for_loopback_alone(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority.pem")
    shake(authority, "127.0.0.32", "127.0.0.32")
    with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        shake(authority, "127.0.0.32", "127.0.0.31")
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake(authority, "203.0.113.7", "203.0.113.7")
    # It is the same after a restart, and nobody else reads its key.
    shake(Authority(tmp_path / "authority.pem"), "127.0.0.32", "127.0.0.32")
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        "authority.pem": 0o600,
        "authority.key": 0o600,
    }
