"""session and tunnel, with a plugin that only writes down what it was told."""

import json
import os
import shlex
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops.cloud import session
from tests.ops.fake_aws import INSTANCE, FakeAws, Ops
from tests.ops.fake_fleet import FIRST, FakeFleet

ANSWER = {"SessionId": "s-1", "TokenValue": "token", "StreamUrl": "wss://stream"}


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Install a plugin, and run it where we would become it."""
    path = tmp_path / "session-manager-plugin"
    path.write_text(f"#!{sys.executable}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_SSM_START_SESSION_RESPONSE", raising=False)
    told: dict[str, Any] = {}

    def become(_: str, command: list[str]) -> None:
        told["command"] = command
        told["response"] = json.loads(os.environ["AWS_SSM_START_SESSION_RESPONSE"])

    monkeypatch.setattr(os, "execvp", become)
    return told


def test_a_shell(aws: FakeAws, ops: Ops, plugin: dict[str, Any]) -> None:
    aws.deployment()
    aws.machine()
    aws.expect("ssm", "start_session", dict(ANSWER), Target=INSTANCE)
    result = ops("session")
    assert result.exit_code == 0, result.stderr
    name, response, region, operation, profile, request, endpoint = plugin["command"]
    assert (name, operation, profile) == ("session-manager-plugin", "StartSession", "")
    assert region == "eu-central-1"
    assert json.loads(request) == {"Target": INSTANCE}
    assert endpoint == "https://ssm.eu-central-1.amazonaws.com"
    assert plugin["response"] == ANSWER
    # A list of processes shows the arguments.
    assert "token" not in " ".join(plugin["command"])
    assert response == "AWS_SSM_START_SESSION_RESPONSE"


def test_a_tunnel(aws: FakeAws, ops: Ops, plugin: dict[str, Any]) -> None:
    port = free_port()
    parameters = {"portNumber": ["8501"], "localPortNumber": [str(port)]}
    aws.deployment()
    aws.machine()
    document = "AWS-StartPortForwardingSession"
    aws.expect("ssm", "start_session", dict(ANSWER), Target=INSTANCE, DocumentName=document, Parameters=parameters)
    result = ops("tunnel", "--port", str(port))
    assert result.exit_code == 0, result.stderr
    assert result.stderr.splitlines()[-1] == f"the page is on http://localhost:{port} until you press Ctrl-C"
    assert json.loads(plugin["command"][5])["Parameters"] == parameters


@pytest.mark.parametrize(("told", "port"), [({}, "8501"), ({"port": "9000"}, "9000")])
def test_a_tunnel_goes_to_the_machine_itself(aws: FakeAws, ops: Ops, told: dict[str, str], port: str) -> None:
    aws.deployment(page="https://page.cloudfront.net", https="true", **told)
    aws.machine()
    command = shlex.split(ops("tunnel", "--print").stdout)
    assert json.loads(command[-1]) == {"portNumber": [port], "localPortNumber": ["8501"]}


@pytest.mark.usefixtures("plugin")
def test_a_port_that_is_taken_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = ops("tunnel", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "is taken by another program: choose one" in result.stderr


def test_the_cli_command_is_printed_without_a_plugin(aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    aws.deployment()
    aws.machine()
    command = shlex.split(ops("tunnel", "--print").stdout)
    assert command[:7] == ["aws", "ssm", "start-session", "--region", "eu-central-1", "--target", INSTANCE]
    assert json.loads(command[-1]) == {"portNumber": ["8501"], "localPortNumber": ["8501"]}


def test_the_printed_cli_command_is_for_the_aws_that_was_typed(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine()
    typed = ["--profile", "my work", "--endpoint-url", "http://localhost:4566"]
    assert shlex.split(ops("session", "--print", *typed).stdout)[-4:] == typed


def test_a_missing_plugin_is_told_before_a_session_is_open(
    aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    aws.deployment()
    aws.machine()
    result = ops("session")
    assert result.exit_code == 1
    assert "brew install --cask session-manager-plugin" in result.stderr


@pytest.fixture
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass while somebody sleeps, and never else."""
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))


@pytest.mark.usefixtures("_clock")
def test_a_machine_that_is_not_connected_yet_is_waited_for(aws: FakeAws, ops: Ops, plugin: dict[str, Any]) -> None:
    aws.deployment()
    aws.machine()
    for _ in range(12):
        aws.refuse("ssm", "start_session", "TargetNotConnected")
    aws.expect("ssm", "start_session", dict(ANSWER), Target=INSTANCE)
    result = ops("session")
    assert result.exit_code == 0, result.stderr
    yet = f"machine {INSTANCE} is not connected to Session Manager yet: waiting for"
    assert result.stderr.splitlines() == [f"asking for machine {INSTANCE}", *(f"{yet} {s} s now" for s in (0, 15, 30))]
    assert plugin["response"] == ANSWER


@pytest.mark.usefixtures("plugin", "_clock")
def test_a_machine_that_stays_silent_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine()
    for _ in range(60):
        aws.refuse("ssm", "start_session", "TargetNotConnected")
    result = ops("session")
    assert result.exit_code == 1
    assert "is not connected to Session Manager after 180 s: its agent is down" in result.stderr
    assert "`python -m ops reboot`" in result.stderr


@pytest.mark.usefixtures("plugin", "_clock")
def test_one_of_a_fleet_is_replaced_and_not_rebooted(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(FIRST)
    fleet.machines(FIRST)
    for _ in range(60):
        aws.refuse("ssm", "start_session", "TargetNotConnected")
    said = ops("session").stderr
    assert f"--no-should-decrement-desired-capacity --instance-id {FIRST}` has the fleet make another" in said
    assert "reboot" not in said


@pytest.mark.usefixtures("plugin", "_clock")
def test_another_refusal_is_told_at_once(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine()
    aws.refuse("ssm", "start_session", "AccessDeniedException")
    assert "you lack the permission ssm:StartSession" in ops("session").stderr


@pytest.mark.parametrize("verb", ["session", "tunnel"])
def test_a_stopped_machine_is_told(aws: FakeAws, ops: Ops, verb: str) -> None:
    aws.deployment()
    aws.machine("stopped")
    result = ops(verb)
    assert result.exit_code == 1
    assert "`python -m ops start` boots it" in result.stderr


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
