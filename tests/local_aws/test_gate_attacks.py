"""What may be tried against `up` by hand: other names, other users, and requests that look like an API's."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.local_aws.checkout import Checkout

pytestmark = pytest.mark.system

EVIL = "http://evil.example"
LIST_PARAMETERS = {"X-Amz-Target": "AmazonSSM.DescribeParameters", "Content-Type": "application/x-amz-json-1.1"}
as_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux, who may become another user"
)


@pytest.fixture
def api(up: Checkout) -> str:
    """Give the deployed API's path."""
    return urlsplit(up.deployed().api_url).path


def ask(
    up: Checkout, method: str, target: str, body: str = "", **headers: str
) -> tuple[int, http.client.HTTPMessage, str]:
    """Ask with a target and headers exactly as given."""
    with closing(http.client.HTTPConnection("127.0.0.1", up.cloud.port, timeout=30)) as connection:
        named = {"Host": f"127.0.0.1:{up.cloud.port}"} | headers
        connection.request(method, target, body, named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def test_another_name_is_refused(up: Checkout, api: str) -> None:
    for target in ("/", api):
        status, headers, told = ask(up, "POST", target, "{}", Host=f"evil.example:{up.cloud.port}", **LIST_PARAMETERS)
        assert (status, told[:52]) == (403, "the embedded AWS does not go by the name 'evil.examp")
        assert not [name for name in headers if name.lower().startswith("access-control")]


def test_a_page_reads_no_api_of_aws(up: Checkout) -> None:
    status, headers, told = ask(up, "POST", "/", "{}", Origin=EVIL, **LIST_PARAMETERS)
    assert (status, headers["Access-Control-Allow-Origin"]) == (403, None)
    assert f"this one is of {EVIL}" in told


def test_a_page_gets_no_preflight(up: Checkout) -> None:
    asked = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    status, headers, _ = ask(up, "OPTIONS", "/2015-03-31/functions", **asked)
    assert (status, headers["Access-Control-Allow-Origin"]) == (403, None)


@pytest.mark.parametrize(
    "target",
    [
        "{api}",
        "{api}?Action=ListUsers&Version=2010-05-08",
        "{api}/../../../../_ministack/config",
        "{api}/%2e%2e/%2e%2e/_ministack/config",
        "{api}%2f..%2f..%2f_ministack%2fconfig",
        "/_aws%2Fexecute-api/{id}/elsewhere",
        "/_aws/execute-api/{id}",
        "/_aws/execute-api/{id}%2f",
        "/_aws/execute-api//{id}",
        "//_aws/execute-api/{id}/",
        "/./_aws/execute-api/{id}/",
        "http://evil.example{api}",
        "/_aws/execute-api/{id}/.well-known/jwks.json",
        "/restapis/{id}/prod/_user_request_/",
    ],
)
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "{id}.execute-api.localhost", "iam.localhost", "a.s3.localhost"]
)
def test_a_page_ends_at_the_api_or_nowhere(up: Checkout, api: str, target: str, host: str) -> None:
    names = {"api": api, "id": api.split("/")[3]}
    headers = {
        **LIST_PARAMETERS,
        "Host": f"{host.format(**names)}:{up.cloud.port}",
        "Origin": EVIL,
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request",
        "X-Amz-Request-Route": "a",
        "X-HTTP-Method-Override": "PUT",
        "X-Forwarded-Host": f"iam.localhost:{up.cloud.port}",
    }
    for method in ("GET", "POST", "PUT", "HEAD", "OPTIONS"):
        status, answered, told = ask(up, method, target.format(**names), "Action=ListUsers", **headers)
        refused = status == 403 and "not for web pages" in told
        # An HTTP API's answers carry this, no other's do.
        assert refused or (method == "HEAD" and status == 403) or "apigw-requestid" in answered
        assert "Access-Control-Allow-Origin" not in answered


AS_NOBODY = """
import os, socket, sys
request = sys.stdin.buffer.read()
os.setgroups([])
os.setuid(65534)
with socket.socket() as connection:
    connection.connect(("127.0.0.1", int(sys.argv[1])))
    connection.sendall(request)
    while sys.argv[2] == "waits" and (chunk := connection.recv(65536)):
        sys.stdout.buffer.write(chunk)
"""


def as_nobody(up: Checkout, body: Mapping[str, object], target: str, then: str) -> str:
    """Call the Parameter Store as another user, who waits for the answer or is gone at once."""
    content = json.dumps(body)
    lines = [
        "POST / HTTP/1.1",
        f"Host: 127.0.0.1:{up.cloud.port}",
        f"X-Amz-Target: AmazonSSM.{target}",
        "Content-Type: application/x-amz-json-1.1",
        f"Content-Length: {len(content)}",
        "Connection: close",
    ]
    return subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(up.cloud.port), then],
        input="\r\n".join([*lines, "", content]),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


@as_root
def test_another_user_reads_no_private_key(up: Checkout) -> None:
    name = f"/ec2/keypair/{up.deployed().outputs['KeyPairId']}"
    told = as_nobody(up, {"Name": name, "WithDecryption": True}, "GetParameter", "waits")
    assert told.startswith("HTTP/1.1 403")
    assert "the embedded AWS is another user's" in told
    assert "PRIVATE KEY" not in told


@as_root
def test_another_user_who_is_gone_at_once_has_done_nothing(up: Checkout) -> None:
    """Of a closed socket the kernel says that it is root's."""
    for attempt in range(20):
        body = {"Name": f"/evil/{attempt}", "Value": "was here", "Type": "String"}
        as_nobody(up, body, "PutParameter", "leaves")
    found = up.client("ssm").get_parameters_by_path(Path="/evil", Recursive=True)["Parameters"]
    assert [one["Name"] for one in found] == []
