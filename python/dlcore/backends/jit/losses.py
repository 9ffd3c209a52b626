"""Losses with their gradients, and metrics, over the rows of a batch.

Every loss kernel has the arguments of ``Backend.loss`` but the name and returns the sum of the values. An empty array
stands for weights or a gradient that is not there, so that one compilation serves every call.
"""

# ruff: noqa: ARG001, PLR0124 - only a NaN differs from itself; kernels of one family share one signature.

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from dlcore.backends.contract import EPSILON, Array
from dlcore.backends.jit.activations import exp_shifted
from dlcore.backends.jit.compilation import kernel
from dlcore.backends.jit.scalars import exp, sigmoid


def _columnwise(name: str) -> Callable[..., float]:
    @kernel
    def loss(
        y_true: Array,
        y_pred: Array,
        sample_weight: Array,
        parameter: float,
        scale: float,
        values: Array,
        grad: Array,
    ) -> float:
        kind = y_pred.dtype.type
        rows, columns = y_pred.shape
        mean = 1.0 / max(columns, 1)
        zero, one, half, number = kind(0), kind(1), kind(0.5), kind(parameter)
        low, high = kind(EPSILON), kind(1 - EPSILON)
        total = 0.0
        for i in range(rows):
            weight = mean * sample_weight[i] if sample_weight.size else mean
            factor = kind(scale * weight)
            row = 0.0
            for j in range(columns):
                v, t = y_pred[i, j], y_true[i, j]
                if name == "binary_crossentropy":
                    t = t * (one - number) + half * number
                    p = min(max(v, low), high) if v == v else v
                    value = -(t * math.log(p) + (one - t) * math.log(one - p))
                    slope = (p - t) / (p * (one - p)) if p == v else zero
                elif name == "binary_crossentropy_logits":
                    t = t * (one - number) + half * number
                    value = max(v, zero) - v * t + math.log1p(exp(-abs(np.float64(v))))
                    slope = kind(sigmoid(v)) - t
                else:
                    d = v - t
                    a = abs(d)
                    sign = one if d > zero else -one if d < zero else d
                    if name == "mean_absolute_error":
                        value, slope = a, sign
                    elif name == "mean_squared_error":
                        value, slope = d * d, d + d
                    elif name == "huber":
                        value = half * d * d if a <= number else number * a - half * number * number
                        slope = d if a <= number else number * sign
                    else:
                        value = half * d * d / number if a < number else a - half * number
                        slope = d / number if a < number else sign
                row += value
                if grad.size:
                    grad[i, j] = factor * slope
            values[i] = weight * row
            total += values[i]
        return total

    return loss


