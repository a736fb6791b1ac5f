"""What reaches the screen: results on stdout, everything about them on stderr, and no control character."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

from ops.answers.terminal import shown


class Progress(Protocol):
    """A line that tells how far a command is."""

    def update(self, text: str) -> None:
        """Say something new."""


def say(text: str) -> None:
    """Print a result."""
    # At once, also into a pipe: `logs --follow | grep` must not wait for a full buffer.
    print(shown(text), flush=True)


def say_json(facts: Any) -> None:
    """Print a result for scripts."""
    print(json.dumps(facts, indent=2))


def note(text: str) -> None:
    """Print what is not the result: scripts that read stdout never see it."""
    print(shown(text), file=sys.stderr)


@contextmanager
def progress(text: str) -> Iterator[Progress]:
    """Show a live line on a terminal, and plain lines, each once, elsewhere."""
    if not sys.stderr.isatty():
        lines = _PlainLines()
        lines.update(text)
        yield lines
        return
    from rich.console import Console

    with Console(stderr=True).status(_live(text)) as status:
        yield _LiveLine(status)


class _PlainLines:
    def __init__(self) -> None:
        self._last = ""

    def update(self, text: str) -> None:
        if text != self._last:
            note(text)
        self._last = text


class _LiveLine:
    def __init__(self, status: Any) -> None:
        self._status = status

    def update(self, text: str) -> None:
        self._status.update(_live(text))


def _live(text: str) -> Any:
    """Keep rich from reading its own markup in a text."""
    from rich.text import Text

    return Text(shown(text))


def aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Lay rows out in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(max(map(len, rows)) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Say how long ago something was: ``3 h ago``."""
    return f"{age(moment, now)} ago"


def age(moment: datetime, now: datetime | None = None) -> str:
    """Say how long something has lasted, in its largest unit."""
    seconds = max(0, int(((now or datetime.now(UTC)) - moment).total_seconds()))
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
