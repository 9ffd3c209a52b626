"""Errors of regression, averaged, and the share of the variance that is explained."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.checks import whole
from dlcore.losses import (
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from dlcore.metrics.arrays import SUMS, aligned, element_weights
from dlcore.metrics.base import Metric
from dlcore.metrics.reduction import FunctionMetric, KernelMetric, Mean
from dlcore.variable import Variable

AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


class MeanSquaredError(KernelMetric):
    """The mean of (y_pred - y_true)²."""

    kind = "mean_squared_error"
    by_column = True

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name, dtype)


class RootMeanSquaredError(Mean):
    """The square root of the mean of (y_pred - y_true)²."""

    _direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in a batch: y_true and y_pred of one shape, a weight for each row or element."""
        true, pred = aligned(y_true, y_pred)
        super().update_state(np.square(np.subtract(pred, true, dtype=SUMS)), sample_weight)

    def result(self) -> Tensor:
        """The root so far."""
        return self._number(np.sqrt(self._mean()))


class MeanAbsoluteError(KernelMetric):
    """The mean of |y_pred - y_true|."""

    kind = "mean_absolute_error"
    by_column = True

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(FunctionMetric):
    """The mean of 100 · |y_pred - y_true| / max(|y_true|, 1e-7)."""

    by_column = True

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(FunctionMetric):
    """The mean of (ln(1 + y_pred) - ln(1 + y_true))², both at least 1e-7."""

    by_column = True

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_logarithmic_error, name, dtype)


class LogCoshError(FunctionMetric):
    """The mean of ln cosh(y_pred - y_true)."""

    by_column = True

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(log_cosh, name, dtype)


class R2Score(Metric):
    """The coefficient of determination: 1 - (squared errors) / (squared distances from the mean).

    Parameters
    ----------
    class_aggregation : str or None
        None: a score for each column; "uniform_average": their mean; "variance_weighted_average": their mean weighted
        by the columns' variances.
    num_regressors : int
        If not 0, the result is adjusted for so many independent variables.
    name, dtype
        See :class:`~dlcore.metrics.Metric`.
    """

    _direction = "up"
    num_samples: Variable
    squared_sum: Variable
    sum: Variable
    total_mse: Variable
    count: Variable

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if class_aggregation not in AGGREGATIONS:
            raise ValueError(
                f"Invalid value for argument `class_aggregation`. Expected one of {AGGREGATIONS}. "
                f"Received: {class_aggregation!r}"
            )
        if num_regressors < 0:
            raise ValueError(
                f"Invalid value for argument `num_regressors`. Expected a value >= 0. Received: {num_regressors}"
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = whole("num_regressors", num_regressors, 0, 2**53)
        self._state("num_samples")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch.

        Parameters
        ----------
        y_true, y_pred : (rows, columns)
        sample_weight : (rows,) or (rows, columns), optional
        """
        true, pred = (array.astype(SUMS) for array in aligned(y_true, y_pred))
        if pred.ndim != 2:
            raise ValueError(
                f"R2Score expects 2D inputs with shape (batch_size, output_dim). Received input shapes: "
                f"y_pred.shape={pred.shape} and y_true.shape={true.shape}."
            )
        weights = element_weights(1 if sample_weight is None else sample_weight, pred.shape)
        self._state("squared_sum", "sum", "total_mse", "count", shape=pred.shape[1:])
        self.sum.assign_add((true * weights).sum(axis=0))
        self.squared_sum.assign_add((true * true * weights).sum(axis=0))
        self.total_mse.assign_add((np.square(true - pred) * weights).sum(axis=0))
        self.count.assign_add(weights.sum(axis=0))
        self.num_samples.assign_add(np.count_nonzero(weights.any(axis=1)))

    def result(self) -> Tensor:
        """The score so far; 0 before there was anything."""
        if not self.num_samples:
            return self._number(0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            total = self.squared_sum.array - np.square(self.sum.array) / self.count.array
            scores = 1 - self.total_mse.array / total
            scores = np.where(np.isinf(scores), 0.0, scores)
            if self.class_aggregation == "uniform_average":
                scores = scores.mean()
            elif self.class_aggregation == "variance_weighted_average":
                scores = (total * scores).sum() / total.sum()
        return self._number(self._adjusted(scores))

    def _adjusted(self, score: Any) -> Any:
        if not self.num_regressors:
            return score
        free = float(self.num_samples) - self.num_regressors - 1
        if free > 0:
            return 1 - (1 - score) * (float(self.num_samples) - 1) / free
        reason = "Division by zero in" if free == 0 else "More independent predictors than datapoints in"
        warnings.warn(f"{reason} adjusted R2 score. Falling back to standard R2 score.", stacklevel=4)
        return score

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **own}

    by_column = True
    by_column = True
