"""Losses of scores, which only have to point the right way: value and gradient in one pass."""

from __future__ import annotations

from typing import Any

from dlcore.backends.contract import Array
from dlcore.ops.losses import Result, loss_and_gradient

__all__ = [
    "categorical_hinge",
    "cosine_similarity",
    "hinge",
    "squared_hinge",
]


def hinge(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of max(1 - y_true · y_pred, 0), targets being -1 and 1; a target of 0 stands for -1.

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("hinge", y_true, y_pred, 0.0, sample_weight, reduction, out)


def squared_hinge(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of max(1 - y_true · y_pred, 0)², targets as in :func:`hinge`.

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("squared_hinge", y_true, y_pred, 0.0, sample_weight, reduction, out)


def categorical_hinge(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """max(1 + the largest score of a wrong class - that of the right one, 0), y_true being one-hot.

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("categorical_hinge", y_true, y_pred, 0.0, sample_weight, reduction, out)


def cosine_similarity(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Minus the cosine of the angle between the rows of y_true and y_pred, lengths being at least 1e-7.

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("cosine_similarity", y_true, y_pred, 0.0, sample_weight, reduction, out)
