"""Both sides of a change are synthesized and compared, and nothing of that stays behind."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from review_checkout.__main__ import main
from tests.review_checkout.scratch import app, commit, git, write

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a checkout with one commit on main, in which we are; in the end it is as clean, and nothing is left."""
    folder, scratch = tmp_path / "checkout", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, app_py=app(), requirements_txt="one==1\n")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield folder
    assert list(scratch.iterdir()) == []
    assert len(git(folder, "worktree", "list").splitlines()) == 1
    assert git(folder, "for-each-ref", "--format=%(refname)") == "refs/heads/main\n"


def test_the_files_as_they_are_are_compared_with_the_commit(checkout: Path, capsys: Captured) -> None:
    write(checkout, app_py=app(delay=2))

    assert main(["main"]) == 0

    shown = capsys.readouterr()
    assert "and this checkout, each as `main`, `doors-open`." in shown.out
    # The door is there in one of the two alone, the queue in both.
    assert shown.out.count("`Properties/DelaySeconds`: `1` → `2`") == 1
    assert "only in" not in shown.out
    assert [line.split(" … ")[0] for line in shown.err.splitlines()[1:]] == [
        "review: synthesizing main",
        "review: synthesizing doors-open",
    ]


def test_how_a_door_is_made_shows_though_the_main_copy_is_closed(checkout: Path, capsys: Captured) -> None:
    write(checkout, app_py=app(when_open=2))

    assert main(["main"]) == 0
    assert "`1` → `2`, only in `doors-open`" in capsys.readouterr().out


@pytest.mark.system
def test_a_copy_is_compared_whose_file_changed_and_no_other(checkout: Path, capsys: Captured) -> None:
    commit(checkout, copies__main_json="{}", copies__alice_json="{}", copies__bob_json="{}", copies__gone_json="{}")
    write(checkout, copies__alice_json='{"web_from": "x"}', copies__new_json="{}")
    (checkout / "copies" / "gone.json").unlink()

    assert main(["main"]) == 0

    shown = capsys.readouterr().out
    syntheses = ", ".join(f"`{name}`" for name in ("main", "copy-alice", "copy-gone", "copy-new", "doors-closed"))
    assert f"each as {syntheses}, `doors-open`." in shown
    assert "`App-alice/Door`" in shown
    assert "`App-new` **stack-created**" in shown
    assert "`App-gone` **stack-left**" in shown


def test_a_folder_gets_both_sides_and_what_each_accepts(checkout: Path, tmp_path: Path, capsys: Captured) -> None:
    (checkout / ".review-accepted").write_text("an:id because\n")

    assert main(["main", "--output", str(tmp_path / "both")]) == 0

    assert capsys.readouterr().out == ""
    assert sorted(file.name for file in (tmp_path / "both" / "base").iterdir()) == [
        ".review-accepted",
        "doors-open",
        "main",
    ]
    assert (tmp_path / "both" / "base" / ".review-accepted").read_text() == ""
    assert (tmp_path / "both" / "head" / ".review-accepted").read_text() == "an:id because\n"
    assert main(["main", "--output", str(tmp_path / "both")]) == 2
    assert "is there already: name a new folder" in capsys.readouterr().err


def test_what_a_change_accepts_stands_first(checkout: Path, capsys: Captured) -> None:
    write(checkout, app_py=app().replace('"Jobs"', '"Other"'))
    (checkout / ".review-accepted").write_text("moved:App/Other nobody waits in it\n")

    assert main(["main"]) == 0
    assert "## Accepted\n\n- `App/Other`" in capsys.readouterr().out


