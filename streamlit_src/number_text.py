"""Numbers as people write them: text in, exact numbers out, or one sentence that says what to change."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from wording import counted, quoted

Number = int | float

MOST_CHARACTERS = 500_000
POINTS_NOT_COMMAS = "Write decimals with a point, 3.5, and nothing between thousands."
# What other programs write, in whatever case, where a number is missing.
NO_NUMBER = frozenset({"", "-", "?", "na", "n/a", "#n/a", "nan", "none", "null"})

# float() alone would let "nan", "inf", "1_0" and the digits of other scripts pass; the API refuses them too.
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_THOUSANDS_MARK = re.compile(r"(?<=\d)[.,_'\N{RIGHT SINGLE QUOTATION MARK}\s](?=\d{3}(?!\d))")
# These spaces nobody types between numbers: they are printed between thousands.
_READS_AS_ONE = re.compile(
    r"(?<![^\s;])[+-]?(\d+,\d+|\d{1,3}([.,\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]\d{3})+([.,]\d+)?)"
    r"(?![^\s;])",
    re.ASCII,
)
_BEGINS_AS_A_NUMBER = re.compile(r"[+\-\N{MINUS SIGN}.,(]*(\d|inf(inity)?$)", re.ASCII | re.IGNORECASE)


class NotNumbersError(ValueError):
    """The text is not a list of numbers; the message names the place and the fix."""


def one_to_a_reader(text: str) -> str:
    """Return the first part that reads as one number, with a decimal comma or thousands marks, and is none; or ''."""
    parts = (found.group() for found in _READS_AS_ONE.finditer(text.replace("\N{MINUS SIGN}", "-")))
    return next((part for part in parts if not _DECIMAL.fullmatch(part)), "")


def without_marks(text: str) -> str:
    """Return the text as it were if its decimal comma were a point and nothing stood between its thousands."""
    return text if _DECIMAL.fullmatch(text.strip()) else _THOUSANDS_MARK.sub("", text).replace(",", ".")


def begins_as_a_number(text: str) -> bool:
    """Whether a heading could as well be a number, perhaps a mistyped or a missing one: `3`, `3,5`, `1O`, `nan`."""
    text = text.strip()
    return bool(_BEGINS_AS_A_NUMBER.match(text)) or (text != "" and text.lower() in NO_NUMBER)


def numbers_of_text(text: str) -> list[Number]:
    """Return the numbers of a text that separates them with commas, spaces or new lines."""
    if len(text) > MOST_CHARACTERS:
        raise NotNumbersError(
            f"This text has {len(text):,} characters, and at most {MOST_CHARACTERS:,} fit. Upload a CSV file instead."
        )
    # Beside a semicolon a comma separates no numbers; without one the page says what it is taken for.
    if ";" in text and (part := one_to_a_reader(text)):
        raise NotNumbersError(
            f"{quoted(part)} has a decimal comma or a thousands mark. {POINTS_NOT_COMMAS} "
            "Separate numbers with spaces or new lines."
        )
    pieces = text.split(",")
    if not pieces[-1].strip():
        pieces.pop()  # a comma at the end is a habit, not a missing number
    items = [item for piece in pieces for item in piece.split() or [""]]
    if not any(items):
        raise NotNumbersError("There are no numbers yet. Type some, such as 1, -5, 0, 33.")
    if "" in items:
        raise NotNumbersError(
            f"Number {items.index('') + 1} is missing: there is nothing between two commas. "
            "Write the number or remove a comma."
        )
    return [_number(item, f"Number {position}") for position, item in enumerate(items, 1)]


def numbers_of_column(name: str, cells: Iterable[str]) -> list[Number]:
    """Return the numbers of a column of text cells. A missing value is never left out silently."""
    texts = [cell.strip() for cell in cells]
    if empty := texts.count(""):
        raise NotNumbersError(
            f"The column {quoted(name)} has {counted(empty, 'empty cell')}, the first in row "
            f"{texts.index('') + 1}. Fill the cells or remove the rows."
        )
    return [_number(text, f"Row {row} of {quoted(name)}") for row, text in enumerate(texts, 1)]


def _number(text: str, place: str) -> Number:
    # Web pages and word processors print a real minus sign; a person can't see the difference.
    text = text.replace("\N{MINUS SIGN}", "-")
    if _DECIMAL_COMMA.fullmatch(text):
        raise NotNumbersError(f"{place}, {quoted(text)}, has a decimal comma. {POINTS_NOT_COMMAS}")
    if not _DECIMAL.fullmatch(text):
        raise NotNumbersError(
            f"{place}, {quoted(text)}, is not a number. Separate numbers with commas, spaces or new lines, "
            "and write decimals with a point."
        )
    value = float(text)
    if math.isinf(value):
        raise NotNumbersError(f"{place}, {quoted(text)}, is too large: numbers end at about 1.8e308.")
    if not _INTEGER.fullmatch(text):
        return value
    # An integer stays one: a double would round it beyond 2^53 before the API has seen it. Leading zeros go, as int()
    # refuses more than 4,300 digits whatever they are worth.
    size = int(text.lstrip("+-0") or "0")
    return -size if text.startswith("-") else size
