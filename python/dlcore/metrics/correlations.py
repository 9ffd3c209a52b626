"""How far predictions and targets rise and fall together, along an axis: as functions, and as metrics."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.floats import Array, floatx
from dlcore.metrics.arrays import aligned
from dlcore.metrics.reduction import FunctionMetric


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """The cosine of the angle between y_true and y_pred along an axis; 0 if one of them is zero.

    The loss of that name is its negative.
    """
    true, pred = _floating(y_true, y_pred)
    return Tensor((_unit(true, axis) * _unit(pred, axis)).sum(axis=axis))


def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Pearson's correlation coefficient along an axis; NaN where one of both is constant."""
    true, pred = _floating(y_true, y_pred)
    true, pred = _centered(true, axis), _centered(pred, axis)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Tensor((true * pred).mean(axis=axis) / np.sqrt(np.square(true).mean(axis) * np.square(pred).mean(axis)))


def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Lin's concordance correlation coefficient along an axis: how close both lie to one line through 0 of slope 1.

    2 · cov / (var(y_true) + var(y_pred) + (difference of the means)² + 1e-7)
    """
    true, pred = _floating(y_true, y_pred)
    shift = true.mean(axis=axis) - pred.mean(axis=axis)
    covariance = (_centered(true, axis) * _centered(pred, axis)).mean(axis=axis)
    return Tensor(2 * covariance / (true.var(axis=axis) + pred.var(axis=axis) + np.square(shift) + 1e-7))


def _floating(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    true, pred = aligned(y_true, y_pred)
    if pred.ndim == 0:
        raise ValueError("y_pred must have at least one axis to correlate along; got a number")
    pred = pred if pred.dtype.kind == "f" else pred.astype(floatx())
    return true.astype(pred.dtype, copy=False), pred


def _centered(x: Array, axis: int) -> Array:
    centered: Array = x - x.mean(axis=axis, keepdims=True)
    return centered


def _unit(x: Array, axis: int) -> Array:
    """X over its length, which counts as 1e-7 at least."""
    unit: Array = x / np.sqrt(np.maximum(np.square(x).sum(axis=axis, keepdims=True), 1e-14))
    return unit


class CosineSimilarity(FunctionMetric):
    """The mean of :func:`cosine_similarity`: 1 where directions agree, -1 where they are opposite."""

    _direction = "up"
    axis: int

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)


class PearsonCorrelation(FunctionMetric):
    """The mean over rows of :func:`pearson_correlation`."""

    _direction = "up"
    axis: int

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)


class ConcordanceCorrelation(FunctionMetric):
    """The mean over rows of :func:`concordance_correlation`."""

    _direction = "up"
    axis: int

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
