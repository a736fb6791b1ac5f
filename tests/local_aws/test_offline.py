"""Nothing leaves the laptop, nothing of the person's is touched, and whatever is killed comes back.

Everything here happens in a network that is loopback and nothing else, with credentials in the environment that look
real. The kernel counts each packet that somebody tried to send elsewhere, asking for a name included.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws import deploy, environment
from local_aws.processes import Process
from tests.local_aws.checkout import Checkout, wait_until

pytestmark = pytest.mark.system

ALLURING = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLE",
    "AWS_PROFILE": "production",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ENDPOINT_URL_S3": "https://s3.eu-central-1.amazonaws.com",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/credentials",
    "CDK_DEFAULT_ACCOUNT": "123456789012",
    "CDK_DEFAULT_REGION": "eu-central-1",
    "HTTPS_PROXY": "http://203.0.113.1:3128",
}

ATTEMPTS = """
rows = [line.split() for line in open("/proc/net/snmp") if line.startswith("Ip:")]
try:
    ip6 = [int(line.split()[1]) for line in open("/proc/net/snmp6") if line.startswith("Ip6OutNoRoutes")]
except FileNotFoundError:
    ip6 = []
print(int(dict(zip(*rows))["OutNoRoutes"]) + sum(ip6))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with a profile in it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / ".aws").mkdir()
    (folder / ".aws/credentials").write_text(
        "[production]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = EXAMPLEKEY\n"
    )
    (folder / ".aws/config").write_text("[profile production]\nregion = eu-central-1\n")
    (folder / ".cdk.json").write_text('{"context": {"port": "1"}}')
    return folder


@pytest.fixture(scope="module")
def checkout(offline: list[str], home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    environment = os.environ | ALLURING | {"HOME": str(home)}
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCAL_AWS_STATE"):
        environment.pop(name, None)
    made = Checkout.copy(tmp_path_factory.mktemp("offline") / "copy", environment)
    made.prefix = offline
    try:
        yield made
    finally:
        made.end()


def attempts(offline: list[str]) -> int:
    """Count the packets that had nowhere to go."""
    return int(subprocess.run([*offline, sys.executable, "-c", ATTEMPTS], capture_output=True, check=True).stdout)


def ask(offline: list[str], url: str) -> str:
    """Ask a URL from inside the network."""
    program = "import sys, urllib.request as web; print(web.urlopen(sys.argv[1], timeout=30).read().decode())"
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [*offline, sys.executable, "-c", program, url], env=environment, capture_output=True, text=True, check=True
    ).stdout


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


def url_in(told: str, label: str) -> str:
    found = re.search(rf"^ *{label} .*?(http\S+)", told, re.MULTILINE)
    assert found
    return found[1]


def test_the_kernel_counts_what_has_nowhere_to_go(offline: list[str]) -> None:
    """Without this, the proof below would prove nothing."""
    before = attempts(offline)
    for target in ("('192.0.2.1', 443)", "('example.org', 443)"):
        program = f"import socket; socket.create_connection({target}, 1)"
        assert subprocess.run([*offline, sys.executable, "-c", program], capture_output=True, check=False).returncode
        assert attempts(offline) > before
        before = attempts(offline)


def test_killed_in_the_middle_comes_up_again_and_nothing_leaves_loopback(
    checkout: Checkout, offline: list[str], home: Path
) -> None:
    at_home, before = snapshot(home), attempts(offline)
    first = checkout.start("up")
    # The worst moment: the CDK deploys, CloudFormation waits, the machine boots.
    wait_until(lambda: list(checkout.state.machines.glob("*/process.json")) or first.poll() is not None, 90)
    orphans = [
        Process.read(path)
        for path in (
            checkout.state.server_record,
            checkout.state.cdk_process,
            *checkout.state.machines.glob("*/process.json"),
        )
    ]
    os.killpg(first.pid, signal.SIGKILL)
    os.kill(checkout.cloud.process.pid, signal.SIGKILL)
    first.wait()
    assert any(orphan and orphan.runs() for orphan in orphans)

    told = checkout.run("up").stdout
    assert not any(orphan and orphan.runs() for orphan in orphans)
    assert ask(offline, url_in(told, "The function") + "?nums=1,2,3").strip() == "2.0"
    assert ask(offline, url_in(told, "The page") + "/_stcore/health").strip() == "ok"
    assert attempts(offline) == before
    assert snapshot(home) == at_home
    assert "AKIAIOSFODNN7EXAMPLE" not in checkout.state.server_log.read_text()


def test_what_is_kept_carries_on(checkout: Checkout, offline: list[str]) -> None:
    url = url_in(checkout.run("status").stdout, "Page")
    assert "carries on from here" in checkout.run("down", "--keep").stdout
    assert checkout.processes() == []
    told = checkout.run("up").stdout
    assert "carrying on from the kept embedded AWS" in told
    assert "(no changes)" in told
    assert url_in(told, "The page") == url
    assert ask(offline, url_in(told, "The function") + "?nums=1,2,3").strip() == "2.0"


def test_destroy_leaves_nothing_of_the_stacks(checkout: Checkout, offline: list[str]) -> None:
    cloud = checkout.cloud
    told = subprocess.run(
        [*offline, "cdk", "destroy", "--all", "--force", "--no-notices", "--app", str(checkout.state.cdk_output)],
        cwd=checkout.folder,
        env=environment.isolated(checkout.state, os.environ) | deploy.QUIET | {"AWS_ENDPOINT_URL": cloud.cdk_endpoint},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert list(checkout.state.machines.iterdir()) == []
    assert not any("streamlit" in process for process in checkout.processes())
    program = (
        "import boto3, json; make = lambda name: boto3.client(name);"
        "print(json.dumps([make('ec2').describe_addresses()['Addresses'], make('ec2').describe_key_pairs()['KeyPairs'],"
        "make('lambda').list_functions()['Functions'], make('logs').describe_log_groups()['logGroups']]))"
    )
    left = subprocess.run(
        [*offline, sys.executable, "-c", program],
        env=environment.isolated(checkout.state, os.environ) | {"AWS_ENDPOINT_URL": cloud.endpoint},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(left) == [[], [], [], []]


def test_a_server_that_is_killed_is_said_to_be_down(checkout: Checkout) -> None:
    os.kill(checkout.cloud.process.pid, signal.SIGKILL)
    wait_until(lambda: "nothing is up" in checkout.run("status", check=False).stdout, 5)


def test_down_leaves_nothing(checkout: Checkout, offline: list[str]) -> None:
    began = time.monotonic()
    assert "nothing is left" in checkout.run("down").stdout
    assert time.monotonic() - began < 5
    assert not checkout.state.folder.exists()
    assert checkout.processes() == []
    listening = subprocess.run([*offline, "cat", "/proc/net/tcp"], capture_output=True, text=True, check=True).stdout
    assert [line for line in listening.splitlines() if " 0A " in line] == []
