"""What IAM has decided in the embedded AWS, kept in a file: who was allowed or denied what."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

# Whoever is denied may ask again and again.
DENIED_AGAIN_SECONDS = 10.0


@dataclass(frozen=True)
class Decision:
    """One call that somebody was allowed or denied."""

    # An ARN, such as of a role that somebody has assumed, or of an API's method.
    who: str
    action: str
    resource: str
    allowed: bool

    @property
    def role(self) -> str | None:
        """The name of the role that was assumed, if one was."""
        parts = self.who.split("/")
        return parts[1] if parts[0].endswith(":assumed-role") else None


class Record:
    """The file as whoever decides writes it: an allowance once, a denial also when it comes again."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = {decision: float("inf") for decision in read(file) if decision.allowed}

    def keep(self, decision: Decision) -> None:
        """Write down a decision."""
        now = time.monotonic()
        if now < self._known.get(decision, 0):
            return
        self._known[decision] = float("inf") if decision.allowed else now + DENIED_AGAIN_SECONDS
        # So that what is allowed again, or no more, is written down again.
        self._known.pop(replace(decision, allowed=not decision.allowed), None)
        with self._file.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(vars(decision)) + "\n")


def read(file: Path, since: int = 0) -> list[Decision]:
    """Read what was decided, from a size of the file on."""
    try:
        with file.open(encoding="utf-8") as kept:
            kept.seek(since)
            return [Decision(**json.loads(line)) for line in kept if line.endswith("\n")]
    except FileNotFoundError:
        return []


def denied(made: Iterable[Decision]) -> list[Decision]:
    """Keep what was denied and has not been allowed since."""
    latest = {(one.who, one.action, one.resource): one for one in made}
    return [one for one in latest.values() if not one.allowed]


def size(file: Path) -> int:
    """Tell the size to read from later."""
    return file.stat().st_size if file.exists() else 0
