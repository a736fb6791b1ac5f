"""Programs that end with us: what they started too, and when Ctrl-C reaches us alone."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

LAST_LINES = 20


@contextmanager
def running(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path | None = None
) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a program, which writes into a file or, without one, where we tell our progress."""
    with (log or Path(os.devnull)).open("wb") as file:
        output = file if log else 2
        # In a group of its own, by which all of it can be ended.
        program = subprocess.Popen(  # noqa: S603 - what a checkout synthesizes with
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield program
    finally:
        # Not asked whether it runs: what it has started may.
        # macOS says that it is not permitted, of a group whose last member has ended.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()


@contextmanager
def ended_tidily() -> Iterator[None]:
    """Let whatever ends us run the clean-up first, and nothing interrupt that."""

    def end(number: int, _: FrameType | None) -> NoReturn:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def last_lines(log: Path, without: str | None = None) -> str:
    """Give the end of what a program has said.

    :param without: leave out the lines that name this.
    """
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    wanted = [f"  {line}" for line in lines if not (without and without in line)]
    return "\n".join(wanted[-LAST_LINES:])
