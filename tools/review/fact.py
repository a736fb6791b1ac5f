"""What the review tells: one fact, one sentence."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

LONGEST_QUOTE = 120
LONGEST_DETAIL = 100


class Level(Enum):
    """How much a fact asks of the reader."""

    STOP = "STOP"
    LOOK = "look"
    NOTE = "note"


@dataclass(frozen=True)
class Fact:
    """One thing that a change does, or that an app is."""

    kind: str
    level: Level
    # The stack that is deployed, also where the resource is in one nested in it.
    stack: str
    # Of the construct, within the stack; empty for the stack itself.
    path: str
    # Markdown. What comes from an assembly stands in it only as `quoted` gives it.
    sentence: str
    detail: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Name the fact, the same in each run."""
        return ":".join(filter(None, [self.kind, "/".join(filter(None, [self.stack, self.path])), self.detail]))


def as_detail(text: str) -> str:
    """Make a text the end of an id: without a space, the same in each run, and of no other text where it is cut."""
    short = "".join(text.split())
    if len(short) <= LONGEST_DETAIL:
        return short
    return f"{short[:LONGEST_DETAIL]}…{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:8]}"


def some(names: Sequence[str], most: int) -> str:
    """Name the first of some, and say how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def quoted(value: Any, longest: int = LONGEST_QUOTE) -> str:
    """Show a value of an assembly's as code, in which no Markdown, link or mention works."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # Of a text of megabytes the rest is never shown.
    text = text[: 100 * longest]
    # Half of a character that takes two is no text that can be printed.
    text = " ".join(text.replace("`", "'").encode(errors="replace").decode().split())
    return f"`{text[: longest - 1]}…`" if len(text) > longest else f"`{text or ' '}`"
