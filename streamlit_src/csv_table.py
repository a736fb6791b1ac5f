"""Uploaded CSV files: bytes in, a bounded table out, or one sentence that says what is wrong."""

from __future__ import annotations

import csv
import io

import pandas as pd
from wording import counted, quoted

MOST_MEGABYTES = 5
MOST_ROWS = 100_000
MOST_COLUMNS = 200
_DELIMITERS = ",;\t"


class CsvTableError(ValueError):
    """The file is not a table we can use; the message says why."""


def table_of_text(content: bytes) -> pd.DataFrame:
    """Return the file's table with every cell as the text it was, an empty cell as ''."""
    text = _decoded(content)
    first_line = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text), delimiter=max(_DELIMITERS, key=first_line.count), strict=True)
    try:
        names = [name.strip() for name in next(lines, [])]
        _check_names(names)
        rows = [_row(cells, number, len(names)) for number, cells in enumerate(lines, 1)]
    except csv.Error:
        raise CsvTableError(
            f"Line {lines.line_num} is not proper CSV. Is a quotation mark left open before it?"
        ) from None
    if not rows:
        raise CsvTableError("The file names columns and has no rows below them.")
    return pd.DataFrame(rows, columns=names)


def _check_names(names: list[str]) -> None:
    if not any(names):
        raise CsvTableError("The file is empty. Its first line must name the columns.")
    if len(names) > MOST_COLUMNS:
        raise CsvTableError(f"The file has more than {MOST_COLUMNS} columns. Keep those you need.")
    for name in names:
        if not name or names.count(name) > 1:
            raise CsvTableError(f"The first line must name each column once, and {quoted(name)} is not clear.")


def _row(cells: list[str], number: int, columns: int) -> list[str]:
    if number > MOST_ROWS:
        raise CsvTableError(f"The file has more than {MOST_ROWS:,} rows. Keep fewer.")
    cells = cells or [""]  # a blank line is an empty cell, where there is one column
    if len(cells) != columns:
        raise CsvTableError(
            f"Row {number} has {counted(len(cells), 'cell')}, and the first line names "
            f"{counted(columns, 'column')}. Each row needs a cell for each column."
        )
    return cells


def with_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the columns of numbers as numbers and their empty cells as missing values."""
    return pd.DataFrame({name: _as_numbers(table[name]) for name in table.columns})


def first_numeric(table: pd.DataFrame) -> int:
    """Return the position of the first column that begins with numbers, or 0."""
    beginning = with_numbers(table.head(20))
    numeric = (pd.api.types.is_numeric_dtype(beginning[name]) for name in beginning.columns)
    return next((position for position, is_numeric in enumerate(numeric) if is_numeric), 0)


def _as_numbers(column: pd.Series) -> pd.Series:
    text = column.str.strip()
    numbers = pd.to_numeric(text.where(text != ""), errors="coerce")
    is_numeric = bool(numbers.notna().any()) and bool((numbers.notna() | (text == "")).all())
    return numbers if is_numeric else text


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CsvTableError("The file is not UTF-8 text. Save it as “CSV UTF-8” and try again.") from None
    if "\0" in text:
        raise CsvTableError("The file is not text. Upload a CSV file.")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
