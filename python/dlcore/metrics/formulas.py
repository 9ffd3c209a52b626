"""TEMPORARY until dlcore.losses has these."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.floats import Array, floatx
from dlcore.metrics.arrays import aligned


def _p(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    t, p = aligned(y_true, y_pred)
    p = p if p.dtype.kind == "f" else p.astype(floatx())
    return t.astype(p.dtype), p


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    t, p = _p(y_true, y_pred)
    return 100 * np.mean(np.abs((t - p) / np.maximum(np.abs(t), 1e-7)), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    t, p = _p(y_true, y_pred)
    return np.mean(np.square(np.log(np.maximum(p, 1e-7) + 1) - np.log(np.maximum(t, 1e-7) + 1)), axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    t, p = _p(y_true, y_pred)
    d = p - t
    return np.mean(np.logaddexp(d, -d) - np.log(2.0), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    t, p = _p(y_true, y_pred)
    return np.mean(p - t * np.log(p + 1e-7), axis=-1)


def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    t, p = _p(y_true, y_pred)
    t, p = np.clip(t, 1e-7, 1), np.clip(p, 1e-7, 1)
    return np.sum(t * np.log(t / p), axis=-1)


def _s(t: Array) -> Array:
    return np.where((t == 0) | (t == 1), 2 * t - 1, t) if np.isin(t, (0, 1)).all() else t


def hinge(y_true: Any, y_pred: Any) -> Any:
    t, p = _p(y_true, y_pred)
    return np.mean(np.maximum(1 - _s(t) * p, 0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    t, p = _p(y_true, y_pred)
    return np.mean(np.square(np.maximum(1 - _s(t) * p, 0)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    t, p = _p(y_true, y_pred)
    return np.maximum(0, np.max((1 - t) * p, axis=-1) - np.sum(t * p, axis=-1) + 1)
