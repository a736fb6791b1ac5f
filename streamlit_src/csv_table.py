"""Uploaded CSV files: bytes in, a bounded table out, or one sentence that says what is wrong."""

from __future__ import annotations

import csv
import io

import pandas as pd

from wording import quoted

MOST_MEGABYTES = 5
MOST_ROWS = 100_000
MOST_COLUMNS = 200
_DELIMITERS = ",;\t"


class CsvTableError(ValueError):
    """The file is not a table we can use; the message says why."""


def table_of_text(content: bytes) -> pd.DataFrame:
    """Return the file's table with every cell as the text it was, an empty cell as ''."""
    text = _decoded(content)
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    if header.count(delimiter) >= MOST_COLUMNS:  # asked before pandas tries, which takes its time
        raise CsvTableError(f"The file has more than {MOST_COLUMNS} columns. Keep those you need.")
    names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    if not any(names):
        raise CsvTableError("The file is empty. Its first line must name the columns.")
    for name in names:
        if not name or names.count(name) > 1:
            raise CsvTableError(f"The first line must name each column once, and {quoted(name)} is not clear.")
    try:
        table = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=0,
            names=names,
            index_col=False,
            dtype=str,
            keep_default_na=False,
            nrows=MOST_ROWS + 1,
            skip_blank_lines=False,  # in a file of one column a blank line is an empty cell
        )
    except (ValueError, pd.errors.ParserError, csv.Error) as error:
        raise CsvTableError("The rows do not fit the first line: one has more cells than columns.") from error
    if table.empty:
        raise CsvTableError("The file names columns and has no rows below them.")
    if len(table) > MOST_ROWS:
        raise CsvTableError(f"The file has more than {MOST_ROWS:,} rows. Keep fewer.")
    return table.fillna("")


def with_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the columns of numbers as numbers and their empty cells as missing values."""
    return pd.DataFrame({name: _as_numbers(table[name]) for name in table.columns})


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
