"""How often predictions are right: as functions, and as metrics."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.checks import number, whole
from dlcore.floats import Array, floatx, numbers
from dlcore.metrics.arrays import aligned
from dlcore.metrics.reduction import FunctionMetric, KernelMetric


def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where y_pred equals y_true, else 0, for each element."""
    true, pred = aligned(y_true, y_pred)
    return _matches(true.astype(pred.dtype, copy=False) == pred)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """1 where y_pred is on the right side of the threshold, else 0, for each element.

    Parameters
    ----------
    y_true, y_pred : arrays of one shape
        Targets of 0 and 1, and probabilities.
    threshold : float
        A prediction above it stands for 1, any other for 0.
    """
    true, pred = aligned(y_true, y_pred)
    limit = pred.dtype.type(threshold) if pred.dtype.kind == "f" else threshold
    return _matches((pred > limit) == true)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the largest prediction is where the largest target is, else 0.

    Parameters
    ----------
    y_true, y_pred : (…, classes)
        One-hot (or any) target probabilities; probabilities or logits.

    Returns
    -------
    Tensor, (…)
    """
    return sparse_categorical_accuracy(_one_hot(y_true, y_pred), y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the largest prediction is that of the labelled class, else 0.

    Parameters
    ----------
    y_true : (…) or (…, 1)
        Labels. One that is no class (as -1) is never matched.
    y_pred : (…, classes)
        Probabilities or logits.

    Returns
    -------
    Tensor, (…)
    """
    labels, pred = _labelled(y_true, y_pred)
    return _matches(labels == pred.argmax(axis=-1))


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """1 where the class of the largest target is among the k largest predictions, else 0.

    See :func:`categorical_accuracy` for the shapes, :func:`sparse_top_k_categorical_accuracy` for ties.
    """
    return sparse_top_k_categorical_accuracy(_one_hot(y_true, y_pred), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Tensor:
    """1 where the labelled class is among the k largest predictions, else 0.

    Parameters
    ----------
    y_true : (…) or (…, 1)
        Labels.
    y_pred : (…, classes)
        Probabilities or logits; of those that equal the k-th largest all are counted in. Or (…, n), n ≥ k, the classes
        themselves, the best first.
    k : int
        How many.
    from_sorted_ids : bool
        Whether y_pred holds classes.

    Returns
    -------
    Tensor, (…)
    """
    labels, pred = _labelled(y_true, y_pred)
    if from_sorted_ids:
        return _matches((pred[..., :k] == labels[..., None]).any(axis=-1))
    classes = pred.shape[-1]
    known = (labels >= 0) & (labels < classes)
    column = np.where(known, labels, 0).astype(np.intp)
    chosen = np.take_along_axis(pred, column[..., None], axis=-1)
    return _matches(known & np.isfinite(chosen[..., 0]) & ((pred > chosen).sum(axis=-1) < k))


def _matches(found: Array) -> Tensor:
    return Tensor(found.astype(floatx()))


def _one_hot(y_true: Any, y_pred: Any) -> Array:
    """The labels of one-hot targets."""
    true, shape = numbers("y_true", y_true), np.shape(y_pred)
    if true.shape != shape or not shape:
        raise ValueError(f"y_true must have the shape of y_pred, {shape}, its last axis the classes; got {true.shape}")
    labels: Array = true.argmax(axis=-1)
    return labels


def _labelled(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Labels in the shape of the rows, and predictions."""
    true, pred = numbers("y_true", y_true), numbers("y_pred", y_pred)
    if pred.ndim == 0:
        raise ValueError("y_pred must have a last axis, the classes; got a number")
    if true.ndim == pred.ndim and true.shape[-1] == 1:
        true = true[..., 0]
    if true.shape != pred.shape[:-1]:
        raise ValueError(f"y_true must have the shape {pred.shape[:-1]}, a label a row; got {true.shape}")
    return true, pred


class Accuracy(FunctionMetric):
    """The share of elements that are predicted exactly; see :func:`accuracy`."""

    _direction = "up"

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(KernelMetric):
    """The share of predictions on the right side of the threshold; see :func:`binary_accuracy`."""

    _direction = "up"
    kind = "binary_accuracy"

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        self.parameter = number("threshold", threshold)
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(KernelMetric):
    """The share of rows whose largest prediction is where the largest target is; see :func:`categorical_accuracy`."""

    _direction = "up"
    kind = "categorical_accuracy"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(KernelMetric):
    """The share of rows whose largest prediction is the labelled one; see :func:`sparse_categorical_accuracy`."""

    _direction = "up"
    kind = "sparse_categorical_accuracy"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(FunctionMetric):
    """The share of rows with the right class among the k largest; see :func:`top_k_categorical_accuracy`."""

    _direction = "up"
    k: int

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=whole("k", k, 1, sys.maxsize))


class SparseTopKCategoricalAccuracy(FunctionMetric):
    """The share of rows with the right class among the k largest; see :func:`sparse_top_k_categorical_accuracy`."""

    _direction = "up"
    k: int
    from_sorted_ids: bool

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        k = whole("k", k, 1, sys.maxsize)
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids)
