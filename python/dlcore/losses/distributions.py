"""Losses whose prediction is a distribution, or a part of one: a rate, quantiles, mean and variance, shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor, clip, exp, log, reduce_mean, reshape
from dlcore.autodiff.loss_formulas import pinball
from dlcore.checks import number
from dlcore.floats import numbers
from dlcore.losses.arguments import kernel_loss, pair, prediction, target
from dlcore.losses.wrapper import FunctionLoss, KernelLoss


def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """The mean over the last axis of y_pred - y_true · ln(y_pred + 1e-7): counts against predicted rates.

    It is the negative logarithm of the likelihood, without the part that does not depend on the prediction.
    """
    return kernel_loss("poisson", *pair(y_true, y_pred))


def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """The sum over the last axis of t · ln(t / p), the shares t of y_true and p of y_pred clipped to [1e-7, 1]."""
    return kernel_loss("kl_divergence", *pair(y_true, y_pred))


def quantile(y_true: Any, y_pred: Any, quantile: float | Sequence[float] = 0.5) -> Tensor:
    """The pinball loss: the mean over the columns of max(q · e, (q - 1) · e), e = y_true - y_pred.

    It is smallest where a share q of the targets lies below the prediction.

    Parameters
    ----------
    y_true : (…, columns); for several quantiles (…) or (…, 1)
        The targets.
    y_pred : (…, columns); for several quantiles (…, quantiles)
        The prediction: for several quantiles one column each.
    quantile : float or sequence of floats, in (0, 1)
        One for all columns, or one a column.

    Returns
    -------
    Tensor, (…)
    """
    if np.ndim(quantile) == 0:
        return kernel_loss("quantile", *pair(y_true, y_pred), _levels(quantile))
    pred, levels = prediction(y_pred), np.array(_levels(quantile))
    if pred.shape[-1] != len(levels):
        raise ValueError(f"y_pred must have a column for each of the {len(levels)} quantiles; got shape {pred.shape}")
    true = target(y_true, pred.dtype)
    if true.ndim == pred.ndim - 1:
        true = reshape(true, (*true.shape, 1))
    true, pred = pair(true, pred)
    return reduce_mean(pinball(pred - true, levels.astype(pred.dtype)), axis=-1)


def _levels(quantile: Any) -> Any:
    """The quantile or quantiles, checked."""
    if np.ndim(quantile) == 0:
        return number("quantile", quantile, 0, 1, open_low=True)
    levels = [number("quantile", level, 0, 1, open_low=True) for level in numbers("quantile", quantile).tolist()]
    if not levels:
        raise ValueError("quantile must name at least one quantile; got none")
    return levels


#: The function under a name that its argument does not hide.
_quantile = quantile


def gaussian_nll(
    y_true: Any, y_pred: Any, full: bool = False, epsilon: float = 1e-6, log_variance: bool = True
) -> Tensor:
    """The mean over the columns of ½ (ln v + (m - y_true)² / v), a normal distribution's negative log-likelihood.

    Parameters
    ----------
    y_true : (…, columns)
        The targets; (…) if there is one column.
    y_pred : (…, 2 · columns)
        The means m of all columns, then ln v of all columns, which suits a linear output layer; or the variances v.
    full : bool
        Whether to add the constant ½ ln 2π.
    epsilon : float
        The least variance that is reckoned with, where y_pred holds variances.
    log_variance : bool
        Whether the second half of y_pred holds ln v, rather than v.

    Returns
    -------
    Tensor, (…)

    Source: Nix & Weigend, "Estimating the mean and variance of the target probability distribution", ICNN 1994.
    """
    least = number("epsilon", epsilon, 0, open_low=True)
    pred = prediction(y_pred)
    columns = pred.shape[-1] // 2
    if pred.shape[-1] != 2 * columns or not columns:
        raise ValueError(f"y_pred must have an even number of columns, means and then variances; got {pred.shape}")
    true = target(y_true, pred.dtype)
    if columns == 1 and true.ndim == pred.ndim - 1:
        true = reshape(true, (*true.shape, 1))
    true, mean = pair(true, pred[..., :columns])
    spread = pred[..., columns:]
    if log_variance:
        surprise = spread + (true - mean) ** 2 * exp(-spread)
    else:
        variance = clip(spread, least, math.inf)
        surprise = log(variance) + (true - mean) ** 2 / variance
    return reduce_mean(surprise, axis=-1) / 2 + (math.log(2 * math.pi) / 2 if full else 0.0)


class Poisson(KernelLoss):
    """The mean of y_pred - y_true · ln(y_pred + 1e-7): counts against predicted rates."""

    _kind = "poisson"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: Any = None,
    ) -> None:
        super().__init__(poisson, reduction, name, dtype)


class KLDivergence(KernelLoss):
    """Kullback-Leibler divergence: the sum of t · ln(t / p) over the last axis, t and p clipped to [1e-7, 1]."""

    _kind = "kl_divergence"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: Any = None,
    ) -> None:
        super().__init__(kl_divergence, reduction, name, dtype)


class Quantile(KernelLoss):
    """The pinball loss of one quantile, or of several at once; see :func:`~dlcore.losses.quantile`.

    For three quantiles of one target: an output layer ``Dense(3)`` and ``Quantile([0.1, 0.5, 0.9])``, with targets of
    the shape (rows,) or (rows, 1).

    Source: Koenker & Bassett, "Regression quantiles", Econometrica 46 (1978).

    Parameters
    ----------
    quantile : float or sequence of floats, in (0, 1)
        One for all columns of the prediction, or one a column.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "quantile"
    quantile: float | Sequence[float]

    def __init__(
        self,
        quantile: float | Sequence[float] = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "quantile",
        dtype: Any = None,
    ) -> None:
        quantile = _levels(quantile)
        super().__init__(_quantile, reduction, name, dtype, quantile=quantile)

    def _kernel(self) -> str | None:
        return self._kind if isinstance(self.quantile, float) else None


class GaussianNLL(FunctionLoss):
    """Negative log-likelihood of the targets under normal distributions; see :func:`~dlcore.losses.gaussian_nll`.

    Parameters
    ----------
    full : bool
        Whether to add the constant ½ ln 2π.
    epsilon : float
        The least variance that is reckoned with, where y_pred holds variances.
    log_variance : bool
        Whether the second half of the columns of y_pred holds ln v, rather than v.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    full: bool
    epsilon: float
    log_variance: bool

    def __init__(
        self,
        full: bool = False,
        epsilon: float = 1e-6,
        log_variance: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "gaussian_nll",
        dtype: Any = None,
    ) -> None:
        number("epsilon", epsilon, 0, open_low=True)
        super().__init__(gaussian_nll, reduction, name, dtype, full=full, epsilon=epsilon, log_variance=log_variance)
