"""Losses of overlap: how much of what is marked in the target is marked in the prediction, and the other way."""

from __future__ import annotations

from typing import Any

from dlcore.autodiff import Tensor, reduce_sum
from dlcore.backends.contract import EPSILON
from dlcore.checks import number
from dlcore.losses.arguments import Axis, axes, equal_pair
from dlcore.losses.wrapper import FunctionLoss


def dice(y_true: Any, y_pred: Any, axis: Axis = None) -> Tensor:
    """1 - 2 Σ t·p / (Σ t + Σ p + 1e-7).

    Parameters
    ----------
    y_true, y_pred : arrays of one shape
        Marks in [0, 1].
    axis : int, sequence of int, or None
        The axes of the sums; all, if None.

    Returns
    -------
    Tensor, the shape of y_pred without those axes

    Source: Milletari et al., "V-Net", 3DV 2016.
    """
    t, p = equal_pair(y_true, y_pred)
    over = axes(axis, p.ndim)
    both = reduce_sum(t * p, axis=over)
    return 1 - both * 2 / (reduce_sum(t, axis=over) + reduce_sum(p, axis=over) + EPSILON)


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Axis = None) -> Tensor:
    """1 - Σ t·p / (Σ t·p + alpha · Σ (1 - t)·p + beta · Σ t·(1 - p) + 1e-7).

    Parameters
    ----------
    y_true, y_pred, axis
        As in :func:`dice`, which it equals if alpha and beta are one half.
    alpha, beta : float
        What false positives and false negatives weigh.

    Returns
    -------
    Tensor, the shape of y_pred without those axes

    Source: Salehi et al., "Tversky loss function for image segmentation", MLMI 2017.
    """
    positives, negatives = number("alpha", alpha), number("beta", beta)
    t, p = equal_pair(y_true, y_pred)
    over = axes(axis, p.ndim)
    both = reduce_sum(t * p, axis=over)
    wrong, missed = reduce_sum((1 - t) * p, axis=over), reduce_sum(t * (1 - p), axis=over)
    return 1 - both / (both + wrong * positives + missed * negatives + EPSILON)


class Dice(FunctionLoss):
    """What is missing from the overlap of target and prediction; see :func:`~dlcore.losses.dice`.

    Parameters
    ----------
    axis : int, sequence of int, or None
        The axes of the sums; all, if None.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    axis: Axis

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dice, reduction, name, dtype, axis=axis)


class Tversky(FunctionLoss):
    """Dice with weights for false positives and negatives; see :func:`~dlcore.losses.tversky`.

    Parameters
    ----------
    alpha : float
        What false positives weigh.
    beta : float
        What false negatives weigh.
    axis : int, sequence of int, or None
        The axes of the sums; all, if None.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    alpha: float
    beta: float
    axis: Axis

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        number("alpha", alpha), number("beta", beta)
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)