@kernel
def _categorical(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    rows, columns = y_pred.shape
    kind = y_pred.dtype.type
    low, high = kind(EPSILON), kind(1 - EPSILON)
    keep, spread = kind(1 - parameter), kind(parameter / max(columns, 1))
    total = 0.0
    for i in range(rows):
        weight = np.float64(sample_weight[i]) if sample_weight.size else 1.0
        mass = 0.0
        for j in range(columns):
            mass += y_pred[i, j]
        norm = kind(mass)
        value, along = 0.0, 0.0
        for j in range(columns):
            q = y_pred[i, j] / norm
            t = y_true[i, j] * keep + spread
            p = min(max(q, low), high) if q == q else q
            value -= t * math.log(p)
            along -= t if p == q else kind(0)  # q · dvalue/dq
        if grad.size:
            for j in range(columns):
                q = y_pred[i, j] / norm
                t = y_true[i, j] * keep + spread
                slope = -t / q if low <= q <= high else kind(0)
                grad[i, j] = kind(scale * weight) * ((slope - kind(along)) / norm)
        values[i] = weight * value
        total += values[i]
    return total


@kernel
def _sparse_categorical(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    rows, columns = y_pred.shape
    kind = y_pred.dtype.type
    low, high = kind(EPSILON), kind(1 - EPSILON)
    total = 0.0
    for i in range(rows):
        weight = np.float64(sample_weight[i]) if sample_weight.size else 1.0
        mass = 0.0
        for j in range(columns):
            mass += y_pred[i, j]
        norm, label = kind(mass), y_true[i]
        q = y_pred[i, label] / norm
        p = min(max(q, low), high) if q == q else q
        if grad.size:
            # value = -log(pred[label] / sum of pred) where the clip lets it through
            slope = kind(scale * weight) / norm if p == q or q != q else kind(0)
            for j in range(columns):
                grad[i, j] = slope
            grad[i, label] = slope - slope / q if slope != kind(0) else slope
        values[i] = -weight * math.log(p)
        total += values[i]
    return total


@kernel
def _categorical_logits(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    rows, columns = y_pred.shape
    kind = y_pred.dtype.type
    keep, spread = kind(1 - parameter), kind(parameter / max(columns, 1))
    e = grad if grad.size else np.empty_like(y_pred)
    exp_shifted(y_pred, e)
    total = 0.0
    for i in range(rows):
        weight = np.float64(sample_weight[i]) if sample_weight.size else 1.0
        largest, mass, targets, product = kind(-np.inf), 0.0, 0.0, 0.0
        for j in range(columns):
            largest = max(largest, y_pred[i, j])
            mass += e[i, j]
        for j in range(columns):
            t = y_true[i, j] * keep + spread
            targets += t
            product += t * (y_pred[i, j] - largest) if t != kind(0) else kind(0)
        if grad.size:
            share, factor = kind(targets / mass), kind(scale * weight)
            for j in range(columns):
                grad[i, j] = factor * (grad[i, j] * share - (y_true[i, j] * keep + spread))
        values[i] = weight * (targets * math.log(mass) - product)
        total += values[i]
    return total


@kernel
def _sparse_categorical_logits(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    rows, columns = y_pred.shape
    kind = y_pred.dtype.type
    e = grad if grad.size else np.empty_like(y_pred)
    exp_shifted(y_pred, e)
    total = 0.0
    for i in range(rows):
        weight = np.float64(sample_weight[i]) if sample_weight.size else 1.0
        largest, mass, label = kind(-np.inf), 0.0, y_true[i]
        for j in range(columns):
            largest = max(largest, y_pred[i, j])
            mass += e[i, j]
        if grad.size:
            factor = kind(scale * weight)
            share = factor / kind(mass)
            for j in range(columns):
                grad[i, j] *= share
            grad[i, label] -= factor
        values[i] = weight * (math.log(mass) - (y_pred[i, label] - largest))
        total += values[i]
    return total


@kernel
def _first_largest(row: Array) -> int:
    best = 0
    for j in range(1, row.size):
        # As NumPy: a NaN is larger than anything.
        if row[j] > row[best] or (row[j] != row[j] and row[best] == row[best]):
            best = j
    return best


def _metric(name: str) -> Callable[..., float]:
    @kernel
    def metric(y_true: Array, y_pred: Array, sample_weight: Array, parameter: float, values: Array) -> float:
        rows, columns = y_pred.shape
        threshold = y_pred.dtype.type(parameter)
        total = 0.0
        for i in range(rows):
            value = 0.0
            if name == "categorical_accuracy":
                value += _first_largest(y_true[i]) == _first_largest(y_pred[i])
            elif name == "sparse_categorical_accuracy":
                value += y_true[i] == _first_largest(y_pred[i])
            else:
                for j in range(columns):
                    if name == "binary_accuracy":
                        value += (1.0 if y_pred[i, j] > threshold else 0.0) == y_true[i, j]
                    elif name == "mean_absolute_error":
                        value += abs(y_pred[i, j] - y_true[i, j])
                    else:
                        value += (y_pred[i, j] - y_true[i, j]) ** 2
                value /= max(columns, 1)
            if sample_weight.size:
                value *= sample_weight[i]
            values[i] = value
            total += values[i]
        return total

    return metric


_ROWWISE: dict[str, Callable[..., float]] = {
    "categorical_crossentropy": _categorical,
    "categorical_crossentropy_logits": _categorical_logits,
    "sparse_categorical_crossentropy": _sparse_categorical,
    "sparse_categorical_crossentropy_logits": _sparse_categorical_logits,
}
_COLUMNWISE = (
    "binary_crossentropy",
    "binary_crossentropy_logits",
    "mean_absolute_error",
    "mean_squared_error",
    "huber",
    "smooth_l1",
)

LOSS: dict[str, Callable[..., float]] = {**_ROWWISE, **{name: _columnwise(name) for name in _COLUMNWISE}}
METRIC: dict[str, Callable[..., float]] = {
    name: _metric(name)
    for name in (
        "categorical_accuracy",
        "sparse_categorical_accuracy",
        "binary_accuracy",
        "mean_absolute_error",
        "mean_squared_error",
    )
}
