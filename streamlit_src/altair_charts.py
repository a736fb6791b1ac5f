"""The app's plots, in one look: data in, an Altair chart out. Most colours come from the page's theme."""

from __future__ import annotations

import math
from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
from number_text import Number

_ACCENT = "#f0883e"
_HEAT = "#3b6fe0"
_BARS = 30


def distribution(numbers: Sequence[Number], mean: float) -> alt.LayerChart | None:
    """Return a histogram of the numbers with their mean as a line; None when no axis can hold them."""
    values = np.array(numbers, dtype=float)
    low, high = float(values.min()), float(values.max())
    if not math.isfinite(high - low) or math.isclose(low, high, rel_tol=1e-12):
        return None  # nothing to spread over an axis
    counts, edges = np.histogram(values, bins=min(_BARS, max(8, len(values) // 3)))
    bars = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts})
    histogram = (
        alt.Chart(bars)
        .mark_bar(binSpacing=2)
        .encode(
            x=alt.X("from:Q", title="Value", bin="binned"),
            x2="to:Q",
            y=alt.Y("count:Q", title="Numbers", axis=alt.Axis(tickMinStep=1, format="d")),
            tooltip=[
                alt.Tooltip("from:Q", title="From", format=".6~g"),
                alt.Tooltip("to:Q", title="To", format=".6~g"),
                alt.Tooltip("count:Q", title="Numbers"),
            ],
        )
    )
    at_mean = alt.Chart(pd.DataFrame({"mean": [mean]})).encode(x="mean:Q")
    line = at_mean.mark_rule(color=_ACCENT, strokeWidth=3).encode(tooltip=alt.Tooltip("mean:Q", title="Mean"))
    label = at_mean.mark_text(color=_ACCENT, fontWeight="bold", text="mean").encode(y=alt.value(-9))
    chart: alt.LayerChart = (histogram + line + label).properties(height=280)
    return chart


def scatter(table: pd.DataFrame, x: str, y: str, group: str) -> alt.Chart:
    """Return two of the table's columns against each other, coloured by a third."""
    # Column names may hold characters that Vega reads as paths, so the plot gets names of its own.
    points = pd.DataFrame({"x": table[x], "y": table[y], "group": table[group]})
    chart: alt.Chart = (
        alt.Chart(points)
        .mark_circle(size=70, opacity=0.75)
        .encode(
            x=alt.X("x:Q", title=x, scale=alt.Scale(zero=False)),
            y=alt.Y("y:Q", title=y, scale=alt.Scale(zero=False)),
            color=alt.Color("group:N", title=None, legend=alt.Legend(orient="top")),
            tooltip=[
                alt.Tooltip("group:N", title=group),
                alt.Tooltip("x:Q", title=x),
                alt.Tooltip("y:Q", title=y),
            ],
        )
        .properties(height=420)
    )
    return chart


def confusion(table: pd.DataFrame, ink: str) -> alt.LayerChart:
    """Return the confusion matrix as a heatmap; `ink` is the colour of text on a pale cell."""
    base = alt.Chart(table).encode(
        x=alt.X("predicted:N", title="Predicted", sort=None, axis=alt.Axis(labelAngle=0, labelLimit=110)),
        y=alt.Y("actual:N", title="Actual", sort=None, axis=alt.Axis(labelLimit=110)),
        tooltip=[
            alt.Tooltip("actual:N", title="Actual"),
            alt.Tooltip("predicted:N", title="Predicted"),
            alt.Tooltip("rows:Q", title="Rows"),
            alt.Tooltip("share:Q", title="Of the actual class", format=".1%"),
        ],
    )
    # Opacity over one colour works on a light page and on a dark one.
    cells = base.mark_rect(color=_HEAT, cornerRadius=6).encode(
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.08, 1]), legend=None)
    )
    text = base.mark_text(fontSize=16, fontWeight=600).encode(
        text="rows:Q", color=alt.condition("datum.share > 0.5", alt.value("#ffffff"), alt.value(ink))
    )
    chart: alt.LayerChart = (cells + text).properties(height=340).configure_scale(bandPaddingInner=0.05)
    return chart


def importances(table: pd.DataFrame, most: int = 15) -> alt.Chart:
    """Return the features by what they contributed, the strongest first."""
    chart: alt.Chart = (
        alt.Chart(table.head(most))
        .mark_bar(cornerRadiusEnd=4)
        .encode(
            x=alt.X("importance:Q", title="Importance", axis=alt.Axis(format="%", tickCount=5)),
            y=alt.Y("feature:N", title=None, sort=None, axis=alt.Axis(labelLimit=190)),
            tooltip=[
                alt.Tooltip("feature:N", title="Feature"),
                alt.Tooltip("importance:Q", title="Importance", format=".1%"),
            ],
        )
        .properties(height=340)
    )
    return chart


def probabilities(table: pd.DataFrame) -> alt.Chart:
    """Return the classes with the probability that the forest gives each."""
    percent = alt.Axis(format="%", tickCount=5)
    base = alt.Chart(table).encode(
        x=alt.X("probability:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=percent),
        y=alt.Y("class:N", title=None, sort=None, axis=alt.Axis(labelLimit=190)),
        tooltip=[
            alt.Tooltip("class:N", title="Class"),
            alt.Tooltip("probability:Q", title="Probability", format=".1%"),
        ],
    )
    chart: alt.Chart = base.mark_bar(cornerRadiusEnd=4).properties(height=max(110, 44 * len(table)))
    return chart
