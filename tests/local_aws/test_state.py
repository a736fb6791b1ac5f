"""The state folder: where it lies, one command at a time, nobody else inside."""

import stat
from pathlib import Path

import pytest

from local_aws.errors import LocalAwsError
from local_aws.state import CHECKOUT, State


def test_lies_in_the_checkout_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LOCAL_AWS_STATE", raising=False)
    assert State.of_checkout().folder == CHECKOUT / ".local-aws"
    monkeypatch.setenv("LOCAL_AWS_STATE", str(tmp_path))
    assert State.of_checkout().folder == tmp_path


def test_one_command_at_a_time(tmp_path: Path) -> None:
    state = State(tmp_path / "checkout" / ".local-aws")
    with state.locked(), pytest.raises(LocalAwsError, match="another command is changing") as told, state.locked():
        pass
    assert str(tmp_path / "checkout") in str(told.value)
    with state.locked():
        pass


def test_nobody_else_may_look_inside(tmp_path: Path) -> None:
    state = State(tmp_path / ".local-aws")
    state.create()
    assert stat.S_IMODE(state.folder.stat().st_mode) == 0o700


def test_is_removed_whole(tmp_path: Path) -> None:
    state = State(tmp_path / ".local-aws")
    state.create()
    state.remove()
    assert list(tmp_path.iterdir()) == []
