"""What the random forest page asks for: a table, and how to grow a forest from it."""

from __future__ import annotations

import csv_table
import csv_upload
import data_sets
import forest
import page_cache
import pandas as pd
import streamlit as st

BUNDLED, GENERATED, UPLOAD = "Bundled", "Generated", "Upload a CSV"


def choose_data() -> data_sets.DataSet | None:
    """Ask where the table comes from and return it."""
    source = st.segmented_control(
        "Where the data comes from",
        [BUNDLED, GENERATED, UPLOAD],
        default=BUNDLED,
        required=True,
        key="source",
        label_visibility="collapsed",
    )
    if source == BUNDLED:
        title = st.selectbox("Data set", data_sets.BUNDLED_TITLES, key="data_set")
        return page_cache.bundled(title)
    if source == GENERATED:
        return generated_data()
    return uploaded_data()


def generated_data() -> data_sets.DataSet:
    """Ask for the shape of a made-up table."""
    left, right = st.columns(2)
    rows = left.slider("Rows", 100, 5_000, 500, step=100, key="rows")
    features = right.slider("Features", 3, 20, 6, key="generated_features")
    classes = left.slider("Classes", 2, 6, 3, key="classes")
    separation = right.slider(
        "Distance between classes", 0.2, 3.0, 1.2, step=0.1, key="separation", help="Small is hard to tell."
    )
    seed = left.number_input("Seed of the data", 0, 9_999, 7, key="data_seed")
    return page_cache.generated(rows, features, classes, separation, seed)


def uploaded_data() -> data_sets.DataSet | None:
    """Ask for a CSV file; its last column is the target at first."""
    try:
        upload = csv_upload.ask_for_table(page_cache.table_of_numbers)
    except csv_table.CsvTableError as problem:
        st.warning(str(problem), icon=":material/edit:")
        return None
    if upload is None:
        st.caption(
            f"The first line names the columns. Up to {forest.MOST_ROWS:,} rows, "
            f"{forest.MOST_FEATURES} features and {forest.MOST_CLASSES} classes."
        )
        return None
    table = upload.table
    if len(table.columns) < 2:
        st.warning("The file has one column. A forest needs a target and a feature.", icon=":material/edit:")
        return None
    numeric = [name for name in table.columns[:-1] if pd.api.types.is_numeric_dtype(table[name])]
    features = tuple(numeric[: forest.MOST_FEATURES])
    return data_sets.DataSet(upload.title, upload.understood, table, table.columns[-1], features)


def choose_recipe(data: data_sets.DataSet) -> forest.Recipe:
    """Ask what to predict from what, and how to grow the forest."""
    columns = list(data.table.columns)
    # The keys hold the data's name and the target: with other columns the choice starts afresh.
    target = st.selectbox("Target", columns, index=columns.index(data.target), key=f"target {data.title}")
    others = [name for name in columns if name != target]
    first = [name for name in data.first_features if name != target]
    features = st.multiselect("Features", others, default=first, key=f"features {data.title} {target}", wrap=True)
    left, right = st.columns(2)
    trees = left.slider("Trees", 1, forest.MOST_TREES, 100, key="trees")
    depth = right.slider("Depth at most", 1, forest.MOST_DEPTH, 6, key="depth")
    share = left.slider("Rows for testing", 10, 50, 25, step=5, format="%d%%", key="test_share")
    seed = right.number_input("Seed", 0, 9_999, 42, key="seed", help="The same seed gives the same forest.")
    return forest.Recipe(target, tuple(features), trees, depth, share / 100, seed)
