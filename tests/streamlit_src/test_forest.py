"""The forest: what it learns, and each table it refuses."""

from __future__ import annotations

from dataclasses import replace

import forest
import numpy as np
import pandas as pd
import pytest

RECIPE = forest.Recipe("kind", ("size", "weight"), trees=20, depth=4, test_share=0.25, seed=1)


def table_of(rows: int = 40) -> pd.DataFrame:
    """Return a table whose size alone tells the kinds apart."""
    halves = np.arange(rows) < rows // 2
    return pd.DataFrame(
        {
            "size": np.where(halves, 1.0, 9.0) + np.arange(rows) / 100,
            "weight": np.tile([1.0, 2.0], rows // 2),
            "name": [f"n{i}" for i in range(rows)],
            "kind": np.where(halves, "small", "large"),
        }
    )


def refusal(table: pd.DataFrame, recipe: forest.Recipe = RECIPE) -> str:
    with pytest.raises(forest.UnfitDataError) as problem:
        forest.train(table, recipe)
    return str(problem.value)


def test_learns_what_there_is_to_learn() -> None:
    grown = forest.train(table_of(), RECIPE)
    assert grown.accuracy == 1.0
    assert grown.baseline == 0.5
    assert (grown.train_rows, grown.test_rows) == (30, 10)
    assert grown.importances["feature"].tolist() == ["size", "weight"]
    assert grown.importances["importance"].sum() == pytest.approx(1)
    assert len(grown.model.estimators_) == 20


def test_the_confusion_matrix_counts_the_test_rows() -> None:
    confusion = forest.train(table_of(), RECIPE).confusion.set_index(["actual", "predicted"])
    assert confusion["rows"].to_dict() == {
        ("large", "large"): 5,
        ("large", "small"): 0,
        ("small", "large"): 0,
        ("small", "small"): 5,
    }
    assert confusion["share"].tolist() == [1, 0, 0, 1]


def test_noise_teaches_nothing() -> None:
    random = np.random.default_rng(3)
    table = pd.DataFrame({"size": random.normal(size=400), "weight": random.normal(size=400)})
    table["kind"] = random.choice(["a", "b"], size=400)
    assert 0.3 < forest.train(table, RECIPE).accuracy < 0.7


def test_the_same_seed_gives_the_same_forest() -> None:
    table = table_of()
    table["kind"] = np.random.default_rng(5).choice(["a", "b"], size=len(table))
    first, again, other = (forest.train(table, replace(RECIPE, seed=seed)) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.importances, again.importances)
    assert not first.importances.equals(other.importances)


def test_predicts_the_likeliest_first() -> None:
    grown = forest.train(table_of(), RECIPE)
    chances = forest.predict(grown, {"size": 9.1, "weight": 1.0})
    assert chances["class"].tolist() == ["large", "small"]
    assert chances["probability"].sum() == pytest.approx(1)
    assert forest.predict(grown, {"size": 1.1, "weight": 1.0})["class"][0] == "small"


def test_predicts_at_the_edge_of_single_precision() -> None:
    grown = forest.train(table_of(), RECIPE)
    assert forest.predict(grown, {"size": forest.LARGEST_VALUE, "weight": -forest.LARGEST_VALUE})["class"][0] == "large"


def test_numbers_can_be_classes() -> None:
    table = table_of().assign(kind=[0] * 20 + [1] * 20)
    assert forest.train(table, RECIPE).model.classes_.tolist() == ["0", "1"]


def test_leaves_the_table_as_it_was() -> None:
    table = table_of()
    forest.train(table, RECIPE)
    pd.testing.assert_frame_equal(table, table_of())


def test_too_few_rows() -> None:
    assert "The table has 18 rows. A forest needs 20 to 10,000." in refusal(table_of(18))


def test_too_many_rows() -> None:
    assert "has 10,002 rows" in refusal(table_of(10_002))


def test_no_features() -> None:
    assert "0 features chosen" in refusal(table_of(), replace(RECIPE, features=()))


def test_too_many_features() -> None:
    names = tuple(f"f{i}" for i in range(51))
    table = table_of().assign(**dict.fromkeys(names, 1.0))
    assert "51 features chosen. Choose 1 to 50" in refusal(table, replace(RECIPE, features=names))


def test_the_target_is_no_feature() -> None:
    assert "`kind` is also a feature" in refusal(table_of(), replace(RECIPE, features=("size", "kind")))


@pytest.mark.parametrize("gap", [None, np.nan, "", "  "])
def test_a_missing_target(gap: object) -> None:
    table = table_of()
    table["kind"] = [gap, *table["kind"][1:]]
    assert "`kind` is missing in 1 row." in refusal(table)


def test_one_class() -> None:
    assert "`kind` is `x` in every row" in refusal(table_of().assign(kind="x"))


def test_too_many_classes() -> None:
    message = refusal(table_of(), replace(RECIPE, target="name"))
    assert "`name` has 40 different values, and at most 10 classes fit" in message


def test_a_class_with_one_member() -> None:
    table = table_of()
    table["kind"] = ["odd", *table["kind"][1:]]
    assert "class `odd` of `kind` has only one row" in refusal(table)


def test_fewer_test_rows_than_classes() -> None:
    table = table_of(20).assign(kind=list("aabbccddee") * 2)
    assert "Testing with 10% of 20 rows" in refusal(table, replace(RECIPE, test_share=0.1))


def test_text_as_a_feature() -> None:
    message = refusal(table_of(), replace(RECIPE, features=("size", "name")))
    assert "`name` holds text, such as `n0`" in message


def test_a_word_among_numbers() -> None:
    table = table_of()
    table["size"] = ["unknown" if i == 7 else str(i) for i in range(len(table))]
    assert "`size` holds text, such as `unknown`" in refusal(table)


def test_missing_values() -> None:
    table = table_of()
    table.loc[[3, 4], "size"] = np.nan
    assert "Values are missing in 2 rows of `size`" in refusal(table)


@pytest.mark.parametrize("value", [1e39, -1e39, np.inf])
def test_values_beyond_single_precision(value: float) -> None:
    table = table_of()
    table.loc[3, "weight"] = value
    assert "`weight` holds a value beyond 3.4e+38" in refusal(table)
