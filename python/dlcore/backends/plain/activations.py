"""Activations: name -> function of (z, alpha), and name -> dz from (dy, z, y, alpha)."""

# ruff: noqa: ARG005 - the functions of a table share one signature.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.backends import special
from dlcore.backends.contract import Array
from dlcore.backends.special import GELU_FIRST, GELU_THIRD, SELU_ALPHA, SELU_SCALE


def sigmoid(z: Array) -> Any:
    """1 / (1 + exp(-z)), from the side on which nothing overflows."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def softplus(z: Array) -> Any:
    """ln(1 + exp(z))."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def log_softmax(z: Array) -> Any:
    """The logarithm of softmax over each row."""
    shifted = z - z.max(axis=1, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(z: Array) -> Any:
    """exp(z) over its sum in each row."""
    e = np.exp(z - z.max(axis=1, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=1, keepdims=True)


def row_sum(values: Array) -> Any:
    """The sum of each row, as a column."""
    return values.sum(axis=1, keepdims=True)


def _silu_slope(z: Array) -> Any:
    s = sigmoid(z)
    return s * (1 + z * (1 - s))


def _selu(z: Array) -> Any:
    return np.where(z > 0, SELU_SCALE * z, SELU_SCALE * SELU_ALPHA * np.expm1(np.minimum(z, 0)))


def _gelu_tanh(z: Array) -> Any:
    return z * sigmoid(z * (GELU_FIRST + GELU_THIRD * z * z))


def _gelu_tanh_slope(z: Array) -> Any:
    # As the slope at -|z| or 1 less it, since 1 - s cancels above 0; beyond 30 s has vanished, squares may overflow.
    t = -np.minimum(np.abs(z), 30)
    s = sigmoid(t * (GELU_FIRST + GELU_THIRD * t * t))
    slope = s * (1 + t * (GELU_FIRST + 3 * GELU_THIRD * t * t) * (1 - s))
    return np.where(z > 0, 1 - slope, slope)


def _tanh_softplus(z: Array) -> Any:
    e = np.exp(np.minimum(z, 20))  # from there on the quotient is 1
    n = e * (e + 2)
    return n / (n + 2)


def _mish_slope(z: Array) -> Any:
    t = _tanh_softplus(z)
    return t + z * sigmoid(z) * (1 - t * t)


def _squareplus(z: Array, b: Any) -> Any:
    q = (np.abs(z) + np.sqrt(z * z + b)) / 2
    return np.where(z < 0, b / 4 / q, q)


def _sparse_plus(z: Array) -> Any:
    return np.where(z >= 1, z, np.square(np.maximum((z + 1) / 2, 0)))


def _soft_shrink(z: Array, threshold: Any) -> Any:
    inner = np.where(np.isnan(z), z, 0)
    return np.where(z > threshold, z - threshold, np.where(z < -threshold, z + threshold, inner))


def _hard_sigmoid(z: Array) -> Any:
    return np.clip(z + 3, 0, 6) / 6


FORWARD: dict[str, Callable[[Array, Any], Array]] = {
    "linear": lambda z, alpha: z,
    "relu": lambda z, alpha: np.maximum(z, 0),
    "relu6": lambda z, alpha: np.clip(z, 0, 6),
    "sigmoid": lambda z, alpha: sigmoid(z),
    "tanh": lambda z, alpha: np.tanh(z),
    "selu": lambda z, alpha: _selu(z),
    "softsign": lambda z, alpha: z / (1 + np.abs(z)),
    "exponential": lambda z, alpha: np.exp(z),
    "sparse_sigmoid": lambda z, alpha: np.clip((z + 1) / 2, 0, 1),
    "soft_shrink": _soft_shrink,
    "hard_shrink": lambda z, threshold: np.where(np.abs(z) <= threshold, 0, z),
    "hard_tanh": lambda z, alpha: np.clip(z, -1, 1),
    "hard_sigmoid": lambda z, alpha: _hard_sigmoid(z),
    "leaky_relu": lambda z, alpha: np.where(z > 0, z, alpha * z),
    "softplus": lambda z, alpha: softplus(z),
    "elu": lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
    "celu": lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0) / alpha)),
    "gelu": lambda z, alpha: special.gelu(z),
    "gelu_tanh": lambda z, alpha: _gelu_tanh(z),
    "silu": lambda z, alpha: z * sigmoid(z),
    "mish": lambda z, alpha: z * _tanh_softplus(z),
    "squareplus": _squareplus,
    "sparse_plus": lambda z, alpha: _sparse_plus(z),
    "tanh_shrink": lambda z, alpha: z - np.tanh(z),
    "hard_silu": lambda z, alpha: z * _hard_sigmoid(z),
    "log_sigmoid": lambda z, alpha: -softplus(-z),
    "softmax": lambda z, alpha: softmax(z),
    "log_softmax": lambda z, alpha: log_softmax(z),
}

