"""Activations that mix the numbers along an axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.activations.on_tape import axes_of, finished, floating, replaced
from dlcore.autodiff import Tensor

Axis = int | Sequence[int] | None


def _over_rows(x: Any, axis: Axis, function: Callable[[Tensor], Tensor]) -> Tensor:
    """The function, which runs over the last axis, run over the given one, or over several taken as one."""
    x, dtype = floating(x)
    axes = axes_of(axis, x.ndim)
    if axes == (x.ndim - 1,):
        return finished(function(x), dtype)
    order = (*(a for a in range(x.ndim) if a not in axes), *axes)
    moved = autodiff.transpose(x, order)
    length = math.prod(x.shape[a] for a in axes)
    rows = autodiff.reshape(moved, (*moved.shape[: x.ndim - len(axes)], length))
    y = autodiff.reshape(function(rows), moved.shape)
    return finished(autodiff.transpose(y, tuple(int(a) for a in np.argsort(order))), dtype)


def softmax(x: Any, axis: Axis = -1) -> Tensor:
    """Softmax: e^x over its sum along the axis (or over several, or all: None), which gives probabilities.

    Raises
    ------
    ValueError
        If x has no such axis.
    """
    return _over_rows(x, axis, lambda rows: autodiff.activation(rows, "softmax"))


def log_softmax(x: Any, axis: Axis = -1) -> Tensor:
    """The logarithm of :func:`softmax`, without its underflow."""
    return _over_rows(x, axis, lambda rows: autodiff.activation(rows, "log_softmax"))


def sparsemax(x: Any, axis: int = -1) -> Tensor:
    """The nearest probabilities to x along the axis: max(x - τ, 0), with τ such that they sum to 1.

    Source: Martins and Astudillo, ICML 2016.
    """
    return _over_rows(x, axis, _sparsemax)


def _sparsemax(x: Tensor) -> Tensor:
    """What is not zero is shifted by its mean's excess over 1; which that is changes only where the slope does."""
    if x.size == 0:
        return x
    z = x.array
    falling = -np.sort(-z, axis=-1)
    with np.errstate(invalid="ignore"):  # -inf - -inf among what is left out anyway
        tau = (np.cumsum(falling, axis=-1) - 1) / np.arange(1, z.shape[-1] + 1)
        count = np.sum(falling > tau, axis=-1, keepdims=True)
    least = np.take_along_axis(falling, np.maximum(count - 1, 0), axis=-1)
    outside = z < least
    kept = replaced(x, outside, 0.0)
    shift = (autodiff.reduce_sum(kept, axis=-1, keepdims=True) - 1) / np.sum(~outside, axis=-1, keepdims=True)
    return replaced(x - shift, outside, 0.0)


def glu(x: Any, axis: int = -1) -> Tensor:
    """Gated linear unit: the first half of x along the axis times the sigmoid of the second.

    Raises
    ------
    ValueError
        If the axis has an odd length. Source: Dauphin et al., ICML 2017.
    """
    x, dtype = floating(x)
    (place,) = axes_of(axis, x.ndim)
    half, odd = divmod(x.shape[place], 2)
    if odd:
        raise ValueError(f"axis size must be divisible by 2. Received: x.shape={x.shape} with axis={axis}")
    first, second = [slice(None)] * x.ndim, [slice(None)] * x.ndim
    first[place], second[place] = slice(half), slice(half, None)
    return finished(x[tuple(first)] * autodiff.activation(x[tuple(second)], "sigmoid"), dtype)
