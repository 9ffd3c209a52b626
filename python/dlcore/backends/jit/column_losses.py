"""Losses that are a sum over the columns. See :mod:`dlcore.backends.jit.losses`."""

# ruff: noqa: PLR0124 - only a NaN differs from itself.
# ruff: noqa: PLR0912, PLR0915 - every name is a branch, of the one form that the compiler can drop.

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from dlcore.backends.contract import EPSILON, Array
from dlcore.backends.jit.compilation import kernel
from dlcore.backends.jit.scalars import exp, expm1, sigmoid, tanh


def column_loss(name: str) -> Callable[..., float]:
    """The kernel of that loss: the mean of its columns, but the sum for the divergence."""

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
        share = 1.0 if name == "kl_divergence" else 1.0 / max(columns, 1)
        zero, one, half, number = kind(0), kind(1), kind(0.5), kind(parameter)
        low, high = kind(EPSILON), kind(1 - EPSILON)
        total = 0.0
        for i in range(rows):
            weight = share * sample_weight[i] if sample_weight.size else share
            factor = kind(scale * weight)
            row = 0.0
            for j in range(columns):
                v, t = y_pred[i, j], y_true[i, j]
                d = v - t
                a = abs(d)
                sign = one if d > zero else -one if d < zero else d
                if name == "binary_crossentropy":
                    t = t * (one - number) + half * number
                    p = min(max(v, low), high) if v == v else v
                    value = -(t * math.log(p) + (one - t) * math.log(one - p))
                    slope = (p - t) / (p * (one - p)) if p == v else zero
                elif name == "binary_crossentropy_logits":
                    t = t * (one - number) + half * number
                    value = max(v, zero) - v * t + math.log1p(exp(-abs(np.float64(v))))
                    slope = kind(sigmoid(v)) - t
                elif name == "kl_divergence":
                    t = min(max(t, low), one) if t == t else t
                    p = min(max(v, low), one) if v == v else v
                    value = t * math.log(t / p)
                    slope = -t / p if p == v else zero
                elif name == "mean_absolute_error":
                    value, slope = a, sign
                elif name == "mean_squared_error":
                    value, slope = d * d, d + d
                elif name == "mean_absolute_percentage_error":
                    size = max(abs(t), low) if t == t else t
                    value, slope = kind(100) * a / size, kind(100) * sign / size
                elif name == "mean_squared_logarithmic_error":
                    p = low if v < low else v
                    difference = math.log1p(p) - math.log1p(low if t < low else t)
                    value = difference * difference
                    slope = zero if v < low else kind(2.0 * difference) / (one + p)
                elif name == "huber":
                    value = half * d * d if a <= number else number * a - half * number * number
                    slope = d if a <= number else number * sign
                elif name == "smooth_l1":
                    value = half * d * d / number if a < number else a - half * number
                    slope = d / number if a < number else sign
                elif name == "log_cosh":
                    value = a + math.log1p(half * expm1(-2.0 * a))
                    slope = kind(tanh(d))
                elif name == "poisson":
                    value, slope = v - t * math.log(v + low), one - t / (v + low)
                elif name == "quantile":
                    pull = one - number if d > zero else -number
                    value, slope = pull * d, abs(sign) * pull
                else:  # the hinges
                    t = -one if t == zero else t
                    lack = one - t * v
                    lack = zero if lack < zero else lack
                    if name == "hinge":
                        value, slope = lack, -t if lack > zero else zero
                    else:
                        value, slope = lack * lack, -(lack + lack) * t
                row += value
                if grad.size:
                    grad[i, j] = factor * slope
            values[i] = weight * row
            total += values[i]
        return total

    return loss
