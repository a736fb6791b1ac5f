"""The random forest page: choose data, grow a forest, see what it is worth, and ask it about a new row."""

import altair_charts
import csv_table
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
    file = st.file_uploader("CSV file", type="csv", key="csv", max_upload_size=csv_table.MOST_MEGABYTES)
    if file is None:
        st.caption(
            f"The first line names the columns. Up to {forest.MOST_ROWS:,} rows, "
            f"{forest.MOST_FEATURES} features and {forest.MOST_CLASSES} classes."
        )
        return None
    try:
        table = csv_table.with_numbers(page_cache.table_of_text(file.getvalue()))
    except csv_table.CsvTableError as problem:
        st.warning(str(problem), icon=":material/edit:")
        return None
    if len(table.columns) < 2:
        st.warning("The file has one column. A forest needs a target and a feature.", icon=":material/edit:")
        return None
    numeric = [name for name in table.columns[:-1] if pd.api.types.is_numeric_dtype(table[name])]
    features = tuple(numeric[: forest.MOST_FEATURES])
    return data_sets.DataSet(f"{file.name} {file.file_id}", "", table, table.columns[-1], features)


def choose_recipe(data: data_sets.DataSet) -> forest.Recipe:
    """Ask what to predict from what, and how to grow the forest."""
    columns = list(data.table.columns)
    # The keys hold the data's name and the target: with other columns the choice starts afresh.
    target = st.selectbox("Target", columns, index=columns.index(data.target), key=f"target {data.title}")
    others = [name for name in columns if name != target]
    first = [name for name in data.first_features if name != target]
    features = st.multiselect(
        "Features", others, default=first, key=f"features {data.title} {target}", wrap=True
    )
    left, right = st.columns(2)
    trees = left.slider("Trees", 1, forest.MOST_TREES, 100, key="trees")
    depth = right.slider("Depth at most", 1, forest.MOST_DEPTH, 6, key="depth")
    share = left.slider("Rows for testing", 10, 50, 25, step=5, format="%d%%", key="test_share")
    seed = right.number_input("Seed", 0, 9_999, 42, key="seed", help="The same seed gives the same forest.")
    return forest.Recipe(target, tuple(features), trees, depth, share / 100, seed)


def show_worth(grown: forest.Forest) -> None:
    """Show how good the forest is and what it looks at."""
    ink = "#e8ecf4" if st.context.theme.type == "dark" else "#1b2437"
    accuracy, tested, learned, time = st.columns(4)
    accuracy.metric(
        "Accuracy",
        f"{grown.accuracy:.1%}",
        f"{(grown.accuracy - grown.baseline) * 100:+.1f} points",
        border=True,
        icon=":material/target:",
        help=f"Always guessing the most common class is right in {grown.baseline:.1%} of the test rows.",
    )
    for place, label, value, icon in (
        (tested, "Tested on", f"{grown.test_rows:,} rows", ":material/fact_check:"),
        (learned, "Learned from", f"{grown.train_rows:,} rows", ":material/school:"),
        (time, "Growing took", f"{grown.seconds:.2f} s", ":material/timer:"),
    ):
        place.metric(label, value, border=True, icon=icon, height="stretch")

    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        st.subheader("Confusion matrix")
        st.caption("Test rows by actual and predicted class. The diagonal is right.")
        st.altair_chart(altair_charts.confusion(grown.confusion, ink), alt="Confusion matrix of the test rows")
    with right.container(border=True, height="stretch"):
        st.subheader("Feature importances")
        st.caption("How much each feature contributes to telling the classes apart.")
        st.altair_chart(altair_charts.importances(grown.importances), alt="Feature importances, largest first")


def show_prediction(grown: forest.Forest, data: data_sets.DataSet) -> None:
    """Ask for one new row and show what the forest says about it."""
    inputs, outcome = st.columns([3, 2], gap="large")
    values: dict[str, float] = {}
    with inputs:
        st.caption("Each feature starts at its median, the most important one first.")
        grid = st.columns(2 if len(grown.importances) <= 4 else 3)
        for position, feature in enumerate(grown.importances["feature"]):
            values[feature] = grid[position % len(grid)].number_input(
                feature,
                -forest.LARGEST_VALUE,
                forest.LARGEST_VALUE,
                float(data.table[feature].median()),
                step=data_sets.step(data.table[feature]),
                format="%.4g",
                key=f"value {data.title} {feature}",
            )
    with outcome.container(border=True):
        chances = forest.predict(grown, values)
        st.metric(
            f"Predicted {grown.recipe.target}",
            chances["class"][0],
            f"{chances['probability'][0]:.0%} of the forest's vote",
            delta_color="off",
            delta_arrow="off",
        )
        st.altair_chart(altair_charts.probabilities(chances), alt="Probability of each class")


st.title("Random forest")
st.markdown("Many decision trees, each grown on a random part of the rows, vote on the class of a new row.")

with st.container(border=True):
    data_side, recipe_side = st.columns(2, gap="large")
    with data_side:
        st.subheader(":material/database: Data")
        data = choose_data()
        if data is not None:
            if data.about:
                st.caption(data.about)
            st.dataframe(data.table, hide_index=True, height=212)
    with recipe_side:
        st.subheader(":material/tune: Forest")
        if data is None:
            st.info("Choose the data first.", icon=":material/arrow_back:")
        else:
            recipe = choose_recipe(data)
            icon = ":material/forest:"
            if st.button("Grow the forest", type="primary", icon=icon, key="grow", width="stretch"):
                st.session_state["grown"] = (data.title, recipe)

if data is None or st.session_state.get("grown", ("",))[0] != data.title:
    st.info("Accuracy, confusion matrix and feature importances appear here.", icon=":material/forest:")
    st.stop()

# The session keeps the recipe and the bounded cache the forest: many visitors don't fill the memory.
_, grown_recipe = st.session_state["grown"]
try:
    grown = page_cache.trained(data.table, grown_recipe)
except forest.UnfitDataError as problem:
    st.error(str(problem), title="This forest can't grow", icon=":material/error:")
    st.stop()
if grown_recipe != recipe:
    st.caption(":material/history: These results belong to the earlier settings. Grow the forest again.")
st.header("What it is worth")
show_worth(grown)
st.header("Ask the forest")
show_prediction(grown, data)
