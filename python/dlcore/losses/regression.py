"""Losses of a number against its target: errors, their percentages and logarithms."""

from __future__ import annotations

from typing import Any

from dlcore.autodiff import Tensor
from dlcore.checks import number
from dlcore.losses.arguments import kernel_loss, pair
from dlcore.losses.wrapper import KernelLoss


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean over the last axis of (y_pred - y_true)²."""
    return kernel_loss("mean_squared_error", *pair(y_true, y_pred))


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean over the last axis of |y_pred - y_true|."""
    return kernel_loss("mean_absolute_error", *pair(y_true, y_pred))


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """100 times the mean over the last axis of |y_pred - y_true| / max(|y_true|, 1e-7)."""
    return kernel_loss("mean_absolute_percentage_error", *pair(y_true, y_pred))


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean over the last axis of (ln(1 + y_pred) - ln(1 + y_true))², both at least 1e-7."""
    return kernel_loss("mean_squared_logarithmic_error", *pair(y_true, y_pred))


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """The mean over the last axis of ½d² where |d| ≤ delta, else delta · |d| - ½ delta²; d = y_pred - y_true."""
    return kernel_loss("huber", *pair(y_true, y_pred), number("delta", delta, 0, open_low=True))


def smooth_l1(y_true: Any, y_pred: Any, beta: float = 1.0) -> Tensor:
    """The mean over the last axis of ½d² / beta where |d| < beta, else |d| - ½ beta: Huber's loss over beta.

    With beta = 0 it is the mean absolute error.
    """
    return kernel_loss("smooth_l1", *pair(y_true, y_pred), number("beta", beta, 0))


def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """The mean over the last axis of ln cosh(y_pred - y_true): about ½d² near the target, |d| - ln 2 far from it."""
    return kernel_loss("log_cosh", *pair(y_true, y_pred))


class MeanSquaredError(KernelLoss):
    """The mean of (y_pred - y_true)²: L2."""

    _kind = "mean_squared_error"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)


class MeanAbsoluteError(KernelLoss):
    """The mean of |y_pred - y_true|: L1."""

    _kind = "mean_absolute_error"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_error, reduction, name, dtype)


class MeanAbsolutePercentageError(KernelLoss):
    """The mean of |y_pred - y_true| in percent of |y_true| (at least 1e-7)."""

    _kind = "mean_absolute_percentage_error"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


class MeanSquaredLogarithmicError(KernelLoss):
    """The mean of (ln(1 + y_pred) - ln(1 + y_true))², for targets that grow by factors."""

    _kind = "mean_squared_logarithmic_error"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)


class Huber(KernelLoss):
    """Squared near the target, absolute beyond ``delta``: ½d², or delta · |d| - ½ delta².

    Source: Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35 (1964).

    Parameters
    ----------
    delta : float
        Positive.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "huber"
    delta: float

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        number("delta", delta, 0, open_low=True)
        super().__init__(huber, reduction, name, dtype, delta=delta)


class SmoothL1(KernelLoss):
    """Huber's loss over its threshold: ½d² / beta near the target, |d| - ½ beta beyond ``beta``.

    Source: Girshick, "Fast R-CNN", ICCV 2015.

    Parameters
    ----------
    beta : float
        Not negative; 0 makes it the mean absolute error.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "smooth_l1"
    beta: float

    def __init__(
        self,
        beta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "smooth_l1",
        dtype: Any = None,
    ) -> None:
        number("beta", beta, 0)
        super().__init__(smooth_l1, reduction, name, dtype, beta=beta)


class LogCosh(KernelLoss):
    """The mean of ln cosh(y_pred - y_true): squared near the target, absolute far from it, smooth between."""

    _kind = "log_cosh"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: Any = None,
    ) -> None:
        super().__init__(log_cosh, reduction, name, dtype)
