"""Losses: value and gradient in one pass.

All take ``y_true`` and ``y_pred`` with a row for each example and give ``(value, gradient)``, the gradient being that
of the value with respect to y_pred. They compute in y_pred's dtype, to which targets and weights are converted. A
row's loss is multiplied by its sample weight; then ``reduction`` says what the value is:

- ``"sum_over_batch_size"``: the sum over rows, divided by their number (0 if there are none), as in Keras;
- ``"sum"``: the sum over rows;
- ``"none"`` or None: an array of a value a row, whose gradient is that of the sum.

Formulas are Keras 3's, with its epsilon of 1e-7.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from dlcore import checks
from dlcore.backends import get_backend
from dlcore.backends.contract import LOSSES, Array

Result: TypeAlias = tuple[float | Array, Array]

REDUCTIONS = ("sum_over_batch_size", "sum", "none", None)


def _loss(
    kind: str, y_true: Any, y_pred: Any, parameter: float, sample_weight: Any, reduction: str | None, out: Array | None
) -> Result:
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction must be one of {', '.join(map(repr, REDUCTIONS))}; got {reduction!r}")
    pred = checks.one_input("y_pred", y_pred)
    shape, dtype = pred.shape, pred.dtype
    rows, columns = checks.matrix("y_pred", pred, "(rows, columns)")
    if LOSSES[kind].sparse:
        true = checks.labels("y_true", y_true, rows, columns)
    else:
        true = checks.converted("y_true", y_true, dtype)
        checks.shape("y_true", true, shape, "(that of y_pred)")
    weight = sample_weight
    if weight is not None:
        weight = checks.converted("sample_weight", weight, dtype)
        checks.shape("sample_weight", weight, (rows,), "(rows,)")
    grad = checks.output("out", out, shape, dtype)
    if out is not None:
        checks.apart(("out", "y_true", "y_pred", "sample_weight"), out, y_true, y_pred, sample_weight)
    values = np.empty(rows, dtype)
    divisor = rows if rows and reduction == "sum_over_batch_size" else 1
    total = get_backend().loss(kind, true, pred, weight, parameter, 1 / divisor, values, grad)
    return values if reduction is None or reduction == "none" else total / divisor, grad


def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    *,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """-sum of t · log(p) over the classes, t the smoothed target, p the prediction divided by its sum and clipped.

    Parameters
    ----------
    y_true : (rows, classes)
        One-hot rows, or a probability for each class.
    y_pred : (rows, classes)
        Probabilities, or logits if from_logits.
    from_logits : bool
        Whether p is the softmax of y_pred.
    label_smoothing : float in [0, 1]
        t = y_true · (1 - label_smoothing) + label_smoothing / classes.
    sample_weight : (rows,), optional
        A factor for each row.
    reduction : str or None
        See :mod:`dlcore.ops.losses`.
    out : (rows, classes) array, optional
        Where the gradient goes.

    Returns
    -------
    value : float, or (rows,) array without reduction
    gradient : (rows, classes) array

    Raises
    ------
    ValueError
        If shapes differ, a number is out of bounds, or out does not fit.
    TypeError
        If an argument is of a wrong kind.
    """
    kind = "categorical_crossentropy_logits" if from_logits else "categorical_crossentropy"
    smoothing = checks.number("label_smoothing", label_smoothing, 0, 1, open_high=False)
    return _loss(kind, y_true, y_pred, smoothing, sample_weight, reduction, out)


def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    *,
    from_logits: bool = False,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """-log(p) of the class that is each row's label; see :func:`categorical_crossentropy`.

    Parameters
    ----------
    y_true : (rows,) or (rows, 1) integers
        Labels from 0 to classes - 1.
    y_pred, from_logits, sample_weight, reduction, out
        As in :func:`categorical_crossentropy`.

    Returns
    -------
    value, gradient
        As in :func:`categorical_crossentropy`.

    Raises
    ------
    ValueError
        If a label is out of range, if shapes differ, or if out does not fit.
    TypeError
        If the labels are no integers, or another argument is of a wrong kind.
    """
    kind = "sparse_categorical_crossentropy_logits" if from_logits else "sparse_categorical_crossentropy"
    return _loss(kind, y_true, y_pred, 0.0, sample_weight, reduction, out)


def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    *,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of -(t · log(p) + (1 - t) · log(1 - p)), t the smoothed target, p clipped.

    Parameters
    ----------
    y_true : (rows, columns)
        0 or 1, or a probability.
    y_pred : (rows, columns)
        Probabilities, or logits if from_logits.
    from_logits : bool
        Whether p is the sigmoid of y_pred.
    label_smoothing : float in [0, 1]
        t = y_true · (1 - label_smoothing) + label_smoothing / 2.
    sample_weight, reduction, out
        As in :func:`categorical_crossentropy`.

    Returns
    -------
    value, gradient
        As in :func:`categorical_crossentropy`.

    Raises
    ------
    ValueError, TypeError
        As in :func:`categorical_crossentropy`.
    """
    kind = "binary_crossentropy_logits" if from_logits else "binary_crossentropy"
    smoothing = checks.number("label_smoothing", label_smoothing, 0, 1, open_high=False)
    return _loss(kind, y_true, y_pred, smoothing, sample_weight, reduction, out)


def mean_absolute_error(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of abs(y_pred - y_true), its gradient 0 where they are equal.

    Arguments, results and errors as in :func:`categorical_crossentropy`.
    """
    return _loss("mean_absolute_error", y_true, y_pred, 0.0, sample_weight, reduction, out)


def mean_squared_error(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of (y_pred - y_true)².

    Arguments, results and errors as in :func:`categorical_crossentropy`.
    """
    return _loss("mean_squared_error", y_true, y_pred, 0.0, sample_weight, reduction, out)


def huber(
    y_true: Any,
    y_pred: Any,
    *,
    delta: float = LOSSES["huber"].default,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of d² / 2 where abs(d) <= delta, else delta · abs(d) - delta² / 2; d = y_pred - y_true.

    ``delta`` is positive. Other arguments, results and errors as in :func:`categorical_crossentropy`.
    """
    number = checks.number("delta", delta, 0, open_low=True)
    return _loss("huber", y_true, y_pred, number, sample_weight, reduction, out)


def smooth_l1(
    y_true: Any,
    y_pred: Any,
    *,
    beta: float = LOSSES["smooth_l1"].default,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of d² / (2 · beta) where abs(d) < beta, else abs(d) - beta / 2; d = y_pred - y_true.

    ``beta`` is not negative; 0 makes it the mean absolute error. Other arguments, results and errors as in
    :func:`categorical_crossentropy`. Girshick, "Fast R-CNN", 2015.
    """
    return _loss("smooth_l1", y_true, y_pred, checks.number("beta", beta, 0), sample_weight, reduction, out)
