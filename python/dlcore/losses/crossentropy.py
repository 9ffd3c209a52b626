"""Cross-entropies of classes: one-hot or integer targets, probabilities or logits, over any axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.checks import number
from dlcore.floats import numbers
from dlcore.labels import labels_in_range
from dlcore.losses.arguments import (
    Axis,
    axes,
    columns_last,
    equal_pair,
    kernel_loss,
    one_axis,
    prediction,
    smoothing,
    warn_of_one_class,
    with_suffix,
)
from dlcore.losses.reduction import masked
from dlcore.losses.wrapper import KernelLoss


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
        The axis of the classes.

    Returns
    -------
    Tensor, the shape of y_pred without that axis
    """
    true, pred = equal_pair(y_true, y_pred, "; for integer labels use the sparse categorical crossentropy")
    classes = one_axis(axis, pred.ndim)
    warn_of_one_class("categorical_crossentropy", pred, classes)
    kind = with_suffix("categorical_crossentropy", from_logits)
    true, pred = columns_last(true, (classes,)), columns_last(pred, (classes,))
    return kernel_loss(kind, true, pred, smoothing(label_smoothing))


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Tensor:
    """-ln p of the labelled class.

    Parameters
    ----------
    y_true : (…), or with an axis of length 1 where y_pred has the classes
        Labels in [0, classes).
    y_pred : (…, classes)
        Probabilities (divided by their sum, clipped to [1e-7, 1 - 1e-7]), or logits.
    from_logits : bool
        Whether y_pred is before the softmax.
    ignore_class : int, optional
        A label, which may lie out of range, whose samples have a loss of 0 and do not count in the mean of a
        :class:`SparseCategoricalCrossentropy`.
    axis : int
        The axis of the classes.

    Returns
    -------
    Tensor, the shape of y_pred without that axis
    """
    pred = prediction(y_pred)
    classes = one_axis(axis, pred.ndim)
    labels, pred = _labels(y_true, pred, classes)
    kind = with_suffix("sparse_categorical_crossentropy", from_logits)
    if ignore_class is None:
        return kernel_loss(kind, _checked(labels, pred), pred)
    counts = labels != ignore_class
    counted = pred[counts]
    values = kernel_loss(kind, _checked(labels[counts], counted), counted)
    return masked(autodiff.apply("scatter", values, shape=labels.shape, key=counts), counts)


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float = 0.5) -> Tensor:
    """(1 - p^q) / q of the labelled class, between -ln p (q near 0) and 1 - p (q near 1), which bears wrong labels.

    Parameters
    ----------
    y_true : (…) or (…, 1)
        Labels in [0, classes).
    y_pred : (…, classes)
        Probabilities.
    q : float
        In (0, 1).

    Returns
    -------
    Tensor, (…)

    Source: Zhang & Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy labels",
    NeurIPS 2018.
    """
    pred = prediction(y_pred)
    labels, pred = _labels(y_true, pred, pred.ndim - 1)
    return kernel_loss("categorical_generalized_cross_entropy", _checked(labels, pred), pred, _exponent(q))


def _exponent(q: Any) -> float:
    return number("q", q, 0, 1, open_low=True)


def _labels(y_true: Any, pred: Tensor, axis: int) -> tuple[Any, Tensor]:
    """The labels as they are, an array of the shape of the rows; the prediction with its classes last."""
    labels = numbers("y_true", y_true)
    if labels.ndim == pred.ndim and labels.shape[axis] == 1:
        labels = np.squeeze(labels, axis)
    pred = columns_last(pred, (axis,))
    if labels.shape != pred.shape[:-1]:
        raise ValueError(f"y_true must have the shape {pred.shape[:-1]}, a label a sample; got {labels.shape}")
    return labels, pred


def _checked(labels: Any, pred: Tensor) -> Tensor:
    return Tensor(labels_in_range(labels, pred.shape[-1]))


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: Axis = -1
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
    axis : int, sequence of int, or None
        The axes whose mean is taken; all, if None.

    Returns
    -------
    Tensor, the shape of y_pred without those axes
    """
    true, pred = equal_pair(y_true, y_pred)
    over = axes(axis, pred.ndim)
    kind = with_suffix("binary_crossentropy", from_logits)
    return kernel_loss(kind, columns_last(true, over), columns_last(pred, over), smoothing(label_smoothing))


class CategoricalCrossentropy(KernelLoss):
    """Cross-entropy between one-hot targets and predicted class probabilities.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are before the softmax.
    label_smoothing : float
        In [0, 1]: targets become t · (1 - s) + s / classes.
    axis : int
        The axis of the classes.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "categorical_crossentropy"
    from_logits: bool
    label_smoothing: float
    axis: int

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        smoothing(label_smoothing)
        super().__init__(
            categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )

    def _kernel(self) -> str | None:
        return with_suffix(self._kind, self.from_logits) if self.axis == -1 else None


class SparseCategoricalCrossentropy(KernelLoss):
    """Cross-entropy between integer labels and predicted class probabilities.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are before the softmax.
    ignore_class : int, optional
        A label whose samples do not count.
    axis : int
        The axis of the classes.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "sparse_categorical_crossentropy"
    _keeps_labels = True
    from_logits: bool
    ignore_class: int | None
    axis: int

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )

    def _kernel(self) -> str | None:
        return with_suffix(self._kind, self.from_logits) if self.axis == -1 and self.ignore_class is None else None


class CategoricalGeneralizedCrossEntropy(KernelLoss):
    """Cross-entropy that bears wrong labels; see :func:`~dlcore.losses.categorical_generalized_cross_entropy`.

    Parameters
    ----------
    q : float
        In (0, 1).
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "categorical_generalized_cross_entropy"
    _keeps_labels = True
    q: float

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        _exponent(q)
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)


class BinaryCrossentropy(KernelLoss):
    """Cross-entropy between targets in [0, 1] and predicted probabilities, column by column.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are before the sigmoid.
    label_smoothing : float
        In [0, 1]: targets become t · (1 - s) + s / 2.
    axis : int, sequence of int, or None
        The axes whose mean is taken.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "binary_crossentropy"
    from_logits: bool
    label_smoothing: float
    axis: Axis

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: Axis = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        smoothing(label_smoothing)
        super().__init__(
            binary_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )

    def _kernel(self) -> str | None:
        return with_suffix(self._kind, self.from_logits) if self.axis == -1 else None
