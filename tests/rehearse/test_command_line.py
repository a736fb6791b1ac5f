"""What is asked for and cannot be rehearsed, and what a copy is told on either side."""

from pathlib import Path

import pytest

from rehearse.__main__ import main
from rehearse.stage import told
from review_checkout.syntheses import Side
from tests.review_checkout.scratch import app, commit, git, write


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "rehearse: which commit is deployed? Say it: make rehearse BASE=main\n"),
        (["mian"], "rehearse: git knows no commit 'mian': "),
    ],
)
def test_a_base_that_is_none(capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(says)


@pytest.mark.system
def test_a_base_that_does_not_come_up_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git(tmp_path, "init", "--quiet")
    tool = "import sys; sys.exit(f'error: no disk for {sys.argv[1]}, told {sys.argv[2:4]}')\n"
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "local_aws.py").write_text(tool)
    commit(tmp_path, app_py=app(), requirements_txt="", copies__main_json='{"port": "9000"}')
    monkeypatch.chdir(tmp_path)

    assert main(["HEAD"]) == 2

    shown = capsys.readouterr()
    assert "Nothing that is deployed changes." in shown.out
    assert "does not come up; its last lines:\n  error: no disk for up, told ['-c', 'port=9000']\n" in shown.err


def test_the_main_copy_is_told_what_its_file_says(tmp_path: Path) -> None:
    side = Side("it", tmp_path, tmp_path, tmp_path)
    assert told(side) == {}
    write(tmp_path, copies__main_json='{"port": "9000"}')
    assert told(side) == {"port": "9000"}
