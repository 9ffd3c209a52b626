"""Losses and metrics of each row: name -> (value, gradient), or the value, from (targets, prediction, parameter)."""

# ruff: noqa: ARG001, ARG005 - the functions of a table share one signature.

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from dlcore.backends.contract import EPSILON, Array
from dlcore.backends.plain.activations import log_softmax, row_sum, sigmoid

#: The value of each row, or element, and the derivative of each element.
Pair: TypeAlias = tuple[Array, Array]


def _one_hot(labels: Array, like: Array) -> Array:
    t = np.zeros_like(like)
    t[np.arange(len(labels)), labels] = 1
    return t


def _columns(pred: Array) -> int:
    return max(len(pred.T), 1)


def _smooth(t: Array, smoothing: Any, target: float) -> Array:
    return t * (1 - smoothing) + smoothing * t.dtype.type(target) if smoothing else t


def _clip(p: Array) -> tuple[Array, Array]:
    """The probabilities within [EPSILON, 1 - EPSILON], and where the clip lets a gradient through."""
    low, high = p.dtype.type(EPSILON), p.dtype.type(1 - EPSILON)
    return np.clip(p, low, high), (p >= low) & (p <= high)


def _categorical(t: Array, pred: Array, smoothing: Any) -> Pair:
    total = row_sum(pred)
    q = pred / total
    p, inside = _clip(q)
    t = _smooth(t, smoothing, 1 / _columns(pred))
    dq = np.where(inside, -t / p, 0)
    return -(t * np.log(p)).sum(axis=1), (dq - row_sum(dq * q)) / total


def _categorical_logits(t: Array, pred: Array, smoothing: Any) -> Pair:
    log_p = log_softmax(pred)
    t = _smooth(t, smoothing, 1 / _columns(pred))
    # A target of 0 contributes 0 even where the logit is -inf.
    return -np.where(t == 0, 0, t * log_p).sum(axis=1), np.exp(log_p) * row_sum(t) - t


def _generalized(labels: Array, pred: Array, q: Any) -> Pair:
    low, own = pred.dtype.type(EPSILON), (np.arange(len(pred)), labels)
    p, slope = pred[own], np.zeros_like(pred)
    slope[own] = -(np.maximum(p, low) ** (q - 1))  # it has no bound at 0
    return -np.expm1(q * np.log(p)) / q, slope


def _binary(t: Array, pred: Array, smoothing: Any) -> Pair:
    p, inside = _clip(pred)
    t = _smooth(t, smoothing, 0.5)
    loss = -(t * np.log(p) + (1 - t) * np.log(1 - p))
    return loss, np.where(inside, (p - t) / (p * (1 - p)), 0)


def _binary_logits(t: Array, pred: Array, smoothing: Any) -> Pair:
    t = _smooth(t, smoothing, 0.5)
    return np.maximum(pred, 0) - pred * t + np.log1p(np.exp(-np.abs(pred))), sigmoid(pred) - t


def _divergence(t: Array, pred: Array, parameter: Any) -> Pair:
    low = pred.dtype.type(EPSILON)
    t, p = np.clip(t, low, 1), np.clip(pred, low, 1)
    return (t * np.log(t / p)).sum(axis=1), np.where(p == pred, -t / p, 0)


def _absolute(t: Array, pred: Array, parameter: Any) -> Pair:
    return np.abs(pred - t), np.sign(pred - t)


def _squared(t: Array, pred: Array, parameter: Any) -> Pair:
    d = pred - t
    return d * d, 2 * d


def _percentage(t: Array, pred: Array, parameter: Any) -> Pair:
    d, size = pred - t, np.maximum(np.abs(t), t.dtype.type(EPSILON))
    return 100 * np.abs(d) / size, 100 * np.sign(d) / size


def _squared_logarithmic(t: Array, pred: Array, parameter: Any) -> Pair:
    low = pred.dtype.type(EPSILON)
    p = np.maximum(pred, low)
    d = np.log1p(p) - np.log1p(np.maximum(t, low))
    return d * d, np.where(pred < low, 0, 2 * d / (1 + p))


def _huber(t: Array, pred: Array, delta: Any) -> Pair:
    d = pred - t
    a = np.abs(d)
    return np.where(a <= delta, 0.5 * d * d, delta * a - 0.5 * delta * delta), np.clip(d, -delta, delta)


def _smooth_l1(t: Array, pred: Array, beta: Any) -> Pair:
    d = pred - t
    a = np.abs(d)
    return np.where(a < beta, 0.5 * d * d / beta, a - 0.5 * beta), np.where(a < beta, d / beta, np.sign(d))


