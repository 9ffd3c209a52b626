"""Sums, means, extremes and the like over axes."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.arithmetic import clip, where
from dlcore.autodiff.broadcasting import broadcast_to, cast, floating
from dlcore.autodiff.elementary import exp, sqrt, square
from dlcore.autodiff.indexing import sort
from dlcore.autodiff.seam import function, register
from dlcore.autodiff.shapes import concatenate, flip, moveaxis, places, reshape, transpose
from dlcore.autodiff.tracer import Tensor, apply, as_tensors
from dlcore.floats import Array, floatx

Axis = int | Sequence[int] | None


def _axes(axis: Axis) -> int | tuple[int, ...] | None:
    """The axis as NumPy takes it."""
    return axis if axis is None or isinstance(axis, (int, np.integer)) else tuple(axis)


def _kept(y: Tensor, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    """The result of a reduction (or its gradient) with the axes that were reduced back, of length 1."""
    if axis is None:
        return reshape(y, (1,) * x.ndim)
    if keepdims:
        return y
    reduced = places(axis, x.ndim)
    return reshape(y, tuple(1 if i in reduced else length for i, length in enumerate(x.shape)))


def _spread(g: Tensor, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    """The gradient of a reduction spread over the axes that were reduced."""
    return broadcast_to(_kept(g, x, axis, keepdims), x.shape)


# --- Sums ---

register(
    "sum",
    lambda x, axis, keepdims: np.sum(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims),
)
register(
    "mean",
    lambda x, axis, keepdims: np.mean(floating(x), axis=axis, keepdims=keepdims),
    lambda g, y, x, axis, keepdims: _spread(g / (x.size / (y.size or 1)), x, axis, keepdims),
)
register("cumsum", np.cumsum, lambda g, y, x, axis: flip(cumsum(flip(g, axis), axis), axis))


@function
def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum over the axes (all, if None)."""
    return apply("sum", x, axis=_axes(axis), keepdims=keepdims)


@function
def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean over the axes (all, if None)."""
    return apply("mean", x, axis=_axes(axis), keepdims=keepdims)


@function
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The running sum along the axis (of all elements in a row, if None), in a dtype."""
    (x,) = as_tensors(x)
    x = x if dtype is None else cast(x, dtype)
    return apply("cumsum", reshape(x, (-1,)), axis=0) if axis is None else apply("cumsum", x, axis=axis)


@function
def average(x: Any, axis: Axis = None, weights: Any = None) -> Tensor:
    """The mean over the axes, with a weight for each element or, along one axis, for each place.

    Raises
    ------
    ValueError
        If the weights have neither the shape of x nor, in their order, the lengths of the axes.
    """
    if weights is None:
        return mean(x, axis)
    x, w = as_tensors(x, weights)
    if w.shape != x.shape:
        along = () if axis is None else places(axis, x.ndim)
        if w.shape != tuple(x.shape[a] for a in along):
            raise ValueError(f"weights must have the shape {x.shape} of x, or the lengths of the axes; got {w.shape}")
        w = transpose(w, [along.index(a) for a in sorted(along)])
        w = broadcast_to(_kept(w, x, [i for i in range(x.ndim) if i not in along], False), x.shape)
    return sum(x * w, axis) / sum(w, axis)


# --- Products ---


