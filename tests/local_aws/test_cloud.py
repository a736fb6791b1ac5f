"""The embedded AWS as a process, without a deploy: where it listens, and when it ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local_aws import cloud as clouds
from local_aws import environment
from local_aws.__main__ import main
from local_aws.cloud import Cloud
from local_aws.state import State, write_json
from ops.answers.errors import OpsError
from tests.local_aws.checkout import wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state")
    made.create()
    return made


@pytest.fixture
def cloud(state: State) -> Iterator[Cloud]:
    running = clouds.start(state)
    yield running
    running.stop()


def test_is_found_until_it_is_stopped(state: State, cloud: Cloud) -> None:
    assert clouds.find(state) == cloud
    cloud.stop()
    assert clouds.find(state) is None
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", cloud.port)):
        pass


def test_one_that_is_frozen_is_told_and_ended(state: State, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by Ctrl-Z in a debugger; the words of a command that asks it come at once, and `down` works."""
    monkeypatch.setattr(clouds, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(environment, "isolate", lambda _: None)
    os.kill(cloud.process.pid, signal.SIGSTOP)
    told = (
        f"the embedded AWS, process {cloud.process.pid}, does not answer at {cloud.endpoint}: no answer within 0.5 s; `"
    )
    for command in (["up"], ["status"], ["logs"], ["watch"]):
        done = CliRunner().invoke(main, [*command, "--state", str(state.folder)])
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"error: {told}")
        assert done.stderr.endswith(f"local_aws down --state {state.folder}` ends it\n")
    assert CliRunner().invoke(main, ["down", "--state", str(state.folder)]).stdout == "stopped; nothing is left\n"
    assert not cloud.process.runs()


def test_nothing_of_the_persons_environment_reaches_it(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("DOCKER_HOST", "tcp://203.0.113.1:2375")
    cloud: Cloud = request.getfixturevalue("cloud")
    environ = Path(f"/proc/{cloud.process.pid}/environ")
    if environ.exists():
        assert b"production" not in environ.read_bytes()
        assert b"203.0.113.1" not in environ.read_bytes()
    assert cloud.client("sts").get_caller_identity()["Account"] == "000000000000"


def test_two_run_side_by_side(cloud: Cloud, tmp_path: Path) -> None:
    """From one checkout: their state folders tell them apart."""
    state = State(tmp_path / "other")
    state.create()
    other = clouds.start(state)
    try:
        assert other.port != cloud.port
        cloud.client("s3").create_bucket(Bucket="mine")
        assert other.client("s3").list_buckets()["Buckets"] == []
        for one in (cloud, other):
            command = [sys.executable, "-m", "local_aws", "env", "--state", str(one.state.folder)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            assert f"export AWS_ENDPOINT_URL={one.endpoint}\n" in told
        cloud.stop()
        assert other.client("s3").list_buckets()["Buckets"] == []
    finally:
        other.stop()


def test_ends_when_its_folder_is_removed(state: State, cloud: Cloud) -> None:
    shutil.rmtree(state.folder)
    wait_until(lambda: not cloud.process.runs(), 10)
    assert not state.folder.exists()


def test_a_kept_one_needs_the_port_that_its_urls_hold(state: State) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        state.kept.mkdir()
        (state.kept / "cloudformation.json").touch()
        write_json(state.folder / "port.json", port)
        with pytest.raises(OpsError, match=f"port {port}, which the kept cloud's URLs hold, is taken"):
            clouds.start(state)
    assert clouds.find(state) is None


def test_a_kept_one_whose_port_is_cut_off_says_so(state: State) -> None:
    """And says nothing of what an earlier one has said."""
    state.server_log.write_text("earlier words\n")
    state.kept.mkdir()
    (state.kept / "cloudformation.json").touch()
    record = state.folder / "port.json"
    record.write_text("{")
    with pytest.raises(OpsError) as told:
        clouds.start(state)
    first, said = str(told.value).splitlines()
    assert first == "the embedded AWS did not start:"
    assert said.startswith(f"{record} is no JSON (")
    assert said.endswith("): remove it, then `make up` makes it anew")
