"""Numbers made of the numbers along axes (all axes, if None): sums, extremes, moments, products."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.elementary import broadcast_to, cast, exp, multiply, sqrt, square
from dlcore.autodiff.indexing import flip
from dlcore.autodiff.selection import maximum, minimum
from dlcore.autodiff.shapes import concatenate, reshape, transpose
from dlcore.autodiff.tracer import Tensor, apply, as_tensors, register
from dlcore.floats import Array, floatx

Axis = int | Sequence[int] | None


def tupled(axis: Axis) -> int | tuple[int, ...] | None:
    """The axes as NumPy takes them: None, a whole number or a tuple."""
    return axis if axis is None or isinstance(axis, int) else tuple(axis) if isinstance(axis, Sequence) else int(axis)


def kept(x: Tensor, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Tensor:
    """The result of reducing an array of that shape, with the reduced axes put back in length 1."""
    if keepdims:
        return x
    if axis is None:
        return reshape(x, (1,) * len(shape))
    axes = {a % len(shape) for a in (axis if isinstance(axis, Sequence) else (axis,))}
    return reshape(x, tuple(1 if i in axes else length for i, length in enumerate(shape)))


def _spread(g: Tensor, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    """The gradient of a reduction spread over the axes that were reduced."""
    return broadcast_to(kept(g, x.shape, axis, keepdims), x.shape)


# --- Sums ---


def _mean(x: Array, axis: Any, keepdims: bool) -> Any:
    return np.mean(x, axis=axis, keepdims=keepdims, dtype=None if x.dtype.kind == "f" else floatx())


register(
    "sum",
    lambda x, axis, keepdims: np.sum(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims),
)
register(
    "mean",
    _mean,
    lambda g, y, x, axis, keepdims: _spread(g / (x.size / max(y.size, 1)), x, axis, keepdims),
)
register(
    "cumsum", lambda x, axis: np.cumsum(x, axis=axis), lambda g, y, x, axis: flip(cumsum(flip(g, axis), axis), axis)
)


def reduce_sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum over the axes."""
    return apply("sum", x, axis=tupled(axis), keepdims=keepdims)


def reduce_mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean over the axes."""
    return apply("mean", x, axis=tupled(axis), keepdims=keepdims)


def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The sums of the first, the first two, … numbers along the axis (of all numbers in a row, if None)."""
    if dtype is not None:
        x = cast(x, dtype)
    if axis is None:
        return cumsum(reshape(x, (-1,)), 0)
    return apply("cumsum", x, axis=axis)


# --- Extremes ---


def _winners(g: Tensor, y: Tensor, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    """An extreme's gradient, split equally among the places that reach it."""
    reached = x.array == kept(y, x.shape, axis, keepdims).array
    count = np.sum(reached, axis=tupled(axis), keepdims=True)
    return multiply(_spread(g, x, axis, keepdims), (reached / np.maximum(count, 1)).astype(x.dtype))


register("max", lambda x, axis, keepdims: np.max(x, axis=axis, keepdims=keepdims), _winners)
register("min", lambda x, axis, keepdims: np.min(x, axis=axis, keepdims=keepdims), _winners)


def reduce_max(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The largest number over the axes, or initial if none is larger. Several that are equal share its gradient."""
    if initial is not None:
        return maximum(reduce_max(_filled(x, initial), axis, keepdims), initial)
    return apply("max", x, axis=tupled(axis), keepdims=keepdims)


def reduce_min(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The smallest number over the axes, or initial if none is smaller. Several that are equal share its gradient."""
    if initial is not None:
        return minimum(reduce_min(_filled(x, initial), axis, keepdims), initial)
    return apply("min", x, axis=tupled(axis), keepdims=keepdims)


def _filled(x: Any, initial: Any) -> Tensor:
    """X, but one initial number along every axis that has none, for it to be reduced to."""
    (tensor,) = as_tensors(x)
    return tensor if tensor.size else Tensor(np.full([max(n, 1) for n in tensor.shape], initial, tensor.dtype))


# --- Moments ---


def var(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance over the axes: the mean square of the distance from the mean."""
    (x,) = as_tensors(x)
    return reduce_mean(square(x - reduce_mean(x, axis, keepdims=True)), axis, keepdims)


def std(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The standard deviation over the axes, the root of the variance; it has no derivative where it is 0."""
    return sqrt(var(x, axis, keepdims))


# --- Products ---


def _ones(x: Tensor, length: int) -> Array:
    return np.ones((*x.shape[:-1], length), x.dtype)


def prod(x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> Tensor:
    """The product over the axes, in pairs, so that its derivatives hold where numbers are 0 too."""
    (x,) = as_tensors(x) if dtype is None else (cast(x, dtype),)
    axes = sorted({a % max(x.ndim, 1) for a in (range(x.ndim) if axis is None else np.atleast_1d(axis).tolist())})
    left = [i for i in range(x.ndim) if i not in axes]
    shape = tuple(1 if i in axes else n for i, n in enumerate(x.shape)) if keepdims else tuple(x.shape[i] for i in left)
    y = reshape(transpose(x, (*left, *axes)), (*(x.shape[i] for i in left), math.prod(x.shape[i] for i in axes)))
    while y.shape[-1] != 1:
        if y.shape[-1] % 2 or not y.shape[-1]:
            y = concatenate([y, _ones(y, 1)], -1)
            continue
        y = y[..., ::2] * y[..., 1::2]
    return reshape(y, shape)


def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The products of the first, the first two, … numbers along the axis (of all numbers in a row, if None)."""
    (x,) = as_tensors(x) if dtype is None else (cast(x, dtype),)
    if axis is None:
        return cumprod(reshape(x, (-1,)), 0)
    order = [i for i in range(x.ndim) if i != axis % x.ndim] + [axis % x.ndim]
    y, shift = transpose(x, order), 1
    while shift < x.shape[axis]:
        y = y * concatenate([_ones(y, shift), y[..., :-shift]], -1)
        shift *= 2
    return transpose(y, tuple(int(i) for i in np.argsort(order)))


# --- Exponentials summed ---


def _logsumexp(x: Array, axis: Any, keepdims: bool) -> Any:
    x = x if x.dtype.kind == "f" else x.astype(floatx())
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        y = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return y if keepdims else np.squeeze(y, axis=axis if axis is not None else tuple(range(x.ndim)))


def _logsumexp_rule(g: Tensor, y: Tensor, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    whole = kept(y, x.shape, axis, keepdims)
    shares = exp(x - (whole * np.isfinite(whole.array) if np.isfinite(whole.array).all() else _finite(whole)))
    return _spread(g, x, axis, keepdims) * shares


def _finite(y: Tensor) -> Tensor:
    return Tensor(np.where(np.isfinite(y.array), y.array, 0).astype(y.dtype))


register("logsumexp", _logsumexp, _logsumexp_rule)


def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The logarithm of the sum of e^x over the axes, without overflow."""
    return apply("logsumexp", x, axis=tupled(axis), keepdims=keepdims)
