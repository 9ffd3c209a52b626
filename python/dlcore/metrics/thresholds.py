"""Thresholds, and the four counts at each of them: true and false positives, true and false negatives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from dlcore.checks import whole
from dlcore.floats import Array, numbers
from dlcore.metrics.arrays import SUMS, element_weights, same_rank

#: What a prediction that is not among the top k becomes, and the threshold that only it does not exceed.
LOWEST = -1e10


class Counts(NamedTuple):
    """Weights of predictions that exceed a threshold (positives) or do not, for each threshold (and column)."""

    true_positives: Array
    false_positives: Array
    true_negatives: Array
    false_negatives: Array


def parse_thresholds(thresholds: Any, default: float) -> list[float]:
    """Thresholds as given by a number, a list or None, checked.

    Raises
    ------
    ValueError
        If one is outside [0, 1].
    """
    if thresholds is None:
        return [default]
    thresholds = plain(thresholds)
    several = list(thresholds) if isinstance(thresholds, Iterable) else [thresholds]
    wrong = [t for t in several if t is None or not 0 <= t <= 1]
    if wrong:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {wrong}")
    return several


def plain(values: Any) -> Any:
    """An array as the list that a config may hold; anything else as it is."""
    return values.tolist() if hasattr(values, "tolist") else values


def even_thresholds(count: int) -> list[float]:
    """That many thresholds from 0 to 1 at equal distances."""
    return [i / (count - 1) for i in range(count)]


def evenly_distributed(thresholds: Array) -> bool:
    """Whether thresholds are those of :func:`even_thresholds`: as in Keras predictions are clipped to [0, 1] then."""
    n = len(thresholds)
    return n > 2 and bool(np.abs(thresholds - np.linspace(0, 1, n)).max() < 1e-6)


def count(y_true: Array, y_pred: Array, thresholds: Array, weights: Array | None = None) -> Counts:
    """The four counts of all elements, or with y of shape (rows, columns) and by columns, of each column.

    Every prediction is put in the bucket between two thresholds where it lies; sums of the buckets from above and from
    below are the counts. That costs rows · log(thresholds), where comparing each with each costs the product.

    Parameters
    ----------
    y_true, y_pred : (rows, columns)
        Anything but 0 counts as true; a prediction is positive above the threshold. NaN never is.
    thresholds : (n,)
        In any order, of the dtype of y_pred.
    weights : (rows, columns), optional
        Default: 1.

    Returns
    -------
    Counts, (n, columns) each
    """
    order = np.argsort(thresholds, kind="stable")
    columns = y_pred.shape[1]
    buckets = np.searchsorted(thresholds[order], y_pred.reshape(-1), side="left")
    nan = np.isnan(y_pred).reshape(-1)
    if nan.any():
        buckets[nan] = 0
    if columns > 1:
        buckets = buckets * columns + np.tile(np.arange(columns), len(y_pred))
    cells = 2 * buckets + (y_true != 0).reshape(-1)
    shape = (len(thresholds) + 1, columns, 2)
    sums = np.bincount(cells, None if weights is None else weights.reshape(-1), int(np.prod(shape)))
    sums = sums.astype(SUMS).reshape(shape)
    at_most = np.empty((len(thresholds), columns, 2))
    above = np.empty_like(at_most)
    at_most[order] = np.cumsum(sums, axis=0)[:-1]
    above[order] = np.cumsum(sums[::-1], axis=0)[::-1][1:]
    return Counts(above[..., 1], above[..., 0], at_most[..., 0], at_most[..., 1])


def confusion(
    y_true: Any,
    y_pred: Any,
    sample_weight: Any,
    thresholds: Any,
    dtype: Any,
    *,
    top_k: int | None = None,
    class_id: int | None = None,
    label_weights: Array | None = None,
    by_column: bool = False,
) -> Counts:
    """The four counts at each threshold from what a metric is given.

    Parameters
    ----------
    y_true, y_pred : arrays of one shape
        See :func:`count`.
    sample_weight : array or None
        A weight for each row, or for each element.
    thresholds : (n,)
        Predictions are clipped to [0, 1] if they are evenly distributed over it.
    dtype
        That in which predictions and thresholds are compared.
    top_k : int, optional
        Only the k largest predictions of a row count as such.
    class_id : int, optional
        Only this column counts.
    label_weights : (columns,), optional
        A weight for each column.
    by_column : bool
        Whether to count each column for itself.

    Returns
    -------
    Counts, (n,) each, or (n, columns)

    Raises
    ------
    ValueError
        If shapes do not match.
    """
    true = numbers("y_true", y_true)
    pred = numbers("y_pred", y_pred).astype(dtype, copy=False)
    pred, true = same_rank(pred, true)
    if pred.shape != true.shape:
        raise ValueError(f"y_true must have the shape of y_pred, {pred.shape}; got {true.shape}")
    weights = None if sample_weight is None else element_weights(sample_weight, pred.shape)
    if label_weights is not None:
        weights = np.broadcast_to(label_weights if weights is None else weights * label_weights, pred.shape)
    if top_k is not None:
        pred = keep_top_k(pred, top_k)
    limits = np.asarray(thresholds, pred.dtype)
    if evenly_distributed(limits):
        pred = pred.clip(0, 1)
    if class_id is not None:
        if pred.ndim < 2:
            raise ValueError(
                f"When class_id is provided, y_pred must be a 2D array with shape (num_samples, num_classes), "
                f"found shape: {pred.shape}"
            )
        column = whole("class_id", class_id, 0, pred.shape[-1] - 1)
        true, pred = true[..., column], pred[..., column]
        weights = None if weights is None else weights[..., column]
    shape = (-1, pred.shape[-1]) if by_column else (-1, 1)
    flat = None if weights is None else weights.reshape(shape)
    counts = count(true.reshape(shape), pred.reshape(shape), limits, flat)
    return counts if by_column else Counts(*(sums[:, 0] for sums in counts))


def keep_top_k(y_pred: Array, k: int) -> Array:
    """The k largest predictions of each row; of equal ones the first. All others become :data:`LOWEST`."""
    chosen = np.argsort(-y_pred, axis=-1, kind="stable")[..., :k]
    kept = np.full_like(y_pred, LOWEST)
    np.put_along_axis(kept, chosen, np.take_along_axis(y_pred, chosen, axis=-1), axis=-1)
    return kept
