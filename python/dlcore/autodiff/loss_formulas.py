"""The losses of the kernels once more, as short formulas in differentiable operations.

Training takes the kernels and their gradients toward the prediction. What they do not give comes from here: gradients
toward the targets, and gradients of gradients. Each formula takes targets (rows, columns), or labels (rows,), the
prediction (rows, columns) and the loss's parameter, and gives a value a row.
"""

# ruff: noqa: ARG001 - the formulas of a table share one signature.

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from dlcore.autodiff.arithmetic import clip, maximum, where
from dlcore.autodiff.elementary import absolute, log, sqrt
from dlcore.autodiff.kernels import activation
from dlcore.autodiff.reductions import mean as reduce_mean
from dlcore.autodiff.reductions import sum as reduce_sum
from dlcore.autodiff.tracer import Tensor
from dlcore.backends.contract import EPSILON
from dlcore.floats import Array

Formula = Callable[[Tensor, Tensor, float], Tensor]


def _shares(p: Tensor) -> Tensor:
    return clip(p / reduce_sum(p, axis=-1, keepdims=True), EPSILON, 1 - EPSILON)


def _smooth(t: Tensor, smoothing: float, classes: int) -> Tensor:
    return t * (1 - smoothing) + smoothing / classes


def _categorical(logarithm: Callable[[Tensor], Tensor]) -> Formula:
    return lambda t, p, s: -reduce_sum(_smooth(t, s, p.shape[-1]) * logarithm(p), axis=-1)


def _of_labels(labels: Tensor, x: Tensor) -> Tensor:
    return x[np.arange(len(labels.array)), labels.array]


def _log_softmax(z: Tensor) -> Tensor:
    return activation(z, "log_softmax")


def _binary(t: Tensor, p: Tensor, smoothing: float) -> Tensor:
    t, p = _smooth(t, smoothing, 2), clip(p, EPSILON, 1 - EPSILON)
    return -(t * log(p) + (1 - t) * log(1 - p))


def _divergence(t: Tensor, p: Tensor, parameter: float) -> Tensor:
    t, p = clip(t, EPSILON, 1), clip(p, EPSILON, 1)
    return reduce_sum(t * log(t / p), axis=-1)


def _logarithmic_error(t: Tensor, p: Tensor, parameter: float) -> Tensor:
    return (log(clip(p, EPSILON, math.inf) + 1) - log(clip(t, EPSILON, math.inf) + 1)) ** 2


def _huber(d: Tensor, delta: float) -> Tensor:
    inside = clip(d, -delta, delta)
    return inside * (d - inside / 2)


def _log_cosh(d: Tensor) -> Tensor:
    return d + activation(d * -2, "softplus") - math.log(2)


def pinball(d: Tensor, level: float | Array) -> Tensor:
    """Level · -d where d = y_pred - y_true is negative, else (1 - level) · d."""
    return (absolute(d) - d * (2 * level - 1)) / 2


def hinge_targets(t: Tensor) -> Tensor:
    """Targets of -1 and 1 from such of 0 and 1, unless there are other numbers among them, as in Keras."""
    return t * 2 - 1 if np.isin(t.array, (0, 1)).all() else t


def shortfall(t: Tensor, p: Tensor) -> Tensor:
    """What the product of target and prediction lacks to 1."""
    return maximum(1 - hinge_targets(t) * p, 0)


def _categorical_hinge(t: Tensor, p: Tensor, parameter: float) -> Tensor:
    wrong = (1 - t) * p
    top = (wrong.array == wrong.array.max(axis=-1, keepdims=True)).astype(p.dtype)
    largest = reduce_sum(where(top != 0, wrong, 0), axis=-1) / top.sum(axis=-1)
    return maximum(largest - reduce_sum(t * p, axis=-1) + 1, 0)


def _unit(x: Tensor) -> Tensor:
    return x / sqrt(clip(reduce_sum(x**2, axis=-1, keepdims=True), EPSILON**2, math.inf))


def _mean(element: Formula) -> Formula:
    return lambda t, p, parameter: reduce_mean(element(t, p, parameter), axis=-1)


FORMULAS: dict[str, Formula] = {
    "categorical_crossentropy": _categorical(lambda p: log(_shares(p))),
    "categorical_crossentropy_logits": _categorical(_log_softmax),
    "sparse_categorical_crossentropy": lambda y, p, _: -log(_of_labels(y, _shares(p))),
    "sparse_categorical_crossentropy_logits": lambda y, p, _: -_of_labels(y, _log_softmax(p)),
    "categorical_generalized_cross_entropy": lambda y, p, q: (1 - _of_labels(y, p) ** q) / q,
    "binary_crossentropy": _mean(_binary),
    "binary_crossentropy_logits": _mean(lambda t, z, s: activation(z, "softplus") - z * _smooth(t, s, 2)),
    "kl_divergence": _divergence,
    "mean_absolute_error": _mean(lambda t, p, _: absolute(p - t)),
    "mean_squared_error": _mean(lambda t, p, _: (p - t) ** 2),
    "mean_absolute_percentage_error": _mean(
        lambda t, p, _: absolute(p - t) * 100 / clip(absolute(t), EPSILON, math.inf)
    ),
    "mean_squared_logarithmic_error": _mean(_logarithmic_error),
    "huber": _mean(lambda t, p, delta: _huber(p - t, delta)),
    "smooth_l1": _mean(lambda t, p, beta: _huber(p - t, beta) / beta if beta else absolute(p - t)),
    "log_cosh": _mean(lambda t, p, _: _log_cosh(p - t)),
    "poisson": _mean(lambda t, p, _: p - t * log(p + EPSILON)),
    "quantile": _mean(lambda t, p, level: pinball(p - t, level)),
    "hinge": _mean(lambda t, p, _: shortfall(t, p)),
    "squared_hinge": _mean(lambda t, p, _: shortfall(t, p) ** 2),
    "categorical_hinge": _categorical_hinge,
    "cosine_similarity": lambda t, p, _: -reduce_sum(_unit(t) * _unit(p), axis=-1),
}
