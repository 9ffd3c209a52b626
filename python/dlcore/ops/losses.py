"""Losses of probabilities: value and gradient in one pass.

All take ``y_true`` and ``y_pred`` with a row for each example and give ``(value, gradient)``, the gradient being that
of the value with respect to y_pred. They compute in y_pred's dtype, to which targets and weights are converted. A
row's loss is multiplied by its sample weight; then ``reduction`` says what the value is:

- ``"sum_over_batch_size"``: the sum over rows, divided by their number (0 if there are none), as in Keras;
- ``"sum"``: the sum over rows;
- ``"none"`` or None: an array of a value a row, whose gradient is that of the sum.

Where one of them is a Tensor or Variable the result is the value alone, on the tape, which knows the gradient.

Formulas are Keras 3's, with its epsilon of 1e-7. The losses of errors are in :mod:`dlcore.ops.error_losses`, those of
scores in :mod:`dlcore.ops.score_losses`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from dlcore import autodiff, checks
from dlcore.autodiff import Tensor
from dlcore.backends import get_backend
from dlcore.backends.contract import LOSSES, Array
from dlcore.floats import floatx
from dlcore.ops.activations import no_outputs
from dlcore.ops.polymorphism import traced

__all__ = [
    "binary_crossentropy",
    "categorical_crossentropy",
    "categorical_generalized_cross_entropy",
    "kl_divergence",
    "sparse_categorical_crossentropy",
]

#: (value, gradient), or the value as a Tensor.
Result: TypeAlias = Any

REDUCTIONS = ("sum_over_batch_size", "sum", "none", None)


def loss_and_gradient(
    kind: str, y_true: Any, y_pred: Any, parameter: float, sample_weight: Any, reduction: str | None, out: Array | None
) -> Result:
    """The loss of that name from whatever a caller brings: checks, the kernel's call, the reduction."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction must be one of {', '.join(map(repr, REDUCTIONS))}; got {reduction!r}")
    if traced((y_true, y_pred, sample_weight)):
        no_outputs(out)
        return _on_tape(kind, y_true, y_pred, parameter, sample_weight, reduction)
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


def _on_tape(
    kind: str, y_true: Any, y_pred: Any, parameter: float, sample_weight: Any, reduction: str | None
) -> Tensor:
    """The value of the loss as a Tensor; what is no Tensor yet takes the dtype of the prediction."""
    pred: Tensor = autodiff.convert_to_tensor(y_pred)
    if pred.dtype.kind != "f":
        pred = autodiff.cast(pred, floatx())
    rows, columns = checks.matrix("y_pred", pred.array, "(rows, columns)")
    if LOSSES[kind].sparse:
        values = autodiff.loss(checks.labels("y_true", y_true, rows, columns), pred, kind, parameter)
    else:
        true = autodiff.cast(y_true, pred.dtype)
        checks.shape("y_true", true.array, pred.shape, "(that of y_pred)")
        values = autodiff.loss(true, pred, kind, parameter)
    if sample_weight is not None:
        weight = autodiff.cast(sample_weight, pred.dtype)
        checks.shape("sample_weight", weight.array, (rows,), "(rows,)")
        values = values * weight
    if reduction is None or reduction == "none":
        return values
    total = autodiff.sum(values)
    return total / rows if rows and reduction == "sum_over_batch_size" else total


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
    return loss_and_gradient(kind, y_true, y_pred, smoothing, sample_weight, reduction, out)


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
    return loss_and_gradient(kind, y_true, y_pred, 0.0, sample_weight, reduction, out)


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
    return loss_and_gradient(kind, y_true, y_pred, smoothing, sample_weight, reduction, out)


def categorical_generalized_cross_entropy(
    y_true: Any,
    y_pred: Any,
    *,
    q: float = LOSSES["categorical_generalized_cross_entropy"].default,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """(1 - p^q) / q, p the probability of the class that is each row's label; between -log(p) and 1 - p.

    ``q`` is in (0, 1), ``y_true`` as in :func:`sparse_categorical_crossentropy`. Below p = 1e-7 the gradient, which has
    no bound, is that at 1e-7. Other arguments, results and errors as in :func:`categorical_crossentropy`. Zhang &
    Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy labels", 2018.
    """
    number = checks.number("q", q, 0, 1, open_low=True)
    return loss_and_gradient(
        "categorical_generalized_cross_entropy", y_true, y_pred, number, sample_weight, reduction, out
    )


def kl_divergence(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Sum over the columns of t · log(t / p), t the target and p the prediction, both clipped to [1e-7, 1].

    Arguments, results and errors as in :func:`categorical_crossentropy`.
    """
    return loss_and_gradient("kl_divergence", y_true, y_pred, 0.0, sample_weight, reduction, out)
