"""Activations: name -> function of (z, alpha), and name -> dz from (dy, z, y, alpha)."""

# ruff: noqa: ARG005 - the functions of a table share one signature.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.backends import special
from dlcore.backends.contract import Array


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


FORWARD: dict[str, Callable[[Array, Any], Array]] = {
    "linear": lambda z, alpha: z,
    "relu": lambda z, alpha: np.maximum(z, 0),
    "leaky_relu": lambda z, alpha: np.where(z > 0, z, alpha * z),
    "sigmoid": lambda z, alpha: sigmoid(z),
    "tanh": lambda z, alpha: np.tanh(z),
    "softplus": lambda z, alpha: softplus(z),
    "elu": lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
    "gelu": lambda z, alpha: special.gelu(z),
    "silu": lambda z, alpha: z * sigmoid(z),
    "softmax": lambda z, alpha: softmax(z),
    "log_softmax": lambda z, alpha: log_softmax(z),
}

BACKWARD: dict[str, Callable[[Array, Any, Array, Any], Array]] = {
    "linear": lambda dy, z, y, alpha: dy,
    "relu": lambda dy, z, y, alpha: np.where(y > 0, dy, 0),
    "leaky_relu": lambda dy, z, y, alpha: np.where(z > 0, dy, alpha * dy),
    "sigmoid": lambda dy, z, y, alpha: dy * (y * (1 - y)),
    "tanh": lambda dy, z, y, alpha: dy * ((1 - y) * (1 + y)),
    "softplus": lambda dy, z, y, alpha: dy * sigmoid(z),
    "elu": lambda dy, z, y, alpha: np.where(z > 0, dy, dy * (alpha * np.exp(np.minimum(z, 0)))),
    "gelu": lambda dy, z, y, alpha: dy * special.gelu_slope(z),
    "silu": lambda dy, z, y, alpha: dy * _silu_slope(z),
    "softmax": lambda dy, z, y, alpha: y * (dy - row_sum(dy * y)),
    "log_softmax": lambda dy, z, y, alpha: dy - np.exp(y) * row_sum(dy),
}
