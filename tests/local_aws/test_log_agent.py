"""A machine's log reaches CloudWatch Logs whole and once."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local_aws.machines.log_agent import LogAgent


class NotFoundError(Exception):
    """What boto3 raises for a stream that is not there."""


class Logs:
    """CloudWatch Logs, as far as an agent sees it."""

    exceptions = SimpleNamespace(ResourceNotFoundException=NotFoundError)

    def __init__(self) -> None:
        self.streams: dict[str, list[str]] = {}

    def create_log_stream(self, **place: str) -> None:
        self.streams[place["logStreamName"]] = []

    def put_log_events(self, logStreamName: str, logEvents: list[dict[str, Any]], **_: str) -> None:  # noqa: N803
        if logStreamName not in self.streams:
            raise NotFoundError
        assert len(logEvents) <= 1000
        self.streams[logStreamName] += [event["message"] for event in logEvents]


def test_ships_every_line_once(tmp_path: Path) -> None:
    file, logs = tmp_path / "app.log", Logs()
    agent = LogAgent(logs, "group", "i-1/app", file)
    agent.start()
    lines = [f"line {number} é" for number in range(2500)]
    with file.open("w", encoding="utf-8") as log:
        for line in lines:
            print(line, file=log, flush=line.endswith("00 é"))
    agent.finish()
    assert logs.streams == {"i-1/app": lines}


def test_waits_for_the_end_of_a_line_and_keeps_empty_ones(tmp_path: Path) -> None:
    file, logs = tmp_path / "app.log", Logs()
    agent = LogAgent(logs, "group", "s", file)
    file.write_bytes(b"one\n\ntw")
    agent.finish()
    assert logs.streams["s"] == ["one", " "]
    file.write_bytes(b"one\n\ntwo\n")
    agent.finish()
    assert logs.streams["s"] == ["one", " ", "two"]


def test_has_nothing_to_say_without_a_file(tmp_path: Path) -> None:
    logs = Logs()
    LogAgent(logs, "group", "s", tmp_path / "none.log").finish()
    assert logs.streams == {}