BACKWARD: dict[str, Callable[[Array, Any, Array, Any], Array]] = {
    "linear": lambda dy, z, y, alpha: dy,
    "relu": lambda dy, z, y, alpha: np.where(y > 0, dy, 0),
    "relu6": lambda dy, z, y, alpha: np.where((y > 0) & (y < 6), dy, 0),
    "sigmoid": lambda dy, z, y, alpha: dy * (y * (1 - y)),
    "tanh": lambda dy, z, y, alpha: dy * ((1 - y) * (1 + y)),
    "selu": lambda dy, z, y, alpha: dy * np.where(y > 0, SELU_SCALE, y + SELU_SCALE * SELU_ALPHA),
    "softsign": lambda dy, z, y, alpha: dy * np.square(1 - np.abs(y)),
    "exponential": lambda dy, z, y, alpha: dy * y,
    "sparse_sigmoid": lambda dy, z, y, alpha: np.where((y > 0) & (y < 1), dy / 2, 0),
    "soft_shrink": lambda dy, z, y, alpha: np.where(y == 0, 0, dy),
    "hard_shrink": lambda dy, z, y, alpha: np.where(y == 0, 0, dy),
    "hard_tanh": lambda dy, z, y, alpha: np.where(np.abs(y) < 1, dy, 0),
    "hard_sigmoid": lambda dy, z, y, alpha: np.where((y > 0) & (y < 1), dy / 6, 0),
    "leaky_relu": lambda dy, z, y, alpha: np.where(z > 0, dy, alpha * dy),
    "softplus": lambda dy, z, y, alpha: dy * sigmoid(z),
    "elu": lambda dy, z, y, alpha: np.where(z > 0, dy, dy * (alpha * np.exp(np.minimum(z, 0)))),
    "celu": lambda dy, z, y, alpha: np.where(z > 0, dy, dy * np.exp(np.minimum(z, 0) / alpha)),
    "gelu": lambda dy, z, y, alpha: dy * special.gelu_slope(z),
    "gelu_tanh": lambda dy, z, y, alpha: dy * _gelu_tanh_slope(z),
    "silu": lambda dy, z, y, alpha: dy * _silu_slope(z),
    "mish": lambda dy, z, y, alpha: dy * _mish_slope(z),
    "squareplus": lambda dy, z, y, b: dy * ((1 + z / np.sqrt(z * z + b)) / 2),
    "sparse_plus": lambda dy, z, y, alpha: dy * np.clip((z + 1) / 2, 0, 1),
    "tanh_shrink": lambda dy, z, y, alpha: dy * np.square(np.tanh(z)),
    "hard_silu": lambda dy, z, y, alpha: dy * np.where(z >= 3, 1, np.where(z <= -3, 0, z / 3 + 0.5)),
    "log_sigmoid": lambda dy, z, y, alpha: dy * sigmoid(-z),
    "softmax": lambda dy, z, y, alpha: y * (dy - row_sum(dy * y)),
    "log_softmax": lambda dy, z, y, alpha: dy - np.exp(y) * row_sum(dy),
}
