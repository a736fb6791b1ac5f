"""What the app and the function wrote reaches the person's terminal as text: control characters are shown, not sent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local_aws import cloud as clouds
from local_aws import deploy, environment
from local_aws.__main__ import main
from local_aws.cloud import Cloud
from local_aws.commands import logs
from local_aws.machines.boot import BootError
from local_aws.machines.first_boot import FirstBoot
from local_aws.machines.machine import Machine
from local_aws.machines.user_data import Settings
from local_aws.processes import Process
from local_aws.state import State
from ops.answers.errors import OpsError
from ops.cloud.log_reader import Event
from stacks.copy_settings import MAIN

ATTACK = "a\x1b]0;owned\x07b\x9b31mc\u202ed\x7f"
SHOWN = r"a\x1b]0;owned\x07b\x9b31mc\u202ed\x7f"


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """Describe an embedded AWS that does not run."""
    state = State(tmp_path)
    state.create()
    return Cloud(state, Process(1, ""), 9)


def test_the_log_of_the_embedded_aws(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.state.server_log.write_text(f"{ATTACK}\n", encoding="utf-8")
    logs.logs(cloud, "aws", MAIN, follow=False)
    assert capsys.readouterr().out == f"{SHOWN}\n"


def test_the_log_of_the_app(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def deployed(_: Cloud, name: str, copy: str) -> Iterator[Iterator[str]]:
        yield iter([Event(datetime.fromtimestamp(0, UTC), "i-1/app", f"{copy} {name} {ATTACK}\n").words])

    monkeypatch.setattr(logs, "_deployed", deployed)
    logs.logs(cloud, "app", MAIN, follow=False)
    assert capsys.readouterr().out == f"1970-01-01 00:00:00  main app {SHOWN}\n"


def test_the_last_lines_of_an_app_that_failed(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    (cloud.state.machines / "i-1.failed").write_text(f"the app's last lines:\n  {ATTACK}\n", encoding="utf-8")
    deploy.tell_failure(cloud.state, "the CDK's own lines")
    assert f"the app's last lines:\n  {SHOWN}\n" in capsys.readouterr().out


def test_the_reason_that_the_cdk_command_line_prints(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise BootError("the app's script raised an error")

    monkeypatch.setattr(FirstBoot, "take_steps", fail)
    nothing: Any = {"LOG_GROUP": "g"}
    machine = Machine("i-1", "0" * 12, Settings(nothing, nothing), cloud.state.machines / "i-1", cloud.endpoint)
    machine.disk.create()
    machine.disk.app_log.write_text(f"Traceback\n{ATTACK}\n", encoding="utf-8")
    machine._boot()
    assert machine.failure == f"the app's script raised an error: {SHOWN}"


def test_an_error_that_quotes_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(_: State) -> None:
        raise OpsError(f"the function answers 500: {ATTACK}")

    monkeypatch.setattr(clouds, "find", answers)
    monkeypatch.setattr(environment, "isolate", lambda _: None)
    told = CliRunner().invoke(main, ["status"])
    assert (told.exit_code, told.stderr) == (1, f"error: the function answers 500: {SHOWN}\n")
