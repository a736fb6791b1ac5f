"""What the CDK's command line says is shown until it tells of a failure, and kept whole."""

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from local_aws import cdk_lines

SAID = "building\n\x1b[31mStreamlit | UPDATE_FAILED | the machine\x1b[39m\nrolling back\n❌ failed\n"
PLAIN = "building\nStreamlit | UPDATE_FAILED | the machine\nrolling back\n❌ failed\n"
# What a child that looks for a terminal finds.
LOOK = "import os, sys; print(sys.stderr.isatty() and os.get_terminal_size(2).columns, file=sys.stderr)"


def told(program: str, file: Path) -> str:
    child, said = cdk_lines.start([sys.executable, "-c", program], file.parent, os.environ)
    with said:
        held_back = cdk_lines.show(said, file)
    assert child.wait() == 0
    return held_back


def test_a_failure_and_what_follows_is_held_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cdk.log"
    held_back = told(f"import sys; sys.stdout.buffer.write({SAID.encode()!r})", file)
    assert capsys.readouterr().err == "building\n"
    assert held_back == PLAIN.removeprefix("building\n")
    assert file.read_text() == PLAIN


@pytest.mark.parametrize("line", ["Traceback (most recent call last):", "error: the folder", "SettingsError: port"])
def test_the_apps_own_words_begin_a_failure(line: str, tmp_path: Path) -> None:
    assert told(f"print({line!r}); print('more')", tmp_path / "cdk.log") == f"{line}\nmore\n"


def test_no_terminal_is_no_terminal_for_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(LOOK, tmp_path / "cdk.log") == ""
    assert capsys.readouterr().err == "False\n"


def on_a_terminal(program: str, folder: Path) -> bytes:
    """Show what a program says where our own terminal has 91 columns."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 91))
    show = (
        "import os, sys; from pathlib import Path; from local_aws import cdk_lines;"
        f"child, said = cdk_lines.start([sys.executable, '-c', {program!r}], Path(), os.environ);"
        "cdk_lines.show(said, Path('cdk.log'))"
    )
    try:
        subprocess.run([sys.executable, "-c", show], stderr=theirs, cwd=folder, check=True)
        return os.read(ours, 1000)
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_terminal_is_one_of_the_same_width(tmp_path: Path) -> None:
    """So that the CDK's progress and colours are there."""
    assert on_a_terminal(LOOK, tmp_path) == b"91\r\n"
    assert (tmp_path / "cdk.log").read_text() == "91\n"


def test_a_terminals_drawn_progress_is_cleared_before_a_failure_is_told(tmp_path: Path) -> None:
    program = "print('\x1b[32mgood\x1b[39m'); print('\x1b[2A\x1b[31mUPDATE_FAILED')"
    assert on_a_terminal(program, tmp_path) == b"\x1b[32mgood\x1b[39m\r\n\r\x1b[J"
    assert (tmp_path / "cdk.log").read_text() == "good\nUPDATE_FAILED\n"
