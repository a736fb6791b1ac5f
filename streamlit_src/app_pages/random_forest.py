"""The random forest page: choose data, grow a forest, see what it is worth, and ask it about a new row."""

import altair_charts
import data_sets
import forest
import forest_inputs
import page_cache
import streamlit as st
from wording import counted, plain

# A preview: all rows of a large file would be a message of 20 MB for each run of the page.
SHOWN_ROWS = 5_000


def show_worth(grown: forest.Forest) -> None:
    """Show how good the forest is and what it looks at."""
    ink = "#e8ecf4" if st.context.theme.type == "dark" else "#1b2437"
    accuracy, tested, learned, time = st.columns([5, 4, 4, 4])
    accuracy.metric(
        "Accuracy",
        f"{grown.accuracy:.1%}",
        f"{(grown.accuracy - grown.baseline) * 100:+.1f} points",
        delta_description="over guessing",
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
                plain(feature),
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
            f"Predicted {plain(grown.recipe.target)}",
            plain(chances["class"][0]),
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
        data = forest_inputs.choose_data()
        if data is not None:
            if data.about:
                st.caption(data.about)
            st.dataframe(data.table.head(SHOWN_ROWS), hide_index=True, height=212)
            if len(data.table) > SHOWN_ROWS:
                st.caption(f"The first {SHOWN_ROWS:,} of {counted(len(data.table), 'row')}.")
    with recipe_side:
        st.subheader(":material/tune: Forest")
        if data is None:
            st.info("Choose the data first.", icon=":material/arrow_back:")
        else:
            recipe = forest_inputs.choose_recipe(data)
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
st.header("How well it predicts")
show_worth(grown)
st.header("Ask the forest")
show_prediction(grown, data)
