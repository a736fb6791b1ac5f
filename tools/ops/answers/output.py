"""What reaches the screen: results on stdout, everything about them on stderr, and no control character."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

# Says something new of how far a command is.
Tell = Callable[[str], None]

# What a terminal obeys: all control characters but tab and line feed, line separators, what turns the direction of
# writing, and surrogates, which no terminal's encoding has.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    r"""Show each character that a terminal would obey, such as ``\x1b``, instead of sending it."""
    return OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def say(text: str) -> None:
    """Print a result."""
    # At once, also into a pipe: `logs --follow | grep` must not wait for a full buffer.
    print(shown(text), flush=True)


def say_json(facts: Any) -> None:
    """Print a result for scripts."""
    print(json.dumps(facts, indent=2), flush=True)


def note(text: str) -> None:
    """Print what is not the result: scripts that read stdout never see it."""
    print(shown(text), file=sys.stderr)


@contextmanager
def progress(text: str) -> Iterator[Tell]:
    """Show a live line on a terminal, and plain lines, each once, elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.text import Text

        # In a Text rich reads no markup of its own.
        with Console(stderr=True).status(Text(shown(text))) as status:
            yield lambda latest: status.update(Text(shown(latest)))
        return

    def tell(latest: str) -> None:
        nonlocal text
        if latest != text:
            note(latest)
        text = latest

    note(text)
    yield tell


def aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Lay rows out in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(max(map(len, rows)) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def age(moment: datetime, now: datetime | None = None) -> str:
    """Say how long something has lasted, in its largest unit."""
    seconds = max(0, int(((now or datetime.now(UTC)) - moment).total_seconds()))
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
