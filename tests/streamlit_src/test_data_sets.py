"""The data sets that come along and those made to order."""

from __future__ import annotations

import data_sets
import pandas as pd
import pytest


@pytest.mark.parametrize(
    ("title", "rows", "features", "classes"), [("Iris", 150, 4, 3), ("Wine", 178, 13, 3), ("Breast cancer", 569, 30, 2)]
)
def test_bundled(title: str, rows: int, features: int, classes: int) -> None:
    data = data_sets.bundled(title)
    assert len(data.table) == rows
    assert len(data.features) == features
    assert data.table[data.target].nunique() == classes
    assert set(data.first_features) <= set(data.features)
    assert data.target not in data.features


def test_every_title_is_known() -> None:
    assert [data_sets.bundled(title).title for title in data_sets.BUNDLED_TITLES] == list(data_sets.BUNDLED_TITLES)


@pytest.mark.parametrize("features", [3, 20])
@pytest.mark.parametrize("classes", [2, 6])
def test_generated_within_the_pages_bounds(features: int, classes: int) -> None:
    data = data_sets.generated(100, features, classes, 1.2, 7)
    assert data.table.shape == (100, features + 1)
    assert data.table[data.target].nunique() == classes


def test_generated_is_repeatable_and_its_title_tells_tables_apart() -> None:
    first, again, other = (data_sets.generated(100, 4, 2, 1.0, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.table, again.table)
    assert not first.table.equals(other.table)
    assert first.title == again.title != other.title


def test_summary() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0, 6.0], "kind": ["x", "y", "x"]})
    (row,) = data_sets.summary(data_sets.DataSet("t", "", table, "kind", ("a",))).to_dict("records")
    assert (row["Column"], row["Smallest"], row["Mean"], row["Median"], row["Largest"]) == ("a", 1, 3, 2, 6)
    assert sum(row["Spread"]) == 3


@pytest.mark.parametrize(
    ("values", "step"), [([4.3, 7.9], 0.1), ([0.0, 250.0], 10), ([0.001, 0.002], 0.0001), ([5, 5], 1)]
)
def test_step(values: list[float], step: float) -> None:
    assert data_sets.step(pd.Series(values)) == pytest.approx(step)
