"""What people have accepted, a line each: the id of a fact and a reason."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from review.fact import Fact, Level, quoted, some
from review.reading import UnreadableError

# In the root of a repository.
FILE = Path(".review-accepted")
NONE = Path(os.devnull)
LONGEST_LINE = 2_000
MOST_BYTES = 1_000_000
MOST_SHOWN = 6


def accepted_lines(file: Path) -> list[str]:
    """Read the lines of a file."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        lines = [line.strip() for line in content.decode().splitlines()]
    except OSError as error:
        # Taken for an empty one, of a mistyped name every old line would be new.
        raise UnreadableError(f"{file} cannot be read: {error.strerror}; where there is none, name {NONE}") from error
    except ValueError as error:
        raise UnreadableError(f"{file} is no text in UTF-8") from error
    if len(content) > MOST_BYTES or any(len(line) > LONGEST_LINE for line in lines):
        raise UnreadableError(f"{file} is too large: a line has an id and a reason")
    return [line for line in lines if line and not line.startswith("#")]


def of_a_change(
    facts: Sequence[Fact], now: Path, before: Path | None, standing: Collection[str]
) -> tuple[dict[str, str], list[Fact]]:
    """Give the reasons, by id, that were added with a change, and what to say of lines that do not count.

    An older line was given for another change.
    """
    old, ids = set(accepted_lines(before)) if before else set(), {fact.id for fact in facts}
    found = {line: _split(line, ids, now) for line in accepted_lines(now) if line not in old}
    reasons = dict(one for one in found.values() if one)
    if before is None:
        without = "these lines count only with `--accepted-base`, which names the file as it was at BASE"
        return {}, _not_accepted(now, without, [line for line, one in found.items() if one])
    # One that fits nothing in the app, its own review refuses.
    unfit = [line for line, one in found.items() if not one and _kind(line) not in standing]
    return reasons, _not_accepted(now, "these new lines fit nothing in this change", unfit)


def of_an_app(facts: Sequence[Fact], now: Path, only_changes: Collection[str]) -> dict[str, str]:
    """Give the reasons, by id, for what stands in an app; what was accepted of a change was for that change."""
    ids = {fact.id for fact in facts}
    reasons = {}
    for line in accepted_lines(now):
        if found := _split(line, ids, now):
            reasons[found[0]] = found[1]
        elif _kind(line) not in only_changes:
            raise UnreadableError(f"{now} accepts what is no longer so, take the line out: {line}")
    return reasons


def _not_accepted(file: Path, why: str, lines: Sequence[str]) -> list[Fact]:
    sentence = f"Of {quoted(file.name)} {why}: {some([*map(quoted, lines)], MOST_SHOWN)}."
    return [Fact("not-accepted", Level.LOOK, "", "", sentence)] if lines else []


def _kind(line: str) -> str:
    return line.partition(":")[0].strip()


def _split(line: str, ids: Collection[str], file: Path) -> tuple[str, str] | None:
    """Split into id and reason: an id may have spaces in it, so the longest that there is counts."""
    ends = [at for at, character in enumerate(line) if character.isspace()]
    for end in (len(line), *reversed(ends)):
        if line[:end] in ids:
            if not line[end:].strip():
                raise UnreadableError(f"{file} accepts without a reason, say one behind it: {line}")
            return line[:end], line[end:].strip()
    return None
