"""Losses that mix the columns of a row: the categorical ones and the cosine. See :mod:`dlcore.backends.jit.losses`."""

# ruff: noqa: ARG001, PLR0124 - only a NaN differs from itself; kernels of one family share one signature.

from __future__ import annotations

import math

import numpy as np

from dlcore.backends.contract import EPSILON, Array
from dlcore.backends.jit.activations import exp_shifted
from dlcore.backends.jit.compilation import kernel
from dlcore.backends.jit.scalars import exp, expm1


@kernel
def categorical(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    """Sum of -t log p, p the prediction divided by its sum and clipped."""
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
def sparse_categorical(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    """Minus log p of the label."""
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
def categorical_logits(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    """Sum of -t log softmax(z)."""
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
def sparse_categorical_logits(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    """Minus log softmax(z) of the label."""
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
def generalized(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    """The generalized entropy (1 - p^q) / q of the label; the derivative stays that at EPSILON where p is below it."""
    rows, columns = y_pred.shape
    kind = y_pred.dtype.type
    total = 0.0
    for i in range(rows):
        weight = np.float64(sample_weight[i]) if sample_weight.size else 1.0
        label = y_true[i]
        p = np.float64(y_pred[i, label])
        if grad.size:
            for j in range(columns):
                grad[i, j] = kind(0)
            bounded = max(p, EPSILON) if p == p else p
            grad[i, label] = -scale * weight * exp((parameter - 1.0) * math.log(bounded))
        values[i] = -weight * expm1(parameter * math.log(p)) / parameter
        total += values[i]
    return total


@kernel
def categorical_hinge(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    """Hinge max(1 + the largest (1 - t) p - Σ t p, 0); columns largest together share its gradient."""
    rows, columns = y_pred.shape
    kind = y_pred.dtype.type
    one = kind(1)
    total = 0.0
    for i in range(rows):
        weight = np.float64(sample_weight[i]) if sample_weight.size else 1.0
        most, right, ties = kind(-np.inf), 0.0, 0
        for j in range(columns):
            t, p = y_true[i, j], y_pred[i, j]
            wrong = (one - t) * p
            right += t * p
            if wrong > most:
                most, ties = wrong, 0
            ties += wrong == most
        lack = most - right + 1.0
        lack = 0.0 if lack < 0.0 else lack  # a NaN stays
        if grad.size:
            factor = kind(scale * weight if lack > 0.0 else 0.0)
            for j in range(columns):
                t, p = y_true[i, j], y_pred[i, j]
                share = (one - t) / kind(ties) if (one - t) * p == most else kind(0)
                grad[i, j] = factor * (share - t)
        values[i] = weight * lack
        total += values[i]
    return total


@kernel
def cosine(
    y_true: Array,
    y_pred: Array,
    sample_weight: Array,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array,
) -> float:
    """Minus the cosine of the angle between target and prediction, norms being at least EPSILON."""
    rows, columns = y_pred.shape
    kind = y_pred.dtype.type
    total = 0.0
    for i in range(rows):
        weight = np.float64(sample_weight[i]) if sample_weight.size else 1.0
        product, target, square = 0.0, 0.0, 0.0
        for j in range(columns):
            t, p = np.float64(y_true[i, j]), np.float64(y_pred[i, j])
            product += t * p
            target += t * t
            square += p * p
        length, reach = max(math.sqrt(square), EPSILON), max(math.sqrt(target), EPSILON)
        cosine = product / (length * reach)
        if grad.size:
            turning = cosine / length if square > EPSILON * EPSILON else 0.0
            factor = scale * weight / length
            for j in range(columns):
                grad[i, j] = kind(factor * (turning * y_pred[i, j] - y_true[i, j] / reach))
        values[i] = -weight * cosine
        total += values[i]
    return total
