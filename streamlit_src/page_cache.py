"""What the pages share between visitors and reruns. Every cache is bounded: the server is small."""

from __future__ import annotations

import threading

import csv_table
import data_sets
import forest
import pandas as pd
import streamlit as st

# What takes much memory while it is made is made for one visitor after the other: a file of 5 MB takes 190 MB.
one_at_a_time = threading.Lock()


@st.cache_data(max_entries=len(data_sets.BUNDLED_TITLES), show_spinner=False)
def bundled(title: str) -> data_sets.DataSet:
    """Return a bundled data set."""
    return data_sets.bundled(title)


@st.cache_data(max_entries=8, show_spinner=False)
def generated(rows: int, features: int, classes: int, separation: float, seed: int) -> data_sets.DataSet:
    """Return a generated data set."""
    return data_sets.generated(rows, features, classes, separation, seed)


@st.cache_data(max_entries=16, show_spinner=False)
def numbers_in_heading(content: bytes) -> list[str]:
    """Return the cells of an uploaded file's first line that could be numbers."""
    with one_at_a_time:
        return csv_table.numbers_in_heading(content)


@st.cache_data(max_entries=4, show_spinner="Reading the file …")
def table_of_text(content: bytes, *, has_heading: bool) -> pd.DataFrame:
    """Return the table of an uploaded file."""
    with one_at_a_time:
        return csv_table.table_of_text(content, has_heading=has_heading)


@st.cache_data(max_entries=4, show_spinner="Reading the file …")
def table_of_numbers(content: bytes, *, has_heading: bool) -> pd.DataFrame:
    """Return the table of an uploaded file, its columns of numbers as numbers."""
    with one_at_a_time:
        return csv_table.with_numbers(csv_table.table_of_text(content, has_heading=has_heading))


@st.cache_resource(max_entries=4, show_spinner="Growing the forest …")
def trained(table: pd.DataFrame, recipe: forest.Recipe) -> forest.Forest:
    """Return the forest for this table and recipe; nobody may change it, all visitors share it."""
    with one_at_a_time:
        return forest.train(table, recipe)
