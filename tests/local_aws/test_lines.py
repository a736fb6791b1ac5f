"""What a long command says is shown until it tells of a failure, and kept whole."""

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from local_aws import lines

SAID = "building\n\x1b[31mStreamlit | UPDATE_FAILED | the machine\x1b[39m\nrolling back\n❌ failed\n"
PLAIN = "building\nStreamlit | UPDATE_FAILED | the machine\nrolling back\n❌ failed\n"
# What a child that looks for a terminal finds.
LOOK = "import os, sys; print(sys.stderr.isatty() and os.get_terminal_size(2).columns, file=sys.stderr)"


def told(program: str, file: Path) -> str:
    child, said = lines.start([sys.executable, "-c", program], file.parent, os.environ)
    with said:
        held_back = lines.show(said, file)
    assert child.wait() == 0
    return held_back


def test_a_failure_and_what_follows_is_held_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cdk.log"
    held_back = told(f"import sys; sys.stdout.buffer.write({SAID.encode()!r})", file)
    assert capsys.readouterr().err == "building\n"
    assert held_back == SAID.removeprefix("building\n")
    assert file.read_text() == PLAIN


@pytest.mark.parametrize("line", ["Traceback (most recent call last):", "error: the folder", "SettingsError: port"])
def test_the_apps_own_words_begin_a_failure(line: str, tmp_path: Path) -> None:
    assert told(f"print({line!r}); print('more')", tmp_path / "cdk.log") == f"{line}\nmore\n"


def test_no_terminal_is_no_terminal_for_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(LOOK, tmp_path / "cdk.log") == ""
    assert capsys.readouterr().err == "False\n"


def test_a_terminal_is_one_of_the_same_width(tmp_path: Path) -> None:
    """So that the CDK's progress and colours are there."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 91))
    program = (
        f"import os, sys; from pathlib import Path; from local_aws import lines;"
        f"child, said = lines.start([sys.executable, '-c', {LOOK!r}], Path(), os.environ);"
        f"lines.show(said, Path('cdk.log'))"
    )
    try:
        subprocess.run([sys.executable, "-c", program], stderr=theirs, cwd=tmp_path, check=True)
        assert os.read(ours, 100) == b"91\r\n"
    finally:
        os.close(ours)
        os.close(theirs)
    assert (tmp_path / "cdk.log").read_text() == "91\n"
