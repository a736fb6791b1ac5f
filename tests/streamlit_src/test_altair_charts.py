"""The plots: they hold the data they were given, also when it is extreme."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import altair_charts
import pandas as pd
import pytest


def rows_of(chart: alt.Chart | alt.LayerChart) -> list[list[dict[str, Any]]]:
    return list(json.loads(chart.to_json())["datasets"].values())


def test_the_histogram_counts_every_number_and_marks_the_mean() -> None:
    chart = altair_charts.distribution([1, -5, 0, 33], 7.25)
    assert chart is not None
    sizes = {tuple(rows[0]): rows for rows in rows_of(chart)}
    assert sizes[("mean",)] == [{"mean": 7.25}]
    (bars,) = (rows for names, rows in sizes.items() if names != ("mean",))
    assert sum(bar["count"] for bar in bars) == 4
    assert (bars[0]["from"], bars[-1]["to"]) == (-5, 33)


def test_the_histogram_has_a_bounded_number_of_bars() -> None:
    chart = altair_charts.distribution(list(range(100_000)), 49_999.5)
    assert chart is not None
    assert max(len(rows) for rows in rows_of(chart)) == 30


@pytest.mark.parametrize("numbers", [[5], [2.5, 2.5], [-1.7e308, 1.7e308], [10**300, 10**300 + 1], [1, 1 + 1e-15]])
def test_no_histogram_where_no_axis_can_hold_one(numbers: list[int | float]) -> None:
    assert altair_charts.distribution(numbers, float(numbers[0])) is None


def test_column_names_that_vega_would_read_as_paths() -> None:
    table = pd.DataFrame({"a.b[0]:Q": [1, 2], "c\\d": [3, 4], "k'": ["x", "y"]})
    (rows,) = rows_of(altair_charts.scatter(table, "a.b[0]:Q", "c\\d", "k'"))
    assert rows == [{"x": 1, "y": 3, "group": "x"}, {"x": 2, "y": 4, "group": "y"}]
