"""What a table holds, column by column."""

import csv
import re
import sys
from collections.abc import Sequence
from io import StringIO
from typing import Any

import pandas as pd
from refused import Refused, not_utf_8

MOST_VALUES = 1_000_000
MOST_COLUMNS = 1_000
# So that the answer is within Lambda's 6 MB, however many bytes a character of JSON takes.
MOST_NAME_CHARACTERS = 200
# Between two larger ones pandas cannot interpolate.
LARGEST = sys.float_info.max / 2
QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
# The least double is 2 ** -1074: in these units, every double is a whole number.
SMALLEST = 1074


def describe(table: bytes) -> dict[str, Any]:
    """Say of each column how many values it has, and of one of numbers their exact mean and their quantiles."""
    if table.count(b",") + table.count(b"\n") > MOST_VALUES:
        raise Refused(413, "too_many_values", f"the table has more than {MOST_VALUES:,} values: send a part of it")
    text = _decoded(table)
    try:
        # Before pandas takes a minute for that.
        first = next(filter(None, csv.reader(StringIO(text, newline=""))), [])
        if len(first) > MOST_COLUMNS:
            raise Refused(
                413, "too_many_columns", f"the table has more than {MOST_COLUMNS:,} columns: send some of them"
            )
        # As texts, since pandas would round some numbers while it reads them.
        found = pd.read_csv(StringIO(text), dtype=str, header=None)
    except pd.errors.EmptyDataError:
        raise Refused(400, "empty", "there is no table: send CSV whose first line names its columns") from None
    except (pd.errors.ParserError, csv.Error) as error:
        raise Refused(400, "invalid_csv", f"the table is no CSV: {_said_of(error)}") from None
    names, rows = found.iloc[0].fillna("").astype(str), found.iloc[1:]
    if long := next((name for name in names if len(name) > MOST_NAME_CHARACTERS), ""):
        raise Refused(
            413, "name_too_long", f"the name {long[:40]!r} has more than {MOST_NAME_CHARACTERS} characters: shorten it"
        )
    return {"rows": len(rows), "columns": [_column(name, rows[at]) for at, name in names.items()]}


def exact_mean(numbers: Sequence[int | float]) -> float:
    """Return the exact mean, rounded once: each number is a whole number of the smallest double."""
    total = 0
    for number in numbers:
        numerator, denominator = number.as_integer_ratio()
        total += numerator << (SMALLEST + 1 - denominator.bit_length())
    return total / (len(numbers) << SMALLEST)


def _decoded(table: bytes) -> str:
    try:
        # Spreadsheets begin a file with a mark of its encoding.
        return table.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise not_utf_8() from None


def _said_of(error: Exception) -> str:
    """Name the line. Pandas counts lines from one, and from nought where a quote opens."""
    if uneven := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error)):
        return f"line {uneven[2]} has {uneven[3]} values for {uneven[1]} columns: send as many in each, commas between"
    if opened := re.search(r"EOF inside string starting at row (\d+)", str(error)):
        return f"line {int(opened[1]) + 1} opens a quote that nothing closes: close it, or write it twice"
    return f"send as many values in each line, commas between ({error})"


def _column(name: str, column: "pd.Series[str]") -> dict[str, Any]:
    values = column.dropna()
    told: dict[str, Any] = {"name": name, "count": len(values)}
    try:
        # Only to ask: pandas rounds large whole numbers beside fractions, and gives some back as texts.
        pd.to_numeric(values)
    except ValueError:
        return told
    numbers = [_number(text) for text in values]
    if not numbers:
        return told
    if max(map(abs, numbers)) > LARGEST:
        raise Refused(
            422, "too_large", f"column {name[:40]!r} has a number that is not within {LARGEST:.2g}: send others"
        )
    quantiles = pd.Series(numbers, dtype=float).quantile(QUANTILES)
    shown = {f"{share:g}": float(quantile) for share, quantile in zip(QUANTILES, quantiles, strict=True)}
    return told | {"mean": exact_mean(numbers), "quantiles": shown}


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
