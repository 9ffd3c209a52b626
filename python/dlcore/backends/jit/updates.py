"""Optimizer steps in one pass, sums of magnitudes, a look for NaN, the weighted average and the permutation."""

# ruff: noqa: PLR0124, PLR0912, PLR0915, PLR1714 - only a NaN differs from itself; `==` and branches are what the
# compiler folds.

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.backends.contract import Array
from dlcore.backends.jit.compilation import kernel
from dlcore.backends.network import Hyper
from dlcore.backends.philox import MULTIPLIERS, ROUNDS, WEYL
from dlcore.backends.stepping import prepared


def numbers(kind: str, hyper: Hyper, dtype: np.dtype[Any]) -> Array:
    """What a step of this kind is computed with, in float64, in the order the kernels take it."""
    n = prepared(kind, hyper, dtype)
    rests = 1 - n.beta_1, 1 - n.beta_2, 1 - n.rho
    return np.array([n.weight_decay, n.learning_rate, n.momentum, n.epsilon, n.rho, *rests, n.l1, n.l2, n.shrinkage])


def _step(name: str) -> Callable[..., None]:
    @kernel
    def step(
        p: Array,
        g: Array,
        first: Any,
        second: Any,
        third: Any,
        numbers: Array,
    ) -> None:
        """One step in place, all 1-D; a kind with fewer slots gets None. ``numbers`` is what :func:`numbers` gives."""
        kind = p.dtype.type
        shrink, lr, mu, eps = kind(numbers[0]), kind(numbers[1]), kind(numbers[2]), kind(numbers[3])
        keep, rest_1, rest_2, rest = kind(numbers[4]), kind(numbers[5]), kind(numbers[6]), kind(numbers[7])
        l1, l2, shrinkage = kind(numbers[8]), kind(numbers[9]), kind(numbers[10])
        for i in range(p.size):
            d = g[i]
            w = p[i] - p[i] * shrink
            if name == "sgd":
                p[i] = w - lr * d
            elif name == "momentum":
                first[i] = mu * first[i] - lr * d
                p[i] = w + first[i]
            elif name == "nesterov":
                first[i] = mu * first[i] - lr * d
                p[i] = w + (mu * first[i] - lr * d)
            elif name == "adagrad":
                first[i] += d * d
                p[i] = w - lr * d / math.sqrt(first[i] + eps)
            elif name == "adam" or name == "adam_amsgrad":
                first[i] += (d - first[i]) * rest_1
                second[i] += (d * d - second[i]) * rest_2
                v = second[i]
                if name == "adam_amsgrad":
                    v = max(third[i], v) if v == v else v
                    third[i] = v
                p[i] = w - first[i] * lr / (math.sqrt(v) + eps)
            elif name == "adamax":
                first[i] += (d - first[i]) * rest_1
                second[i] = max(keep * second[i], abs(d)) if d == d else d
                p[i] = w - first[i] * lr / (second[i] + eps)
            elif name == "nadam":
                first[i] += (d - first[i]) * rest_1
                second[i] += (d * d - second[i]) * rest_2
                p[i] = w - (lr * first[i] + mu * d) / (math.sqrt(second[i]) + eps)
            elif name == "adadelta":
                first[i] = keep * first[i] + rest * (d * d)
                change = math.sqrt(second[i] + eps) * d / math.sqrt(first[i] + eps)
                second[i] = keep * second[i] + rest * (change * change)
                p[i] = w - lr * change
            elif name == "ftrl":
                before = math.sqrt(first[i])
                first[i] += d * d
                after = math.sqrt(first[i])
                z = second[i] + (d + shrinkage * w - (after - before) * lr * w)
                second[i] = z
                p[i] = (max(-l1, min(l1, z)) - z) / (after * lr + l2)
            elif name == "lion":
                way = mu * first[i] + rest_1 * d
                first[i] = keep * first[i] + rest * d
                p[i] = w - (lr if way > 0 else -lr if way < 0 else way)
            else:
                first[i] = keep * first[i] + rest * (d * d)
                denominator = first[i] + eps
                if name == "rmsprop_centered" or name == "rmsprop_centered_momentum":
                    second[i] = keep * second[i] + rest * d
                    denominator -= second[i] * second[i]
                increment = lr * d / math.sqrt(denominator)
                if name == "rmsprop_momentum":
                    increment += mu * second[i]
                    second[i] = increment
                elif name == "rmsprop_centered_momentum":
                    increment += mu * third[i]
                    third[i] = increment
                p[i] = w - increment

    return step


UPDATE: dict[str, Callable[..., None]] = {
    name: _step(name)
    for name in (
        "sgd",
        "momentum",
        "nesterov",
        "adagrad",
        "rmsprop",
        "rmsprop_momentum",
        "rmsprop_centered",
        "rmsprop_centered_momentum",
        "adam",
        "adam_amsgrad",
        "adamax",
        "nadam",
        "adadelta",
        "ftrl",
        "lion",
    )
}


@kernel
def sum_of_absolutes(x: Array) -> float:
    """See ``Backend.sum_of_absolutes``, of one axis."""
    total = 0.0
    for value in x:
        total += abs(value)
    return total


@kernel
def sum_of_squares(x: Array) -> float:
    """See ``Backend.sum_of_squares``, of one axis."""
    total = 0.0
    for value in x:
        wide = np.float64(value)
        total += wide * wide
    return total


@kernel
def all_finite(x: Array) -> bool:
    """See ``Backend.all_finite``; x is 1-D."""
    others = 0
    for i in range(x.size):
        others += not math.isfinite(x[i])
    return others == 0


@kernel
def weighted_average(y: Array, beta: float, bias_correction: bool, out: Array) -> None:
    """See ``Backend.weighted_average``; the recursion runs in float64."""
    s, left = 0.0, 1.0
    for t in range(y.size):
        s = beta * s + (1.0 - beta) * y[t]
        left *= beta
        out[t] = s / (1.0 - left) if bias_correction else s


_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@kernel
def permutation(seed: int, stream: int, out: Array) -> None:
    """See ``Backend.permutation``: the words of :func:`dlcore.backends.philox.words`, a block at a time."""
    for i in range(out.size):
        out[i] = i
    words = np.empty(4, np.uint64)
    for block in range((out.size - 1) // 4, -1, -1):
        c0, c1 = np.uint64(block) & _LOW, np.uint64(block) >> _HALF
        c2, c3 = np.uint64(stream) & _LOW, np.uint64(stream) >> _HALF
        k0, k1 = np.uint64(seed) & _LOW, np.uint64(seed) >> _HALF
        for _ in range(ROUNDS):
            first, second = c0 * np.uint64(MULTIPLIERS[0]), c2 * np.uint64(MULTIPLIERS[1])
            c0, c1, c2, c3 = (second >> _HALF) ^ c1 ^ k0, second & _LOW, (first >> _HALF) ^ c3 ^ k1, first & _LOW
            k0, k1 = (k0 + np.uint64(WEYL[0])) & _LOW, (k1 + np.uint64(WEYL[1])) & _LOW
        words[0], words[1], words[2], words[3] = c0, c1, c2, c3
        for i in range(min(4 * block + 3, out.size - 1), max(4 * block, 1) - 1, -1):
            j = np.int64((words[i - 4 * block] * np.uint64(i + 1)) >> _HALF)
            out[i], out[j] = out[j], out[i]
