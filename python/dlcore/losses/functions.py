"""The losses as functions: a value for each sample, over the last axis of the prediction."""

from __future__ import annotations

import math
from typing import Any

from dlcore.autodiff import cast, loss, reshape
from dlcore.autodiff.tracer import Differentiable, Tensor, as_tensors
from dlcore.checks import number
from dlcore.floats import FLOATS, floatx, numbers
from dlcore.labels import labels_in_range


def _check_axis(axis: int, y_pred: Tensor) -> None:
    if axis not in (-1, y_pred.ndim - 1):
        raise ValueError(f"axis must be -1 (the last axis holds the classes); got {axis}")


def _prediction(y_pred: Any) -> Tensor:
    """The prediction as a floating Tensor with at least one axis."""
    tensor = as_tensors(y_pred, name="y_pred")[0]
    if tensor.dtype.name not in FLOATS:
        tensor = Tensor(tensor.array.astype(floatx()))
    if tensor.ndim == 0:
        raise ValueError("y_pred must have at least one axis: (samples, columns), or the columns of one sample")
    return tensor


def _dense_loss(kind: str, y_true: Any, y_pred: Any, parameter: float = 0.0) -> Tensor:
    """A loss whose targets look like the prediction."""
    pred = _prediction(y_pred)
    true = as_tensors(y_true if isinstance(y_true, Differentiable) else numbers("y_true", y_true))[0]
    true = true if true.dtype == pred.dtype else cast(true, pred.dtype)
    if true.ndim == pred.ndim - 1 and pred.shape[-1] == 1:
        true = reshape(true, (*true.shape, 1))
    elif true.ndim == pred.ndim + 1 and true.shape[-1] == 1:
        true = reshape(true, true.shape[:-1])
    if true.shape != pred.shape:
        hint = "; for integer labels use the sparse categorical crossentropy" if "categorical" in kind else ""
        raise ValueError(f"y_true must have the shape of y_pred, {pred.shape}; got {true.shape}{hint}")
    flat = math.prod(pred.shape[:-1]), pred.shape[-1]
    return reshape(loss(reshape(true, flat), reshape(pred, flat), kind, parameter), pred.shape[:-1])


def smoothing(label_smoothing: float) -> float:
    """Label smoothing, checked."""
    return number("label_smoothing", label_smoothing, 0, 1, open_high=False)


def _kind(name: str, from_logits: bool) -> str:
    return name + "_logits" if from_logits else name


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """-Σ t · ln p over the classes.

    Parameters
    ----------
    y_true : (…, classes)
        One-hot (or any) target probabilities.
    y_pred : (…, classes)
        Probabilities (divided by their sum, clipped to [1e-7, 1 - 1e-7]), or logits.
    from_logits : bool
        Whether y_pred is before the softmax.
    label_smoothing : float
        In [0, 1]: targets become t · (1 - s) + s / classes.
    axis : int
        -1.

    Returns
    -------
    Tensor, (…)
    """
    _check_axis(axis, _prediction(y_pred))
    return _dense_loss(_kind("categorical_crossentropy", from_logits), y_true, y_pred, smoothing(label_smoothing))


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Tensor:
    """-ln p of the labelled class.

    Parameters
    ----------
    y_true : (…) or (…, 1)
        Labels in [0, classes).
    y_pred : (…, classes)
        Probabilities (divided by their sum, clipped to [1e-7, 1 - 1e-7]), or logits.
    from_logits : bool
        Whether y_pred is before the softmax.
    ignore_class : None
        Not supported.
    axis : int
        -1.

    Returns
    -------
    Tensor, (…)
    """
    pred = _prediction(y_pred)
    _check_axis(axis, pred)
    if ignore_class is not None:
        raise NotImplementedError("ignore_class is not supported: give those samples a sample_weight of 0")
    true = numbers("y_true", y_true)
    if true.ndim == pred.ndim and true.shape[-1] == 1:
        true = true[..., 0]
    if true.shape != pred.shape[:-1]:
        raise ValueError(f"y_true must have the shape {pred.shape[:-1]}, a label a sample; got {true.shape}")
    classes = pred.shape[-1]
    labels = labels_in_range(true, classes).reshape(-1)
    kind = _kind("sparse_categorical_crossentropy", from_logits)
    rows = loss(labels, reshape(pred, (labels.size, classes)), kind, 0.0)
    return reshape(rows, pred.shape[:-1])


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """The mean over the columns of -(t · ln p + (1 - t) · ln(1 - p)).

    Parameters
    ----------
    y_true, y_pred : (…, columns)
        Targets in [0, 1]; probabilities (clipped to [1e-7, 1 - 1e-7]) or logits.
    from_logits : bool
        Whether y_pred is before the sigmoid.
    label_smoothing : float
        In [0, 1]: targets become t · (1 - s) + s / 2.
    axis : int
        -1.

    Returns
    -------
    Tensor, (…)
    """
    _check_axis(axis, _prediction(y_pred))
    return _dense_loss(_kind("binary_crossentropy", from_logits), y_true, y_pred, smoothing(label_smoothing))


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean over the last axis of |y_pred - y_true|."""
    return _dense_loss("mean_absolute_error", y_true, y_pred)


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean over the last axis of (y_pred - y_true)²."""
    return _dense_loss("mean_squared_error", y_true, y_pred)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """The mean over the last axis of ½d² where |d| ≤ delta, else delta · |d| - ½ delta²; d = y_pred - y_true."""
    return _dense_loss("huber", y_true, y_pred, number("delta", delta, 0, open_low=True))


def smooth_l1(y_true: Any, y_pred: Any, beta: float = 1.0) -> Tensor:
    """The mean over the last axis of ½d² / beta where |d| < beta, else |d| - ½ beta: Huber's loss over beta."""
    return _dense_loss("smooth_l1", y_true, y_pred, number("beta", beta, 0, open_low=True))
