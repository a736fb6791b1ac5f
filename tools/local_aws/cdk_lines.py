"""What the CDK's command line says: shown as it comes, kept in a file, held back from its first word of failure on."""

import os
import pty
import re
import subprocess
import sys
import termios
import tty
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

# How the CDK's command line, CloudFormation or the app that is synthesized begin to tell of one.
FAILURE = re.compile(r"FAILURE signal|_FAILED|ROLLBACK|❌|Traceback|[Ee]rror:")
# What it says after the events of a rollback: those that began it, and why.
SUMMARY = re.compile(r"Failed resources:|❌")
# A terminal's rows from here on, where progress may have been drawn.
CLEAR = "\r\x1b[J"
STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def start(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple["subprocess.Popen[bytes]", IO[str]]:
    """Start a command, and open what it says: as on our own terminal if there is one, for its colours and progress."""
    if sys.stderr.isatty():
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        termios.tcsetwinsize(theirs, termios.tcgetwinsize(sys.stderr.fileno()))
    else:
        ours, theirs = os.pipe()
    try:
        # Its own group, so that it can be ended with all that it runs.
        child = subprocess.Popen(  # noqa: S603
            command, cwd=folder, env=environment, stdout=theirs, stderr=theirs, start_new_session=True
        )
    finally:
        os.close(theirs)
    return child, os.fdopen(ours, encoding="utf-8", errors="replace", newline="\n")


def show(said: IO[str], file: Path) -> str:
    """Show lines until one tells of a failure, and give those from there on; all of them are in the file."""
    held = ""
    with file.open("w", encoding="utf-8") as kept:
        for line in _until_the_end(said):
            plain = STYLE.sub("", line)
            kept.write(plain)
            if held or FAILURE.search(plain):
                if not held and sys.stderr.isatty():
                    print(CLEAR, end="", file=sys.stderr, flush=True)
                held += plain
            else:
                print(line, end="", file=sys.stderr, flush=True)
    return held


def keep(said: IO[str], file: Path) -> str:
    """Show nothing; give all lines, which are in the file too."""
    told = "".join(_until_the_end(said))
    file.write_text(STYLE.sub("", told), encoding="utf-8")
    return told


def summary(held_back: str) -> str:
    """Leave out the events of a rollback: they are many, and tell nothing."""
    found = SUMMARY.search(held_back)
    return held_back[found.start() if found else 0 :]


def _until_the_end(said: IO[str]) -> Iterator[str]:
    # On Linux the end of a terminal is an error of reading.
    with suppress(OSError):
        yield from said
