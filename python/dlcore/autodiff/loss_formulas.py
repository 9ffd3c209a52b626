"""The loss kernels as differentiable formulas: derivatives toward the targets and second derivatives follow from them.

Every name of :data:`dlcore.backends.contract.LOSSES` has an entry: a value for each row as a function of (y_true,
y_pred, parameter) in operations of the tape; the labels of a sparse loss come as an array of integers. Values and
first derivatives toward y_pred come from the kernels; a test compares them with what is written here.
"""

# ruff: noqa: ARG005 - the functions of a table share one signature.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff.arithmetic import clip, where
from dlcore.autodiff.elementary import absolute, log, softplus, square
from dlcore.autodiff.reductions import logsumexp
from dlcore.autodiff.reductions import sum as total
from dlcore.autodiff.tracer import Tensor
from dlcore.backends.contract import EPSILON


def _mean(values: Tensor) -> Tensor:
    """The mean of each row."""
    return total(values, -1) / max(values.shape[-1], 1)


def _smooth(t: Any, smoothing: float, target: float) -> Any:
    return t * (1 - smoothing) + smoothing * target if smoothing else t


def _spread(t: Tensor, p: Tensor, smoothing: float) -> Any:
    """The targets smoothed toward the same for every class."""
    return _smooth(t, smoothing, 1 / max(p.shape[-1], 1))


def _one_hot(labels: Any, p: Tensor) -> Tensor:
    hot = np.asarray(labels)[:, None] == np.arange(p.shape[-1])
    return Tensor(hot.astype(p.dtype))


def _probability(p: Tensor) -> Tensor:
    one = p.dtype.type
    return clip(p, one(EPSILON), one(1 - EPSILON))


def _categorical(t: Any, p: Tensor) -> Tensor:
    return -total(t * log(_probability(p / total(p, -1, keepdims=True))), -1)


def _categorical_logits(t: Any, z: Tensor) -> Tensor:
    return -total(t * (z - logsumexp(z, -1, keepdims=True)), -1)


def _binary(t: Any, p: Tensor) -> Tensor:
    p = _probability(p)
    return -_mean(t * log(p) + (1 - t) * log(1 - p))


def _huber(d: Tensor, delta: float) -> Tensor:
    a = absolute(d)
    return _mean(where(a <= delta, 0.5 * square(d), delta * a - 0.5 * delta * delta))


def _smooth_l1(d: Tensor, beta: float) -> Tensor:
    a = absolute(d)
    near = 0.5 * square(d) / beta if beta else a
    return _mean(where(a < beta, near, a - 0.5 * beta))


FORMULAS: dict[str, Callable[[Any, Tensor, float], Tensor]] = {
    "categorical_crossentropy": lambda t, p, smoothing: _categorical(_spread(t, p, smoothing), p),
    "categorical_crossentropy_logits": lambda t, p, smoothing: _categorical_logits(_spread(t, p, smoothing), p),
    "sparse_categorical_crossentropy": lambda t, p, parameter: _categorical(_one_hot(t, p), p),
    "sparse_categorical_crossentropy_logits": lambda t, p, parameter: _categorical_logits(_one_hot(t, p), p),
    "binary_crossentropy": lambda t, p, smoothing: _binary(_smooth(t, smoothing, 0.5), p),
    "binary_crossentropy_logits": lambda t, p, smoothing: _mean(softplus(p) - p * _smooth(t, smoothing, 0.5)),
    "mean_absolute_error": lambda t, p, parameter: _mean(absolute(p - t)),
    "mean_squared_error": lambda t, p, parameter: _mean(square(p - t)),
    "huber": lambda t, p, delta: _huber(p - t, delta),
    "smooth_l1": lambda t, p, beta: _smooth_l1(p - t, beta),
}
