"""Asks for a CSV file, and for what its first line is where that can't be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import csv_table
import page_cache
import pandas as pd
import streamlit as st
from wording import counted, quoted_list

NAMES, ROW = "It names the columns", "It is a row like the others"


@dataclass(frozen=True)
class Upload:
    """A file's table, a title of its own for each file and reading, and what was understood of it."""

    title: str
    table: pd.DataFrame
    understood: str


def ask_for_table(read: Callable[..., pd.DataFrame]) -> Upload | None:
    """Ask for a file and read it; raise CsvTableError while it, or what its first line is, is not clear."""
    file = st.file_uploader("CSV file", type="csv", key="csv", max_upload_size=csv_table.MOST_MEGABYTES)
    if file is None:
        return None
    content = file.getvalue()
    title = f"{file.name} {file.file_id}"
    has_heading = _has_heading(page_cache.numbers_in_heading(content), title)
    table = read(content, has_heading=has_heading)
    rows = counted(len(table), "row")
    if has_heading:
        return Upload(title, table, f"{rows} below the heading {quoted_list(list(table.columns))}.")
    return Upload(f"{title} without a heading", table, f"{rows}, the first line among them.")


def _has_heading(numbers: list[str], title: str) -> bool:
    if not numbers:
        return True
    choice = st.segmented_control(
        f"What the first line is, which holds {quoted_list(numbers)}", [NAMES, ROW], key=f"first line {title}"
    )
    if choice is None:
        raise csv_table.CsvTableError("The first line looks like numbers. Say above what it is, or they could be lost.")
    return choice == NAMES
