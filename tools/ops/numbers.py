"""Numbers as a person types them, or keeps them in a file."""

import csv
import math
import re
import reprlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.answers.errors import OpsError

# float() alone would let "1_0" and the digits of other scripts pass, which the app's page refuses.
_NUMBER = re.compile(r"[+\-\N{MINUS SIGN}]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BEGINS_AS_A_NUMBER = re.compile(r"[+\-\N{MINUS SIGN}.,(]*(\d|inf(inity)?$)", re.ASCII | re.IGNORECASE)
_NO_NUMBER = ("-", "?", "na", "n/a", "#n/a", "nan", "none", "null")
# Perhaps: two columns of numbers look the same.
_COMMA_IN_A_NUMBER = re.compile(r"\d,\d", re.ASCII)


@dataclass(frozen=True)
class Numbers:
    """Numbers, and the heading that was above them."""

    values: list[float]
    heading: str | None = None

    @property
    def words(self) -> str:
        """How many there are, and below what."""
        count = len(self.values)
        return f"{count} number{'' if count == 1 else 's'}" + (f" below {self.heading!r}" if self.heading else "")


def numbers_typed(texts: Sequence[str]) -> Numbers:
    """Read the words of a command line."""
    return Numbers([_number(text, f"number {position}") for position, text in enumerate(texts, 1)])


def numbers_in_file(file: Path) -> Numbers:
    """Read a CSV file of one column; blank lines are none."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as content:
            lines = list(_cells(content, file))
    except UnicodeDecodeError:
        raise OpsError(f"{file} is no text in UTF-8: save it as CSV UTF-8") from None
    except (OSError, csv.Error) as error:
        raise OpsError(f"{file} can't be read as a CSV file: {error}") from None
    heading = None
    if lines and not _is_number(lines[0][1]):
        line, heading = lines.pop(0)
        if begins_as_a_number(heading):
            # Taken for a heading it would be lost.
            raise OpsError(f"{file}, line {line}: {_no_number(heading)}; a heading must begin with a letter")
    if not lines:
        raise OpsError(f"{file} holds no number: one number a line, a heading is fine")
    return Numbers([_number(text, f"{file}, line {line}") for line, text in lines], heading)


def begins_as_a_number(heading: str) -> bool:
    """As the app's page tells a heading that could be a number, a mistyped or a missing one: `3,5`, `1O`, `nan`."""
    return bool(_BEGINS_AS_A_NUMBER.match(heading)) or heading.lower() in _NO_NUMBER


def _cells(content: Iterator[str], file: Path) -> Iterator[tuple[int, str]]:
    """Give each line's number and its only cell."""
    rows = csv.reader(content)
    for row in rows:
        if len(row) > 1:
            where, text = f"{file}, line {rows.line_num}", ",".join(row)
            # To cut a number at its comma would give another mean, and no error.
            if _COMMA_IN_A_NUMBER.search(text):
                raise OpsError(f"{where}: {_no_number(text)}")
            raise OpsError(f"{where} has {len(row)} columns: keep one, such as with `cut -d, -f1 {file}`")
        if row and (text := row[0].strip()):
            yield rows.line_num, text


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text.replace("\N{MINUS SIGN}", "-")))


def _number(text: str, where: str) -> float:
    if not _is_number(text):
        raise OpsError(f"{where}: {_no_number(text)}")
    # Web pages and word processors print a real minus sign.
    text = text.replace("\N{MINUS SIGN}", "-")
    try:
        return int(text)
    except ValueError:
        return float(text)


def _no_number(text: str) -> str:
    hint = ""
    if ";" in text:
        hint = ": keep one column, and write decimals with a point"
    elif "," in text:
        hint = ": write decimals with a point, nothing between thousands, and one number a line or a word"
    elif _NUMBER.fullmatch(text):
        return f"{reprlib.repr(text)} is too large for a number"
    return f"{reprlib.repr(text)} is not a number, such as 1, -2.5 or 3e4{hint}"
