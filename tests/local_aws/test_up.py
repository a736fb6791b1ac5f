"""What `up` says of a deploy that failed: what runs, by asking it, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local_aws import outcome, sources
from local_aws.cloud import Cloud
from local_aws.processes import Process
from local_aws.state import State
from ops.cloud.deployment import Deployment
from ops.cloud.probe import Health
from ops.cloud.situation import Situation
from ops.cloud.stack import Stack

PAGE, API = "http://127.0.0.2:8501", "http://127.0.0.1:9/mean"
NOW = datetime.now(UTC)


def stack(name: str, **outputs: str) -> Stack:
    return Stack(name, "arn", "UPDATE_COMPLETE", "", outputs, NOW, NOW, False, "main")


DEPLOYMENT = Deployment(
    {"CalculateMean": stack("CalculateMean", ApiUrl=API), "Streamlit": stack("Streamlit", StreamlitUrl=PAGE)}, "main"
)
WELL, BROKEN = Health(True, True, "answers", 7), Health(False, True, "it answers with an error (HTTP 502)", 7)
SITUATION = Situation(DEPLOYMENT, WELL, BROKEN, [], ["machine i-1 does not exist any more"], [], [])


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Describe an embedded AWS that says when it is stopped."""
    made = Cloud(State(tmp_path / "state"), Process(1, ""), 9)
    made.state.create()
    monkeypatch.setattr(Cloud, "stop", lambda _: print("stopped"))
    monkeypatch.setattr(Cloud, "check", lambda _: None)
    monkeypatch.setattr(outcome, "find_situation", lambda _: SITUATION)
    return made


def test_a_first_one_leaves_nothing_running(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    outcome.give_up(cloud, "main", 0)
    assert capsys.readouterr().out.startswith("stopped\n\nnothing is left running; ")


def test_a_later_one_says_what_answers_and_what_does_not(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    sources.keep(cloud.state, "main", [])
    outcome.give_up(cloud, "main", 0)
    assert capsys.readouterr().out == (
        "\nwhat runs now:\n"
        f"API      {API}  it answers with an error (HTTP 502)\n"
        f"Page     {PAGE}  answers in 7 ms\n"
        "Machine  machine i-1 does not exist any more\n"
    )


def test_an_interrupted_one_says_what_goes_on(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = replace(stack("Streamlit-bob"), status="CREATE_IN_PROGRESS")
    deployment = Deployment({"CalculateMean-bob": None, "Streamlit-bob": page}, "bob")
    monkeypatch.setattr(outcome, "find_situation", lambda _: replace(SITUATION, deployment=deployment, missing=[]))
    sources.keep(cloud.state, "alice", [])
    outcome.give_up(cloud, "bob", 0)
    told = capsys.readouterr().out
    assert told.startswith("\nthe copy bob is not up; what is: alice\n")
    assert "\nCloudFormation goes on with the stack Streamlit-bob: `" in told
    assert told.endswith(f" -m local_aws status --copy bob --state {cloud.state.folder}` tells how it ends\n")


def test_a_stack_that_the_copy_no_longer_has_is_named(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(outcome, "find_left", lambda here: [stack(f"Describe-{here.copy}")])
    outcome.tell_left(cloud, "bob")
    told = capsys.readouterr().out
    assert told.startswith("\nThe copy bob no longer has Describe-bob, deployed still. To remove it: `eval ")
    assert told.endswith(')"; python -m ops destroy --copy bob Describe-bob`\n')
    monkeypatch.setattr(outcome, "find_left", lambda _: [])
    outcome.tell_left(cloud, "bob")
    assert not capsys.readouterr().out


def test_one_whose_embedded_aws_has_died_says_so(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    sources.keep(cloud.state, "main", [])
    outcome.give_up(cloud, "main", 0)
    told = capsys.readouterr().out
    assert told.startswith("\nwhat runs now is not known: the embedded AWS, process 1, does not answer at http://127.0")
    assert "nothing listens there; `" in told
