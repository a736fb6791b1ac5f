"""What `up` says of a deploy that failed: what still runs, and nothing else."""

from pathlib import Path

import pytest

from local_aws import sources
from local_aws.cloud import Cloud
from local_aws.commands import up
from local_aws.processes import Process
from local_aws.state import State


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Describe an embedded AWS that says when it is stopped."""
    made = Cloud(State(tmp_path / "state"), Process(1, ""), 9)
    made.state.create()
    monkeypatch.setattr(Cloud, "stop", lambda _: print("stopped"))
    return made


def test_a_first_one_leaves_nothing_running(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    up._give_up(cloud, "main")
    assert capsys.readouterr().out.startswith("stopped\nnothing is left running; ")


def test_a_later_one_leaves_what_was_there(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    sources.keep(cloud.state, "alice", [])
    up._give_up(cloud, "alice")
    told = capsys.readouterr().out
    assert told.startswith("what was deployed before still runs: see `")
    assert f" -m local_aws status --copy alice --state {cloud.state.folder}`\n" in told


def test_the_first_one_of_a_copy_leaves_the_others(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """There is no bob whose status could be looked at."""
    for copy in ("main", "alice"):
        sources.keep(cloud.state, copy, [])
    up._give_up(cloud, "bob")
    assert capsys.readouterr().out == "the copy bob is not up; what still runs: alice, main\n"
