"""The command line: help at once, clear refusals, no traceback."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from local_aws import environment
from local_aws.__main__ import _words, main
from local_aws.cloud import Cloud
from local_aws.processes import Process
from local_aws.state import State
from ops.answers.errors import OpsError
from stacks.copies import write_copy
from stacks.setting import CHECKOUT, SettingsError
from tests.stacks.variants import PUBLIC_KEY

VERBS = ("up", "down", "status", "rights", "fidelity", "logs", "env", "watch")


Run = Callable[..., Result]


@pytest.fixture(name="run")
def command_line(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, whose environment stays as it is."""
    monkeypatch.setattr(environment, "isolate", lambda _: None)

    def run(*arguments: str, state: Path) -> Result:
        return CliRunner().invoke(main, [*arguments, "--state", str(state)])

    return run


def test_help_names_every_verb_at_once() -> None:
    """What takes long to load is for the commands that need it."""
    program = (
        "import sys; from local_aws.__main__ import main; main(['--help'], standalone_mode=False);"
        "print({'boto3', 'botocore', 'ministack', 'rich', 'watchfiles'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert all(f"  {verb} " in told.stdout for verb in VERBS)
    assert told.stdout.endswith("\nset()\n")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str) -> None:
    told = CliRunner().invoke(main, [verb, "--help"], prog_name="python -m local_aws")
    assert told.exit_code == 0
    assert f"Usage: python -m local_aws {verb}" in told.stdout


@pytest.mark.parametrize(
    "arguments", [["status"], ["fidelity"], ["logs"], ["logs", "aws", "--follow"], ["env"], ["watch"]]
)
def test_says_when_nothing_is_up(run: Run, arguments: list[str], tmp_path: Path) -> None:
    told = run(*arguments, state=tmp_path / "none")
    assert told.exit_code == 1
    assert told.stdout == ""
    python = os.path.relpath(sys.executable, CHECKOUT)
    up = f"{python} -m local_aws up --state {tmp_path}/none"
    assert told.stderr == f"error: nothing is up: `{up}` starts it\n"


def test_what_does_not_go_with_what_up_was_told_is_refused_at_once(run: Run, tmp_path: Path) -> None:
    state = State(tmp_path)
    state.create()
    write_copy(state.copies, "main", {"https": "true", "sign_in": "true"})
    told = run("up", "-c", "https=", state=tmp_path)
    assert told.exit_code == 1
    assert told.stderr.endswith("say HTTPS=true, or HTTPS= SIGN_IN= for neither\n")
    assert not state.cdk_log.exists()


@pytest.mark.parametrize("verb", ["status", "logs", "watch"])
@pytest.mark.parametrize(("copy", "told"), [("", "copy is empty: say main"), ("Alice", "copy='Alice': use up to 20")])
def test_says_what_can_be_no_copy(run: Run, verb: str, copy: str, told: str, tmp_path: Path) -> None:
    assert run(verb, "--copy", copy, state=tmp_path / "none").stderr.startswith(f"error: {told}")


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("theirs", [{}, {"NO_PROXY": "example.com,10.0.0.1"}])
def test_what_env_sets_it_takes_back(
    shell: str, theirs: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also once nothing is up any more."""
    state = State(tmp_path / "none")
    undo = CliRunner().invoke(main, ["env", "--unset", "--state", str(state.folder)]).stdout
    monkeypatch.setattr("local_aws.__main__._running", lambda _: Cloud(state, Process(1, ""), 4566))
    do = CliRunner().invoke(main, ["env"]).stdout
    found = {}
    for what, lines in {"before": "", "during": do, "after": do + undo}.items():
        told = subprocess.run(
            [shell, "-c", 'eval "$0"; exec env -0', lines],
            env={"PATH": f"{tmp_path}/my tools:/usr/bin:/bin"} | theirs,
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stderr == ""
        found[what] = set(told.stdout.split("\0"))
    assert "AWS_ENDPOINT_URL=http://127.0.0.1:4566" in found["during"]
    assert found["after"] == found["before"]


def test_down_when_nothing_is_up_is_fine(run: Run, tmp_path: Path) -> None:
    told = run("down", state=tmp_path / "none")
    assert (told.exit_code, told.stdout) == (0, "nothing is up\n")
    assert not (tmp_path / "none").exists()


def test_names_a_setting_without_a_value(run: Run, tmp_path: Path) -> None:
    told = run("up", "-c", "port", state=tmp_path / "none")
    assert told.exit_code == 1
    assert told.stderr == "error: -c port: give a setting as KEY=VALUE, such as -c port=8502\n"
    assert not (tmp_path / "none").exists()


def test_a_word_that_fits_no_setting_is_refused_before_anything_runs(run: Run, tmp_path: Path) -> None:
    told = run("up", "-c", "prort=8502", state=tmp_path / "none")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.startswith("error: prort is not a setting; did you mean port?")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("words", "copy", "told"),
    [
        (["port=http"], "main", "port='http': use a number from 1024 to 65535"),
        (["app=no-such-folder"], "main", "app='no-such-folder': there is nothing of that name in "),
        ([], "Alice", "copy='Alice': use up to 20 small letters"),
        (["copy=bob"], "alice", "-c copy=bob and --copy alice are two copies: name one"),
    ],
)
def test_says_what_is_wrong_with_words(words: list[str], copy: str, told: str) -> None:
    with pytest.raises((OpsError, SettingsError), match=re.escape(told)):
        _words(words, copy)


def test_words_mean_the_same_tomorrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a path is relative to, and whose home ~ is, only this moment tells; every zone of a laptop has all types."""
    (tmp_path / "my app").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    words = _words(["app=~/my app", f"public_key={CHECKOUT / PUBLIC_KEY}", "zone=auto", "port="], "alice")
    assert words == {
        "app": os.path.relpath(tmp_path / "my app", CHECKOUT),
        "public_key": PUBLIC_KEY,
        "zone": "first",
        "port": "",
        "copy": "alice",
    }


def test_names_a_log_that_there_is_not(run: Run, tmp_path: Path) -> None:
    told = run("logs", "lambda", state=tmp_path)
    assert told.exit_code == 2
    assert all(word in told.stderr for word in ("'lambda'", "'function'", "'boot'", "'aws'"))