def _product_rule(g: Tensor, y: Tensor, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    """The product of all the others: y / x, but where there are zeros it is multiplied out."""
    spread = _spread(g, x, axis, keepdims)
    if np.all(x.array != 0):
        return spread * (_kept(y, x, axis, keepdims) / x)
    reduced = places(range(x.ndim) if axis is None else axis, x.ndim)
    order = (*(i for i in range(x.ndim) if i not in reduced), *reduced)
    moved = apply("transpose", x, axes=order)
    kept = moved.shape[: x.ndim - len(reduced)]
    rows = reshape(moved, (*kept, 1, math.prod(moved.shape[len(kept) :])))
    others = prod(where(np.eye(rows.shape[-1], dtype=bool), np.ones((), x.dtype), rows), axis=-1)
    inverse = tuple(int(i) for i in np.argsort(order))
    return spread * apply("transpose", reshape(others, moved.shape), axes=inverse)


register("prod", lambda x, axis, keepdims: np.prod(x, axis=axis, keepdims=keepdims), _product_rule)


@function
def prod(x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> Tensor:
    """The product over the axes (all, if None), in a dtype."""
    x = x if dtype is None else cast(x, dtype)
    return apply("prod", x, axis=_axes(axis), keepdims=keepdims)


@function
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The running product along the axis (of all elements in a row, if None), in a dtype.

    By doubling: what stands 1, 2, 4, … places before is multiplied in, so that zeros have gradients too.
    """
    run: Tensor = as_tensors(x)[0] if dtype is None else cast(x, dtype)
    if axis is None:
        return cumprod(reshape(run, (-1,)), 0)
    y, shift = moveaxis(run, axis, -1), 1
    while shift < y.shape[-1]:
        ones = np.ones((*y.shape[:-1], shift), y.dtype)
        y = y * concatenate([ones, y[..., :-shift]], -1)
        shift *= 2
    return moveaxis(y, -1, axis)


# --- Extremes: what ties shares the gradient equally ---


def _extreme_rule(g: Tensor, y: Tensor, x: Tensor, axis: Axis, keepdims: bool, initial: Any) -> Tensor:
    extreme = np.asarray(_kept(Tensor(y.array), x, axis, keepdims).array)
    hit = (x.array == extreme).astype(g.dtype)
    count = np.sum(hit, axis=axis, keepdims=True)
    if initial is not None:  # it ties too, or wins
        count = count + (extreme == initial)
    shared: Tensor = _spread(g, x, axis, keepdims) * (hit / np.maximum(count, 1)).astype(g.dtype)
    return shared


def _extreme(ufunc: np.ufunc) -> Any:
    def forward(x: Array, axis: Any, keepdims: bool, initial: Any) -> Any:
        return ufunc.reduce(x, axis=axis, keepdims=keepdims, **({} if initial is None else {"initial": initial}))

    return forward


register("max", _extreme(np.maximum), _extreme_rule)
register("min", _extreme(np.minimum), _extreme_rule)


@function
def max(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The largest element over the axes (all, if None), and at least ``initial``; ties share the gradient equally."""
    return apply("max", x, axis=_axes(axis), keepdims=keepdims, initial=initial)


@function
def min(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The smallest element over the axes (all, if None), and at most ``initial``; ties share the gradient equally."""
    return apply("min", x, axis=_axes(axis), keepdims=keepdims, initial=initial)


@function
def median(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The middle of the elements over the axes (all, if None) in order; the mean of the two in the middle."""
    (x,) = as_tensors(x)
    x = x if x.dtype.kind == "f" else cast(x, floatx())
    axes = places(range(x.ndim) if axis is None else axis, x.ndim)
    moved = apply("transpose", x, axes=(*(i for i in range(x.ndim) if i not in axes), *axes))
    rows = sort(reshape(moved, (*moved.shape[: x.ndim - len(axes)], -1)))
    n = rows.shape[-1]
    found = (rows[..., (n - 1) // 2] + rows[..., n // 2]) / 2
    return _kept(found, x, axes, False) if keepdims else found


# --- Spread ---


@function
def var(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance over the axes (all, if None): the mean of the squared distance from the mean."""
    (x,) = as_tensors(x)
    return mean(square(x - mean(x, axis, keepdims=True)), axis, keepdims)


@function
def std(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The standard deviation over the axes (all, if None)."""
    return sqrt(var(x, axis, keepdims))


@function
def moments(x: Any, axes: Axis, keepdims: bool = False, synchronized: bool = False) -> tuple[Tensor, Tensor]:
    """Mean and variance over the axes; ``synchronized`` (over replicas) must be False."""
    if synchronized:
        raise NotImplementedError("synchronized=True needs several replicas; there is one")
    (x,) = as_tensors(x)
    if x.dtype != np.float16:
        return mean(x, axes, keepdims), var(x, axes, keepdims)
    wide = cast(x, np.float32)  # squares overflow soon
    limits = np.finfo(x.dtype)
    found = (clip(f(wide, axes, keepdims), limits.min, limits.max) for f in (mean, var))
    return cast(next(found), x.dtype), cast(next(found), x.dtype)


# --- Norms ---


def _norm2_rule(g: Tensor, y: Tensor, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    length = _kept(y, x, axis, keepdims)
    direction: Tensor = x / where(length == 0, np.ones((), x.dtype), length)
    return _spread(g, x, axis, keepdims) * direction


register(
    "norm2",
    lambda x, axis, keepdims: np.sqrt(np.sum(np.square(floating(x)), axis=axis, keepdims=keepdims)),
    _norm2_rule,
)


def norm2(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The root of the sum of squares over the axes (all, if None); its gradient at 0 is 0."""
    return apply("norm2", x, axis=_axes(axis), keepdims=keepdims)


# --- Exponentials ---


def _logsumexp(x: Array, axis: Any, keepdims: bool) -> Any:
    x = floating(x)
    top = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, np.zeros((), x.dtype))
    with np.errstate(divide="ignore"):
        result = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return result if keepdims else np.squeeze(result, axis=axis)


register(
    "logsumexp",
    _logsumexp,
    lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims) * exp(x - _kept(y, x, axis, keepdims)),
)


@function
def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The logarithm of the sum of e^x over the axes (all, if None), without overflow."""
    return apply("logsumexp", x, axis=_axes(axis), keepdims=keepdims)