@pytest.mark.system
def test_a_base_with_another_lock_gets_an_environment_by_its_own_set_up(checkout: Path, capfd: Captured) -> None:
    set_up = f'echo "set-up: $1, as it was then"; mkdir -p .venv/bin; ln -s {sys.executable} .venv/bin/python\n'
    commit(checkout, **{"tools__set-up": set_up})
    write(checkout, requirements_txt="one==2\n", app_py=app(delay=2), **{"tools__set-up": "exit 1\n"})

    assert main(["main"]) == 0

    shown = capfd.readouterr()
    assert "set-up: python, as it was then\n" in shown.err
    assert "`1` → `2`" in shown.out


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "which commit is deployed? Say it: make review BASE=main"),
        ([""], "which commit is deployed? Say it: make review BASE=main"),
        (["mian"], "git knows no commit 'mian': `git branch --all` lists the names, `git fetch` gets new ones"),
        (["--", "--all"], "git knows no commit '--all': "),
        (["main:app.py"], "git knows no commit 'main:app.py': "),
    ],
)
def test_a_base_that_is_none_is_said_in_a_sentence(capsys: Captured, arguments: list[str], says: str) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"review: {says}")
    assert len(shown.err.splitlines()) == 1


@pytest.mark.usefixtures("checkout")
def test_a_folder_without_git_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert main(["main"]) == 2
    assert capsys.readouterr().err.startswith(f"review: {tmp_path} is no git checkout")


def test_a_folder_within_the_checkout_is_not_the_one(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (checkout / "docs").mkdir()
    monkeypatch.chdir(checkout / "docs")
    assert main(["main"]) == 2
    assert capsys.readouterr().err == f"review: {checkout}/docs has no app.py: go to the top of the checkout\n"


def test_a_base_that_does_not_synthesize_says_so_in_its_own_last_lines(checkout: Path, capsys: Captured) -> None:
    commit(checkout, app_py="import sys; print('so far'); sys.exit('error: port=x is no number')\n")
    write(checkout, app_py=app())

    assert main(["main"]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "\nreview: main (" in shown.err
    assert "does not synthesize (main); its last lines:\n  so far\n  error: port=x is no number\n" in shown.err


def test_a_change_that_does_not_synthesize(checkout: Path, capsys: Captured) -> None:
    write(checkout, app_py="raise SystemExit('error: oh')\n")
    assert main(["main"]) == 2
    assert "review: this checkout does not synthesize (main); its last lines:\n  error: oh\n" in capsys.readouterr().err


@pytest.mark.parametrize("set_up", [None, "echo no network; exit 1\n"])
def test_a_base_whose_environment_cannot_be_had(checkout: Path, capfd: Captured, set_up: str | None) -> None:
    commit(checkout, **({"tools__set-up": set_up} if set_up else {"more_txt": ""}))
    write(checkout, requirements_txt="one==2\n")
    assert main(["main"]) == 2
    assert capfd.readouterr().err.splitlines()[-1].startswith("review: BASE needs other packages than this checkout")


def test_the_app_is_told_no_key_and_of_no_other_copies(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "CDK_DEFAULT_ACCOUNT", "DATA_COMPUTE_COPIES"):
        monkeypatch.setenv(name, "mine")
    write(checkout, app_py="import os; print(sorted(name for name in os.environ if 'mine' == os.environ[name])); 1 / 0")
    assert main(["main"]) == 2
    assert "\n  []\n" in capsys.readouterr().err


@pytest.mark.system
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_all_of_it_and_leaves_nothing(checkout: Path, tmp_path: Path, number: signal.Signals) -> None:
    """The signal reaches us alone, as by `kill`; a person asks twice."""
    # It has started a program of its own, as the CDK does.
    write(checkout, app_py="import subprocess; subprocess.run(['sleep', '77.31'])\n")
    git(checkout, "commit", "--quiet", "--all", "--message", "it")
    environment = {**os.environ, "TMPDIR": str(tmp_path / "scratch"), "PYTHONPATH": os.pathsep.join(sys.path)}
    program = subprocess.Popen(
        [sys.executable, "-m", "review_checkout", "main"],
        env=environment, stderr=subprocess.PIPE, text=True,
        # Whoever runs these tests in the background ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert program.stderr
    assert "review: main (" in program.stderr.readline()
    while "77.31" not in running_programs():
        assert program.poll() is None
    program.send_signal(number)
    program.send_signal(number)

    assert program.wait(timeout=10) == 128 + number
    assert "Traceback" not in program.stderr.read()
    assert "77.31" not in running_programs()


def running_programs() -> str:
    return subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True).stdout
