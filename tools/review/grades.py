"""What a protection is: which property of which type it stands in, and how much of it a value gives."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from facts.schemas import at
from review.fact import Level
from review.values import members

Grade = Callable[[Any], float]
# Less of these is safer. What is not bounded has grade 0.
UNBOUNDED = 1e9


@dataclass(frozen=True)
class Protection:
    """One thing that a property protects from."""

    # Of which no resource has two.
    name: str
    types: tuple[str, ...]
    # Within the properties: `*` is each member of a list, `Key=…` the value of the member that has that key.
    path: str
    # How much a value protects; 0 is not at all. None is a property that is not there.
    grade: Grade
    # What is so without it.
    words: str
    # Of a change that takes it away, and of an app without it: None is not told.
    gone: Level
    without: Level | None = None
    # Of a change that leaves less of it.
    less: Level = Level.LOOK


def one_of(*values: object, unsaid: float = 0) -> Grade:
    """Grade by what is said, whatever its case; `unsaid` is the grade of a property that is not there."""
    wanted = {str(value).lower() for value in values}
    return lambda value: unsaid if value is None else float(str(value).lower() in wanted)


def there(value: Any) -> float:
    """Grade by whether anything is said."""
    return float(value is not None)


def having(name: str) -> Grade:
    """Grade by how many members of a list have something."""
    return lambda value: float(sum(at(member, [name]) is not None for member in members(value)))


def more(unsaid: float) -> Grade:
    """Grade by a number of which more is safer."""
    return lambda value: _number(value, unsaid)


def less(value: Any) -> float:
    """Grade by a number of which less is safer."""
    return UNBOUNDED - _number(value, UNBOUNDED)


def ranked(*values: str) -> Grade:
    """Grade by a word, from what protects not at all to what protects most."""
    return lambda value: float(values.index(value)) if value in values else 0


def tls(value: Any) -> float:
    """Grade by the oldest version that is spoken: 1.2 protects, and so may what a service chooses itself."""
    found = re.search(r"1[._-]([0-3])(?!\d)", str(value))
    return 0.5 if value is None else float(found[1]) - 1 if found else 0


def _number(value: Any, unsaid: float) -> float:
    try:
        return unsaid if value is None else float(value)
    except (TypeError, ValueError):
        return unsaid
