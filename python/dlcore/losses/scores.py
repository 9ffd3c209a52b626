"""Losses of scores, which only have to point the right way: the hinges and the cosine."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff import Tensor, reduce_mean
from dlcore.autodiff.loss_formulas import shortfall
from dlcore.losses.arguments import Axis, axes, columns_last, kernel_loss, pair
from dlcore.losses.wrapper import KernelLoss


def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """The mean over the last axis of max(1 - y_true · y_pred, 0).

    Targets are -1 and 1; if they are 0 and 1, they are taken for those.
    """
    true, pred = pair(y_true, y_pred)
    if _signs(true):
        return kernel_loss("hinge", true, pred)
    return reduce_mean(shortfall(true, pred), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """The mean over the last axis of max(1 - y_true · y_pred, 0)²; targets as in :func:`hinge`."""
    true, pred = pair(y_true, y_pred)
    if _signs(true):
        return kernel_loss("squared_hinge", true, pred)
    return reduce_mean(shortfall(true, pred) ** 2, axis=-1)


def _signs(true: Tensor) -> bool:
    """Whether the kernel, to which each 0 is a -1, reads the targets as Keras: not if there are others beside a 0."""
    return bool(true.array.all() or np.isin(true.array, (0, 1)).all())


def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """max(1 + the largest score of a wrong class - that of the right one, 0), y_true being one-hot."""
    return kernel_loss("categorical_hinge", *pair(y_true, y_pred))


def cosine_similarity(y_true: Any, y_pred: Any, axis: Axis = -1) -> Tensor:
    """Minus the cosine of the angle between y_true and y_pred: -1 where they point the same way, 1 if opposite.

    Parameters
    ----------
    y_true, y_pred : (…, columns)
        Vectors; a length below 1e-7 counts as 1e-7.
    axis : int, sequence of int, or None
        The axes of the vectors; all, if None.

    Returns
    -------
    Tensor, the shape of y_pred without those axes
    """
    true, pred = pair(y_true, y_pred)
    over = axes(axis, pred.ndim)
    return kernel_loss("cosine_similarity", columns_last(true, over), columns_last(pred, over))


class Hinge(KernelLoss):
    """The mean of max(1 - y_true · y_pred, 0), targets being -1 and 1, or 0 and 1."""

    _kind = "hinge"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(hinge, reduction, name, dtype)


class SquaredHinge(KernelLoss):
    """The mean of max(1 - y_true · y_pred, 0)², targets being -1 and 1, or 0 and 1."""

    _kind = "squared_hinge"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "squared_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(squared_hinge, reduction, name, dtype)


class CategoricalHinge(KernelLoss):
    """By how much less than 1 the score of the right class leads; targets are one-hot."""

    _kind = "categorical_hinge"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(categorical_hinge, reduction, name, dtype)


class CosineSimilarity(KernelLoss):
    """Minus the cosine of the angle between target and prediction.

    Parameters
    ----------
    axis : int, sequence of int, or None
        The axes of the vectors.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "cosine_similarity"
    axis: Axis

    def __init__(
        self,
        axis: Axis = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)

    def _kernel(self) -> str | None:
        return self._kind if self.axis == -1 else None
