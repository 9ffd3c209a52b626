"""Margins of classifiers, averaged: the hinges."""

from __future__ import annotations

from typing import Any

from dlcore.losses import categorical_hinge, hinge, squared_hinge
from dlcore.metrics.reduction import FunctionMetric


class Hinge(FunctionMetric):
    """The mean of max(1 - y_true · y_pred, 0); y_true of 0 and 1 is taken as -1 and 1."""

    by_column = True

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, name, dtype)


class SquaredHinge(FunctionMetric):
    """The mean of max(1 - y_true · y_pred, 0)²; y_true of 0 and 1 is taken as -1 and 1."""

    by_column = True

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(squared_hinge, name, dtype)


class CategoricalHinge(FunctionMetric):
    """The mean of max(1 + the largest wrong prediction - the right one, 0), y_true one-hot."""

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(categorical_hinge, name, dtype)
