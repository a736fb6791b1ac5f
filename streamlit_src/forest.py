"""A random forest from a table: checked before it is trained, judged on rows it has not seen, and bounded."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from wording import counted, quoted, quoted_list

# A small server (2 GB, two cores) must survive several people at once, so a forest has an upper size.
FEWEST_ROWS = 20
MOST_ROWS = 10_000
MOST_FEATURES = 50
MOST_CLASSES = 10
MOST_TREES = 200
MOST_DEPTH = 12
# scikit-learn's trees compute in single precision and take nothing larger.
LARGEST_VALUE = float(np.finfo(np.float32).max)


class UnfitDataError(ValueError):
    """The table can't teach this forest anything; the message says why and what to change."""


@dataclass(frozen=True)
class Recipe:
    """What to predict from what, and how to grow the forest."""

    target: str
    features: tuple[str, ...]
    trees: int
    depth: int
    test_share: float
    seed: int


@dataclass(frozen=True)
class Forest:
    """A trained forest and what it was worth on the rows held back."""

    recipe: Recipe
    model: RandomForestClassifier
    accuracy: float
    baseline: float
    train_rows: int
    test_rows: int
    seconds: float
    confusion: pd.DataFrame
    importances: pd.DataFrame


def train(table: pd.DataFrame, recipe: Recipe) -> Forest:
    """Train on one part of the rows, judge on the rest; raise UnfitDataError when the table forbids it."""
    _check_shape(table, recipe)
    labels = _labels(table, recipe)
    values = _values(table, recipe)
    split = train_test_split(values, labels, test_size=recipe.test_share, random_state=recipe.seed, stratify=labels)
    train_values, test_values, train_labels, test_labels = split
    model = RandomForestClassifier(
        n_estimators=recipe.trees, max_depth=recipe.depth, random_state=recipe.seed, n_jobs=2
    )
    started = time.perf_counter()
    model.fit(train_values, train_labels)
    seconds = time.perf_counter() - started
    predicted = model.predict(test_values)
    most_common = pd.Series(train_labels).mode()[0]
    return Forest(
        recipe=recipe,
        model=model,
        accuracy=float(accuracy_score(test_labels, predicted)),
        baseline=float((test_labels == most_common).mean()),
        train_rows=len(train_labels),
        test_rows=len(test_labels),
        seconds=seconds,
        confusion=_confusion(test_labels, predicted, list(model.classes_)),
        importances=_importances(recipe.features, model.feature_importances_),
    )


def predict(forest: Forest, values: Mapping[str, float]) -> pd.DataFrame:
    """Return each class and its probability for one new row, the likeliest first."""
    row = [[values[feature] for feature in forest.recipe.features]]
    table = pd.DataFrame({"class": forest.model.classes_, "probability": forest.model.predict_proba(row)[0]})
    return table.sort_values("probability", ascending=False, ignore_index=True, kind="stable")


def _check_shape(table: pd.DataFrame, recipe: Recipe) -> None:
    if not FEWEST_ROWS <= len(table) <= MOST_ROWS:
        raise UnfitDataError(
            f"The table has {counted(len(table), 'row')}. A forest needs {FEWEST_ROWS} to {MOST_ROWS:,}."
        )
    if not 1 <= len(recipe.features) <= MOST_FEATURES:
        raise UnfitDataError(
            f"{counted(len(recipe.features), 'feature')} chosen. Choose 1 to {MOST_FEATURES} of the columns."
        )
    if recipe.target in recipe.features:
        raise UnfitDataError(f"The target {quoted(recipe.target)} is also a feature. Leave it out there.")


def _labels(table: pd.DataFrame, recipe: Recipe) -> np.ndarray:
    column, name = table[recipe.target], quoted(recipe.target)
    missing = int((column.isna() | (column.astype(str).str.strip() == "")).sum())
    if missing:
        raise UnfitDataError(f"The target {name} is missing in {counted(missing, 'row')}. Fill or remove them.")
    labels = column.astype(str).to_numpy(dtype=object)
    sizes = pd.Series(labels).value_counts()
    if len(sizes) < 2:
        raise UnfitDataError(
            f"The target {name} is {quoted(labels[0])} in every row. A forest needs at least two classes."
        )
    if len(sizes) > MOST_CLASSES:
        raise UnfitDataError(
            f"The target {name} has {len(sizes):,} different values, and at most {MOST_CLASSES} classes fit. "
            "Choose a column of categories, not of measurements."
        )
    if sizes.min() < 2:
        raise UnfitDataError(
            f"The class {quoted(sizes.idxmin())} of {name} has only one row. Each class needs at least two: "
            "one to learn from and one to test with."
        )
    test_rows = int(np.ceil(len(labels) * recipe.test_share))
    if min(test_rows, len(labels) - test_rows) < len(sizes):
        raise UnfitDataError(
            f"Testing with {recipe.test_share:.0%} of {counted(len(labels), 'row')} leaves a part with fewer "
            f"rows than the {len(sizes)} classes. Choose a share nearer to 50% or add rows."
        )
    return np.asarray(labels)


def _values(table: pd.DataFrame, recipe: Recipe) -> np.ndarray:
    features = table[list(recipe.features)]
    texts = [name for name in features if not pd.api.types.is_numeric_dtype(features[name])]
    if texts:
        raise UnfitDataError(
            f"Features must be numbers, and {quoted_list(texts)} holds text, such as "
            f"{_first_text(features[texts[0]])}. Choose other columns."
        )
    incomplete = [name for name in features if features[name].isna().any()]
    if incomplete:
        rows = int(features.isna().any(axis=1).sum())
        raise UnfitDataError(
            f"Values are missing in {counted(rows, 'row')} of {quoted_list(incomplete)}. "
            "Fill them, remove the rows, or leave the column out."
        )
    values = np.asarray(features, dtype=float)
    if (np.abs(values) > LARGEST_VALUE).any():
        worst = features.columns[np.abs(values).max(axis=0).argmax()]
        raise UnfitDataError(f"{quoted(worst)} holds a value beyond {LARGEST_VALUE:.1e}. Scale it down.")
    return values


def _first_text(column: pd.Series) -> str:
    numbers = pd.to_numeric(column, errors="coerce")
    return quoted(column[numbers.isna() & (column != "")].iloc[0])


def _confusion(actual: np.ndarray, predicted: np.ndarray, classes: list[str]) -> pd.DataFrame:
    counts = confusion_matrix(actual, predicted, labels=classes)
    cells = [
        (row, column, int(count), count / in_row.sum())
        for row, in_row in zip(classes, counts, strict=True)
        for column, count in zip(classes, in_row, strict=True)
    ]
    return pd.DataFrame(cells, columns=["actual", "predicted", "rows", "share"])


def _importances(features: tuple[str, ...], importances: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame({"feature": features, "importance": importances})
    return table.sort_values("importance", ascending=False, ignore_index=True, kind="stable")
