"""Losses and metrics of each row: name -> (value, gradient), or the value, from (targets, prediction, parameter)."""

# ruff: noqa: ARG001, ARG005 - the functions of a table share one signature.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.backends.contract import EPSILON, Array
from dlcore.backends.plain.activations import log_softmax, row_sum, sigmoid


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


def _categorical(t: Array, pred: Array, smoothing: Any) -> tuple[Array, Array]:
    total = row_sum(pred)
    q = pred / total
    p, inside = _clip(q)
    t = _smooth(t, smoothing, 1 / _columns(pred))
    dq = np.where(inside, -t / p, 0)
    return -(t * np.log(p)).sum(axis=1), (dq - row_sum(dq * q)) / total


def _categorical_logits(t: Array, pred: Array, smoothing: Any) -> tuple[Array, Array]:
    log_p = log_softmax(pred)
    t = _smooth(t, smoothing, 1 / _columns(pred))
    # A target of 0 contributes 0 even where the logit is -inf.
    return -np.where(t == 0, 0, t * log_p).sum(axis=1), np.exp(log_p) * row_sum(t) - t


def _binary(t: Array, pred: Array, smoothing: Any) -> tuple[Array, Array]:
    p, inside = _clip(pred)
    t = _smooth(t, smoothing, 0.5)
    loss = -(t * np.log(p) + (1 - t) * np.log(1 - p))
    return loss.sum(axis=1) / _columns(pred), np.where(inside, (p - t) / (p * (1 - p)), 0) / _columns(pred)


def _binary_logits(t: Array, pred: Array, smoothing: Any) -> tuple[Array, Array]:
    t = _smooth(t, smoothing, 0.5)
    loss = np.maximum(pred, 0) - pred * t + np.log1p(np.exp(-np.abs(pred)))
    return loss.sum(axis=1) / _columns(pred), (sigmoid(pred) - t) / _columns(pred)


def _absolute(t: Array, pred: Array, parameter: Any) -> tuple[Array, Array]:
    d = pred - t
    return np.abs(d).sum(axis=1) / _columns(pred), np.sign(d) / _columns(pred)


def _squared(t: Array, pred: Array, parameter: Any) -> tuple[Array, Array]:
    d = pred - t
    return (d * d).sum(axis=1) / _columns(pred), 2 * d / _columns(pred)


def _huber(t: Array, pred: Array, delta: Any) -> tuple[Array, Array]:
    d = pred - t
    a = np.abs(d)
    loss = np.where(a <= delta, 0.5 * d * d, delta * a - 0.5 * delta * delta)
    return loss.sum(axis=1) / _columns(pred), np.clip(d, -delta, delta) / _columns(pred)


def _smooth_l1(t: Array, pred: Array, beta: Any) -> tuple[Array, Array]:
    d = pred - t
    a = np.abs(d)
    loss = np.where(a < beta, 0.5 * d * d / beta, a - 0.5 * beta)
    return loss.sum(axis=1) / _columns(pred), np.where(a < beta, d / beta, np.sign(d)) / _columns(pred)


LOSSES: dict[str, Callable[[Array, Array, Any], tuple[Array, Array]]] = {
    "categorical_crossentropy": _categorical,
    "categorical_crossentropy_logits": _categorical_logits,
    "sparse_categorical_crossentropy": lambda y, pred, parameter: _categorical(_one_hot(y, pred), pred, 0),
    "sparse_categorical_crossentropy_logits": lambda y, pred, parameter: _categorical_logits(
        _one_hot(y, pred), pred, 0
    ),
    "binary_crossentropy": _binary,
    "binary_crossentropy_logits": _binary_logits,
    "mean_absolute_error": _absolute,
    "mean_squared_error": _squared,
    "huber": _huber,
    "smooth_l1": _smooth_l1,
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