def _log_cosh(t: Array, pred: Array, parameter: Any) -> Pair:
    d = pred - t
    a = np.abs(d)
    return a + np.log1p(np.expm1(-2 * a) / 2), np.tanh(d)


def _poisson(t: Array, pred: Array, parameter: Any) -> Pair:
    p = pred + pred.dtype.type(EPSILON)
    return pred - t * np.log(p), 1 - t / p


def _quantile(t: Array, pred: Array, level: Any) -> Pair:
    d = pred - t
    pull = np.where(d > 0, 1 - level, -level)
    return pull * d, np.abs(np.sign(d)) * pull


def _shortfall(t: Array, pred: Array) -> tuple[Array, Array]:
    """What the product of target and prediction lacks to 1, and the target, a 0 read as -1."""
    t = np.where(t == 0, -1, t)
    return np.maximum(1 - t * pred, 0), t


def _hinge(t: Array, pred: Array, parameter: Any) -> Pair:
    lack, t = _shortfall(t, pred)
    return lack, np.where(lack > 0, -t, 0)


def _squared_hinge(t: Array, pred: Array, parameter: Any) -> Pair:
    lack, t = _shortfall(t, pred)
    return lack * lack, -2 * lack * t


def _categorical_hinge(t: Array, pred: Array, parameter: Any) -> Pair:
    other = (1 - t) * pred
    most = other.max(axis=1, initial=-np.inf, keepdims=True)
    lack = np.maximum(most - row_sum(t * pred) + 1, 0)
    top = other == most
    return lack[:, 0], np.where(lack > 0, (1 - t) * top / np.maximum(row_sum(top), 1) - t, 0)


def _cosine(t: Array, pred: Array, parameter: Any) -> Pair:
    low = pred.dtype.type(EPSILON)
    square = row_sum(pred * pred)
    length = np.maximum(np.sqrt(square), low)
    a, b = pred / length, t / np.maximum(np.sqrt(row_sum(t * t)), low)
    c = row_sum(a * b)
    return -c[:, 0], (np.where(square > low * low, c, 0) * a - b) / length


def _mean(element: Callable[[Array, Array, Any], Pair]) -> Callable[[Array, Array, Any], Pair]:
    """The loss that is the mean over the columns of what the function gives for each element."""

    def loss(t: Array, pred: Array, parameter: Any) -> Pair:
        values, slopes = element(t, pred, parameter)
        return values.sum(axis=1) / _columns(pred), slopes / _columns(pred)

    return loss


LOSSES: dict[str, Callable[[Array, Array, Any], Pair]] = {
    "categorical_crossentropy": _categorical,
    "categorical_crossentropy_logits": _categorical_logits,
    "sparse_categorical_crossentropy": lambda y, pred, parameter: _categorical(_one_hot(y, pred), pred, 0),
    "sparse_categorical_crossentropy_logits": lambda y, pred, parameter: _categorical_logits(
        _one_hot(y, pred), pred, 0
    ),
    "categorical_generalized_cross_entropy": _generalized,
    "binary_crossentropy": _mean(_binary),
    "binary_crossentropy_logits": _mean(_binary_logits),
    "kl_divergence": _divergence,
    "mean_absolute_error": _mean(_absolute),
    "mean_squared_error": _mean(_squared),
    "mean_absolute_percentage_error": _mean(_percentage),
    "mean_squared_logarithmic_error": _mean(_squared_logarithmic),
    "huber": _mean(_huber),
    "smooth_l1": _mean(_smooth_l1),
    "log_cosh": _mean(_log_cosh),
    "poisson": _mean(_poisson),
    "quantile": _mean(_quantile),
    "hinge": _mean(_hinge),
    "squared_hinge": _mean(_squared_hinge),
    "categorical_hinge": _categorical_hinge,
    "cosine_similarity": _cosine,
}


def _first_largest(values: Array) -> Array:
    return values.argmax(axis=1) if values.shape[1] else np.zeros(len(values), np.int64)


METRICS: dict[str, Callable[[Array, Array, Any], Array]] = {
    "categorical_accuracy": lambda t, pred, parameter: _first_largest(t) == _first_largest(pred),
    "sparse_categorical_accuracy": lambda y, pred, parameter: y == _first_largest(pred),
    "binary_accuracy": lambda t, pred, threshold: ((pred > threshold) == t).sum(axis=1) / _columns(pred),
    "mean_absolute_error": lambda t, pred, parameter: np.abs(pred - t).sum(axis=1) / _columns(pred),
    "mean_squared_error": lambda t, pred, parameter: np.square(pred - t).sum(axis=1) / _columns(pred),
}
