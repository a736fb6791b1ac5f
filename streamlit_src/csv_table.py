"""Uploaded CSV files: bytes in, a bounded table out, or one sentence that says what is wrong."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator

import number_text
import pandas as pd
from wording import counted, quoted

MOST_MEGABYTES = 5
MOST_ROWS = 100_000
MOST_COLUMNS = 200
_DELIMITERS = ",;\t"
# A comma between two digits may be a decimal one: it says nothing of what separates the cells.
_BETWEEN_DIGITS = re.compile(r"(?<=\d),(?=\d)")

# Excel's own first line, which names the separator and is none of the table's.
_SEPARATOR_LINE = re.compile(rf"sep=([{_DELIMITERS}])$", re.IGNORECASE | re.MULTILINE)


class CsvTableError(ValueError):
    """The file is not a table we can use; the message says why."""


def numbers_in_heading(content: bytes) -> list[str]:
    """Return the cells of the first line that could be numbers: taken for names, they would be lost."""
    lines = _Lines(content)
    return [cell.strip() for cell in next(lines, []) if number_text.begins_as_a_number(cell)]


def table_of_text(content: bytes, *, has_heading: bool = True) -> pd.DataFrame:
    """Return the file's table with every cell as the text it was, an empty cell as ''."""
    lines = _Lines(content)
    first = next(lines, [])
    names = [name.strip() if has_heading else f"Column {number}" for number, name in enumerate(first, 1)]
    _check_names(names)
    below = lines if has_heading else itertools.chain([first], lines)
    rows = [_row(cells, number, len(names)) for number, cells in enumerate(below, 1)]
    if not rows:
        raise CsvTableError("The file names columns and has no rows below them.")
    return pd.DataFrame(rows, columns=names)


class _Lines(Iterator[list[str]]):
    """The lines of a file, each as its cells."""

    def __init__(self, content: bytes) -> None:
        text = _decoded(content)
        separating = _BETWEEN_DIGITS.sub("", text.partition("\n")[0])
        named = _SEPARATOR_LINE.match(text)
        delimiter = named[1] if named else max(_DELIMITERS, key=separating.count)
        self._lines = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        if named:
            next(self._lines)

    def __next__(self) -> list[str]:
        try:
            return next(self._lines)
        except csv.Error:
            raise CsvTableError(
                f"Line {self._lines.line_num} is not proper CSV. Is a quotation mark left open before it?"
            ) from None


def _check_names(names: list[str]) -> None:
    if not any(names):
        raise CsvTableError("The file is empty. Its first line must name the columns.")
    if len(names) > MOST_COLUMNS:
        raise CsvTableError(f"The file has more than {MOST_COLUMNS} columns. Keep those you need.")
    for number, name in enumerate(names, 1):
        if not name:
            raise CsvTableError(f"The first line must name each column, and column {number} has no name.")
        if names.count(name) > 1:
            raise CsvTableError(f"The first line must name each column once, and {quoted(name)} is not clear.")


def _row(cells: list[str], number: int, columns: int) -> list[str]:
    if number > MOST_ROWS:
        raise CsvTableError(f"The file has more than {MOST_ROWS:,} rows. Keep fewer.")
    cells = cells or [""]  # a blank line is an empty cell, where there is one column
    if len(cells) != columns:
        raise CsvTableError(
            f"Row {number} has {counted(len(cells), 'cell')}, and the first line names "
            f"{counted(columns, 'column')}. Each row needs a cell for each column"
            + (", and decimals a point: a comma begins a new cell." if len(cells) > columns else ".")
        )
    return cells


def with_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the columns of numbers as numbers and what stands for none as missing values."""
    numbers = pd.DataFrame({name: _as_numbers(table[name]) for name in table.columns})
    for name in table.columns:
        # A forest would take such a column for words.
        if _is_numeric(numbers[name]):
            continue
        unmarked = table[name].map(number_text.without_marks)
        if _is_numeric(_as_numbers(unmarked)):
            example = table[name][table[name] != unmarked].iloc[0]
            raise CsvTableError(
                f"The column {quoted(name)} has decimal commas or thousands marks, such as {quoted(example)}. "
                f"{number_text.POINTS_NOT_COMMAS}"
            )
    return numbers


def first_numeric(table: pd.DataFrame) -> int:
    """Return the position of the first column that begins with numbers, or 0."""
    beginning = table.head(20)
    numeric = (_is_numeric(_as_numbers(beginning[name])) for name in beginning.columns)
    return next((position for position, is_numeric in enumerate(numeric) if is_numeric), 0)


def _is_numeric(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column))


def _as_numbers(column: pd.Series) -> pd.Series:
    text = column.str.strip()
    missing = text.str.lower().isin(number_text.NO_NUMBER)
    numbers = pd.to_numeric(text.where(~missing), errors="coerce")
    is_numeric = bool(numbers.notna().any()) and bool((numbers.notna() | missing).all())
    return numbers if is_numeric else text


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CsvTableError("The file is not UTF-8 text. Save it as “CSV UTF-8” and try again.") from None
    if "\0" in text:
        raise CsvTableError("The file is not text. Upload a CSV file.")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
