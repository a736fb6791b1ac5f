"""Words and columns."""

import io
import sys
from datetime import UTC, datetime, timedelta

import pytest

from ops.answers.output import age, aligned, progress

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lasted", "words"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=2), "2 min"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_age(lasted: timedelta, words: str) -> None:
    assert age(NOW - lasted, NOW) == words


def test_columns() -> None:
    assert aligned([("a", "b", "c"), ("longer", "", "d")]) == "a       b  c\nlonger     d"


def test_progress_elsewhere_than_on_a_terminal_is_plain_lines_each_once(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("one") as tell:
        tell("two")
        tell("two")
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "one\ntwo\n")


def test_progress_on_a_terminal_is_one_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress("one") as tell:
        tell("two")
    assert "two" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")
