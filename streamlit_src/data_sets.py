"""The tables to learn with: three that scikit-learn brings along, and one made to order. No network."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_iris, load_wine, make_classification

_BARS = 12


@dataclass(frozen=True)
class DataSet:
    """A table under a title of its own, the column to predict, and the features to begin with."""

    title: str
    about: str
    table: pd.DataFrame
    target: str
    first_features: tuple[str, ...]

    @property
    def features(self) -> list[str]:
        """Every column but the target."""
        return [name for name in self.table.columns if name != self.target]


@dataclass(frozen=True)
class _Bundled:
    load: Callable[..., Any]
    target: str
    about: str
    first_features: int


_BUNDLED = {
    "Iris": _Bundled(
        load_iris,
        "species",
        "Sepals and petals of 150 iris flowers, measured in centimetres. Which of three species is it?",
        4,
    ),
    "Wine": _Bundled(
        load_wine,
        "cultivar",
        "A chemical analysis of 178 wines from one region of Italy. Which of three growers made it?",
        13,
    ),
    "Breast cancer": _Bundled(
        load_breast_cancer,
        "diagnosis",
        "Cell nuclei of 569 tissue samples, measured in images. Is the tumour malignant or benign?",
        10,  # the means; the other twenty columns are their errors and extremes
    ),
}
BUNDLED_TITLES = tuple(_BUNDLED)


def bundled(title: str) -> DataSet:
    """Return one of the data sets that scikit-learn brings along."""
    source = _BUNDLED[title]
    raw = source.load()
    names = [str(name).replace("_", " ") for name in raw.feature_names]
    table = pd.DataFrame(raw.data, columns=names)
    classes = [str(name).replace("_", " ") for name in raw.target_names]
    table[source.target] = [classes[index] for index in raw.target]
    return DataSet(title, source.about, table, source.target, tuple(names[: source.first_features]))


def generated(rows: int, features: int, classes: int, separation: float, seed: int) -> DataSet:
    """Return a made-up table: half of its features tell the classes apart, the rest is noise."""
    # Each class sits at its own corner of a cube, so the cube needs a corner for each.
    informative = max(math.ceil(math.log2(classes)), (features + 1) // 2)
    values, labels = make_classification(
        n_samples=rows,
        n_features=features,
        n_informative=informative,
        n_redundant=0,
        n_classes=classes,
        n_clusters_per_class=1,
        class_sep=separation,
        flip_y=0.02,
        shuffle=False,  # keeps the columns in order: the informative ones come first
        random_state=seed,
    )
    names = [f"signal {i + 1}" for i in range(informative)]
    names += [f"noise {i + 1}" for i in range(features - informative)]
    table = pd.DataFrame(values.round(3), columns=names)
    table["class"] = [f"class {'ABCDEFGHIJ'[label]}" for label in labels]
    title = f"Generated: {rows} rows, {features} features, {classes} classes {separation} apart, seed {seed}"
    about = "Points around one centre per class. The signals tell the classes apart, the noise does not."
    return DataSet(title, about, table, "class", tuple(names))


def summary(data_set: DataSet) -> pd.DataFrame:
    """Return one row per feature: its range, its middle, and how its values spread."""
    numbers = data_set.table[data_set.features]
    return pd.DataFrame(
        {
            "Column": numbers.columns,
            "Smallest": numbers.min().to_numpy(),
            "Mean": numbers.mean().to_numpy(),
            "Median": numbers.median().to_numpy(),
            "Largest": numbers.max().to_numpy(),
            "Spread": [np.histogram(numbers[name], bins=_BARS)[0].tolist() for name in numbers.columns],
        }
    )


def step(column: pd.Series) -> float:
    """Return a round step through the column's values: a hundredth to a tenth of their spread."""
    spread = float(column.max() - column.min())
    return float(10.0 ** (math.floor(math.log10(spread)) - 1)) if 0 < spread < math.inf else 1.0
