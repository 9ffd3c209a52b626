"""Focal losses: cross-entropies that care less for what is already predicted well.

Source: Lin et al., "Focal loss for dense object detection", ICCV 2017.
"""

from __future__ import annotations

from typing import Any

from dlcore.autodiff import Tensor, activation, clip, log, reduce_mean, reduce_sum
from dlcore.backends.contract import EPSILON
from dlcore.checks import number
from dlcore.losses.arguments import Axis, axes, columns_last, equal_pair, one_axis, smoothing, warn_of_one_class
from dlcore.losses.wrapper import FunctionLoss


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: Axis = -1,
) -> Tensor:
    """The mean over the columns of (1 - p_t)^gamma times the binary cross-entropy, p_t the probability of the target.

    Parameters
    ----------
    y_true, y_pred, from_logits, label_smoothing, axis
        As in :func:`~dlcore.losses.binary_crossentropy`.
    apply_class_balancing : bool
        Whether to weigh targets of 1 with alpha and targets of 0 with 1 - alpha.
    alpha : float
        In [0, 1].
    gamma : float
        Not negative; 0 makes it the binary cross-entropy.

    Returns
    -------
    Tensor, the shape of y_pred without the axes of the mean
    """
    share, focus, smooth = _numbers(alpha, gamma, label_smoothing)
    t, x = equal_pair(y_true, y_pred)
    over = axes(axis, x.ndim)
    t, x = columns_last(t, over), columns_last(x, over)
    t = t * (1 - smooth) + smooth / 2
    if from_logits:
        p, rest = activation(x, "sigmoid"), activation(-x, "sigmoid")
        entropy = activation(x, "softplus") - x * t
    else:
        p, rest, within = x, 1 - x, clip(x, EPSILON, 1 - EPSILON)
        entropy = -(t * log(within) + (1 - t) * log(1 - within))
    values = (t * rest + (1 - t) * p) ** focus * entropy
    if apply_class_balancing:
        values = values * (t * share + (1 - t) * (1 - share))
    return reduce_mean(values, axis=-1)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """-Σ alpha · (1 - p)^gamma · t · ln p over the classes.

    Parameters
    ----------
    y_true, y_pred, from_logits, label_smoothing, axis
        As in :func:`~dlcore.losses.categorical_crossentropy`.
    alpha : float
        In [0, 1].
    gamma : float
        Not negative.

    Returns
    -------
    Tensor, the shape of y_pred without the axis of the classes
    """
    share, focus, smooth = _numbers(alpha, gamma, label_smoothing)
    t, x = equal_pair(y_true, y_pred, "; targets are one-hot")
    classes = one_axis(axis, x.ndim)
    warn_of_one_class("categorical_focal_crossentropy", x, classes)
    t, x = columns_last(t, (classes,)), columns_last(x, (classes,))
    t = t * (1 - smooth) + smooth / x.shape[-1]
    if from_logits:
        p, log_p = activation(x, "softmax"), activation(x, "log_softmax")
    else:
        p = clip(x / reduce_sum(x, axis=-1, keepdims=True), EPSILON, 1 - EPSILON)
        log_p = log(p)
    return -reduce_sum((1 - p) ** focus * share * t * log_p, axis=-1)


def _numbers(alpha: Any, gamma: Any, label_smoothing: Any) -> tuple[float, float, float]:
    """The three, checked."""
    share = number("alpha", alpha, 0, 1, open_high=False)
    return share, number("gamma", gamma, 0), smoothing(label_smoothing)


class BinaryFocalCrossentropy(FunctionLoss):
    """Binary cross-entropy that cares less for what is predicted well.

    Parameters
    ----------
    apply_class_balancing : bool
        Whether to weigh targets of 1 with alpha and targets of 0 with 1 - alpha.
    alpha : float
        In [0, 1].
    gamma : float
        Not negative.
    from_logits : bool
        Whether predictions are before the sigmoid.
    label_smoothing : float
        In [0, 1]: targets become t · (1 - s) + s / 2.
    axis : int, sequence of int, or None
        The axes whose mean is taken.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    apply_class_balancing: bool
    alpha: float
    gamma: float
    from_logits: bool
    label_smoothing: float
    axis: Axis

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: Axis = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        _numbers(alpha, gamma, label_smoothing)
        super().__init__(
            binary_focal_crossentropy,
            reduction,
            name,
            dtype,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class CategoricalFocalCrossentropy(FunctionLoss):
    """Categorical cross-entropy that cares less for what is predicted well.

    Parameters
    ----------
    alpha : float
        In [0, 1].
    gamma : float
        Not negative.
    from_logits : bool
        Whether predictions are before the softmax.
    label_smoothing : float
        In [0, 1]: targets become t · (1 - s) + s / classes.
    axis : int
        The axis of the classes.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    alpha: float
    gamma: float
    from_logits: bool
    label_smoothing: float
    axis: int

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        _numbers(alpha, gamma, label_smoothing)
        super().__init__(
            categorical_focal_crossentropy,
            reduction,
            name,
            dtype,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
