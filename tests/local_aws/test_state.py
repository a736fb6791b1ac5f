"""The state folder: where it lies, whose it is, one command at a time, nobody else inside."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local_aws import cloud as clouds
from local_aws import environment
from local_aws.__main__ import main
from local_aws.machines import read_only
from local_aws.state import State, write_json
from ops.answers.errors import OpsError
from stacks.setting import CHECKOUT
from tests.full_disk import full_disk


@pytest.fixture
def any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def make(*arguments: str, state: Path, words_before: Sequence[str] = ()) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*words_before, sys.executable, "-m", "local_aws", *arguments, "--state", str(state)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "variable", "folder"),
    [
        ([], None, CHECKOUT / ".local-aws"),
        ([], "theirs", Path("theirs").resolve()),
        (["--state", "mine"], "theirs", Path("mine").resolve()),
    ],
)
def test_lies_in_the_checkout_unless_told(
    words: list[str], variable: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[State] = []
    monkeypatch.setattr(environment, "isolate", lambda _: None)
    monkeypatch.setattr(clouds, "find", asked.append)
    CliRunner().invoke(main, ["env", *words], env={"LOCAL_AWS_STATE": variable})
    assert [state.folder for state in asked] == [folder]


def test_one_command_at_a_time(tmp_path: Path) -> None:
    state = State(tmp_path / "checkout" / ".local-aws")
    with state.locked(), pytest.raises(OpsError, match="another command is changing") as told, state.locked():
        pass
    assert str(tmp_path / "checkout") in str(told.value)
    with state.locked():
        pass


@pytest.mark.parametrize("any_umask", [0o000, 0o022, 0o777], indirect=True)
@pytest.mark.parametrize("there_before", [False, True])
@pytest.mark.usefixtures("any_umask")
def test_nobody_else_may_look_inside(tmp_path: Path, there_before: bool) -> None:
    state = State(tmp_path / ".local-aws")
    if there_before:
        state.folder.mkdir()
        state.folder.chmod(0o777)
    state.create()
    assert {mode(place) for place in (state.folder, state.home, state.temporary, state.machines)} == {0o700}


@pytest.mark.system
@pytest.mark.parametrize("verb", ["status", "up", "down"])
def test_a_record_that_is_cut_off_is_named(verb: str, tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.create()
    state.server_record.write_text('{"port": 4566, "pi')
    told = make(verb, state=state.folder)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(f"error: {state.server_record} is no JSON (")
    assert told.stderr.endswith("): remove it, then `make up` makes it anew\n")


def test_what_was_opened_to_others_is_closed_again(tmp_path: Path) -> None:
    state = State(tmp_path / ".local-aws")
    state.create()
    state.folder.chmod(0o777)
    state.create()
    assert mode(state.folder) == 0o700


def test_a_full_disk_leaves_no_draft(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="File too large"), full_disk():
        write_json(tmp_path / "server.json", {"port": 4566})
    assert list(tmp_path.iterdir()) == []


def test_is_removed_whole(tmp_path: Path) -> None:
    state = State(tmp_path / ".local-aws")
    state.create()
    state.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.system
@pytest.mark.parametrize("verb", ["up", "down"])
def test_a_folder_of_the_persons_stays_as_it_is(verb: str, tmp_path: Path) -> None:
    theirs = tmp_path / "thesis"
    (theirs / "machines").mkdir(parents=True)
    theirs.chmod(0o755)
    (theirs / "machines" / "chapter-1.tex").write_text("years of work")
    told = make(verb, state=theirs)
    assert told.returncode == 1
    assert f"error: {theirs} holds files, and no made-by-make-up" in told.stderr
    assert "name a new or an empty folder with --state" in told.stderr
    assert "Traceback" not in told.stderr
    assert [path.relative_to(theirs).as_posix() for path in theirs.rglob("*")] == [
        "machines",
        "machines/chapter-1.tex",
    ]
    assert mode(theirs) == 0o755


def test_a_link_leads_to_the_same_refusal(tmp_path: Path) -> None:
    theirs = tmp_path / "thesis"
    theirs.mkdir()
    (theirs / "chapter-1.tex").write_text("years of work")
    (tmp_path / "link").symlink_to(theirs)
    assert f"error: {theirs} holds files" in make("down", state=tmp_path / "link").stderr
    with pytest.raises(OpsError, match="is not a folder"):
        State(tmp_path / "link").remove()
    assert (theirs / "chapter-1.tex").exists()


def test_down_leaves_an_empty_folder_of_the_persons(tmp_path: Path) -> None:
    told = make("down", state=tmp_path)
    assert (told.returncode, told.stdout) == (0, "nothing is up\n")
    assert tmp_path.is_dir()


def test_home_and_the_whole_disk_are_refused() -> None:
    for place in (Path("/"), Path.home(), CHECKOUT):
        with pytest.raises(OpsError, match="so it is left alone"):
            State(place).check()


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("theirs")
    with pytest.raises(OpsError, match="is not a folder"):
        State(tmp_path / "file").create()


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tmp_path / "state")
    state.create()
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    for act in (state.create, state.remove):
        with pytest.raises(OpsError, match="belongs to another user"):
            act()
    assert state.marker.exists()


def test_no_removal_goes_past_the_marker(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.create()
    state.marker.unlink()
    state.kept.mkdir()
    for act in (state.remove, lambda: state.discard(state.kept)):
        with pytest.raises(OpsError, match="holds files"):
            act()
    assert state.kept.exists()


def test_what_an_earlier_version_left_is_told_apart(tmp_path: Path) -> None:
    """It has our files and no marker: who upgrades in the middle reads what to do."""
    state = State(tmp_path / ".local-aws")
    state.folder.mkdir()
    (state.folder / "lock").touch()
    assert "If an earlier version's `make up` made it, remove it yourself" in make("up", state=state.folder).stderr


def test_a_removal_that_was_interrupted_can_be_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tmp_path / "state")
    state.create()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            state.remove()
    state.remove()
    assert not state.folder.exists()


def test_what_cannot_be_removed_is_told_and_can_be_done_again(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.create()
    closed = state.machines / "i-1" / "home"
    closed.mkdir(parents=True)
    (closed / "file").touch()
    read_only.close(closed)
    told = make("down", state=state.folder, words_before=read_only.prefix() or ())
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(f"error: {state.machines} stays, as not all of it can be removed ([Errno 13] ")
    assert sorted(state.folder.iterdir()) == [state.machines, state.marker]
    read_only.reopen(closed)
    state.remove()
    assert not state.folder.exists()


def test_a_link_inside_is_removed_and_not_what_it_names(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "file").touch()
    state = State(tmp_path / "state")
    state.create()
    (state.folder / "link").symlink_to(theirs)
    state.remove()
    assert not state.folder.exists()
    assert (theirs / "file").exists()
