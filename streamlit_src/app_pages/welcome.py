"""The first page: what this app is, and the data sets it brings along."""

import altair_charts
import data_sets
import page_cache
import streamlit as st

st.title("Welcome to Data compute")
st.markdown(
    "A small workbench for learning. A function in the cloud calculates means, and the machine that shows "
    "you this page grows random forests. Bring your own data, or begin with the data sets below."
)

to_mean, to_forest = st.columns(2)
with to_mean.container(border=True, height="stretch"):
    st.subheader(":material/functions: Mean")
    st.markdown("Type numbers or upload a CSV. The `calculate_mean` API answers with their exact mean.")
    st.page_link("app_pages/mean.py", label="Calculate a mean", icon=":material/arrow_forward:")
with to_forest.container(border=True, height="stretch"):
    st.subheader(":material/forest: Random forest")
    st.markdown("Choose data, features and trees. See how well the forest predicts, and what it looks at.")
    st.page_link("app_pages/random_forest.py", label="Grow a forest", icon=":material/arrow_forward:")

st.header("The data sets")
st.caption("Three classics that scikit-learn brings along. They need no network and no download.")
title = st.segmented_control(
    "Data set",
    data_sets.BUNDLED_TITLES,
    default=data_sets.BUNDLED_TITLES[0],
    required=True,
    key="data_set",
    label_visibility="collapsed",
)
data_set = page_cache.bundled(title)
st.markdown(data_set.about)

rows, features, classes = st.columns(3)
rows.metric("Rows", f"{len(data_set.table):,}", border=True, icon=":material/table_rows:")
features.metric("Features", len(data_set.features), border=True, icon=":material/view_column:")
classes.metric("Classes", data_set.table[data_set.target].nunique(), border=True, icon=":material/category:")

plot, columns, preview = st.tabs(
    [":material/scatter_plot: Plot", ":material/bar_chart: Columns", ":material/table: Rows"]
)
with plot:
    left, right = st.columns(2)
    # The keys hold the title: another data set has other columns, so its choice starts afresh.
    x = left.selectbox("Across", data_set.features, index=0, key=f"x {title}")
    y = right.selectbox("Up", data_set.features, index=len(data_set.features) // 2, key=f"y {title}")
    st.altair_chart(
        altair_charts.scatter(data_set.table, x, y, data_set.target),
        alt=f"Scatter plot of {x} and {y}, coloured by {data_set.target}",
    )
with columns:
    figure = st.column_config.NumberColumn(format="%.4g")
    st.dataframe(
        data_sets.summary(data_set),
        hide_index=True,
        column_config={
            "Column": st.column_config.TextColumn(width="medium"),
            "Smallest": figure,
            "Mean": figure,
            "Median": figure,
            "Largest": figure,
            "Spread": st.column_config.BarChartColumn(y_min=0, help="Rows from the smallest to the largest value"),
        },
    )
with preview:
    st.dataframe(data_set.table, hide_index=True, height=420)
