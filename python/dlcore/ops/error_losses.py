"""Losses of a number against its target, column by column: value and gradient in one pass."""

from __future__ import annotations

from typing import Any

from dlcore import checks
from dlcore.backends.contract import LOSSES, Array
from dlcore.ops.losses import Result, loss_and_gradient

__all__ = [
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "quantile",
    "smooth_l1",
]


def mean_absolute_error(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of abs(y_pred - y_true), its gradient 0 where they are equal.

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("mean_absolute_error", y_true, y_pred, 0.0, sample_weight, reduction, out)


def mean_squared_error(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of (y_pred - y_true)².

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("mean_squared_error", y_true, y_pred, 0.0, sample_weight, reduction, out)


def mean_absolute_percentage_error(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of 100 · abs(y_pred - y_true) / max(abs(y_true), 1e-7).

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("mean_absolute_percentage_error", y_true, y_pred, 0.0, sample_weight, reduction, out)


def mean_squared_logarithmic_error(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of (log(1 + y_pred) - log(1 + y_true))², both at least 1e-7.

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("mean_squared_logarithmic_error", y_true, y_pred, 0.0, sample_weight, reduction, out)


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

    ``delta`` is positive. Other arguments, results and errors as in
    :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient(
        "huber", y_true, y_pred, checks.number("delta", delta, 0, open_low=True), sample_weight, reduction, out
    )


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
    :func:`dlcore.ops.categorical_crossentropy`. Girshick, "Fast R-CNN", 2015.
    """
    return loss_and_gradient("smooth_l1", y_true, y_pred, checks.number("beta", beta, 0), sample_weight, reduction, out)


def log_cosh(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of log(cosh(y_pred - y_true)).

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("log_cosh", y_true, y_pred, 0.0, sample_weight, reduction, out)


def poisson(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of y_pred - y_true · log(y_pred + 1e-7).

    Arguments, results and errors as in :func:`dlcore.ops.categorical_crossentropy`.
    """
    return loss_and_gradient("poisson", y_true, y_pred, 0.0, sample_weight, reduction, out)


def quantile(
    y_true: Any,
    y_pred: Any,
    *,
    quantile: float = LOSSES["quantile"].default,
    sample_weight: Any = None,
    reduction: str | None = "sum_over_batch_size",
    out: Array | None = None,
) -> Result:
    """Mean over the columns of max(q · e, (q - 1) · e), the pinball loss; q = quantile, e = y_true - y_pred.

    ``quantile`` is in (0, 1). Other arguments, results and errors as in
    :func:`dlcore.ops.categorical_crossentropy`.
    """
    number = checks.number("quantile", quantile, 0, 1, open_low=True)
    return loss_and_gradient("quantile", y_true, y_pred, number, sample_weight, reduction, out)
