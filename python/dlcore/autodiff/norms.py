"""Lengths of vectors and matrices, and weighted means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.elementary import absolute, multiply, sqrt, square
from dlcore.autodiff.reductions import reduce_max, reduce_mean, reduce_min, reduce_sum, tupled
from dlcore.autodiff.shapes import reshape, transpose
from dlcore.autodiff.tracer import Tensor, as_tensors
from dlcore.floats import floatx

Axis = int | Sequence[int] | None


def _root(x: Tensor) -> Tensor:
    """The square root, whose derivative is taken as 0 where x is 0: the root of a sum of squares has no other."""
    zero = x.array == 0
    return multiply(sqrt(x + zero), ~zero)


def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The norm of a vector (one axis) or a matrix (two axes), by the rules of ``numpy.linalg.norm``.

    Parameters
    ----------
    ord : None, "fro", inf, -inf or a number
        None is the root of the sum of squares over whatever axes there are. A matrix has "fro", 1, -1, inf and -inf.

    Raises
    ------
    ValueError
        If there is no such norm for so many axes.
    """
    (x,) = as_tensors(x)
    x = x if x.dtype.kind == "f" else x.astype(floatx())
    axes = tuple(range(x.ndim)) if axis is None else tuple(range(x.ndim)[i] for i in np.atleast_1d(axis))
    if ord is None or (ord in ("fro", 2) and len(axes) == (2 if ord == "fro" else 1)):
        return _root(reduce_sum(square(x), axes, keepdims))
    if len(axes) == 1 and isinstance(ord, (int, float)):
        return _vector_norm(x, float(ord), axes[0], keepdims)
    if len(axes) == 2 and ord in (1, -1, np.inf, -np.inf):
        summed, chosen = axes if abs(ord) == 1 else axes[::-1]
        extreme = reduce_max if ord > 0 else reduce_min
        y = extreme(reduce_sum(absolute(x), summed, keepdims=True), chosen, keepdims=True)
        return y if keepdims else reshape(y, tuple(n for i, n in enumerate(x.shape) if i not in axes))
    raise ValueError(f"norm has no ord={ord!r} over {len(axes)} axes")


def _vector_norm(x: Tensor, order: float, axis: int, keepdims: bool) -> Tensor:
    size = absolute(x)
    if np.isinf(order):
        return (reduce_max if order > 0 else reduce_min)(size, axis, keepdims)
    if order == 0:
        return reduce_sum((x.array != 0).astype(x.dtype), axis, keepdims)
    if order == 1:
        return reduce_sum(size, axis, keepdims)
    total: Tensor = reduce_sum(size**order, axis, keepdims) ** (1 / order)
    return total


def average(x: Any, axis: Axis = None, weights: Any = None) -> Tensor:
    """The mean over the axes, each number counting by its weight.

    Parameters
    ----------
    weights : array, optional
        Of the shape of x, or of its axes.

    Raises
    ------
    ValueError
        If the weights have another shape.
    """
    if weights is None:
        return reduce_mean(x, axis)
    x, weight = as_tensors(x, weights)
    if weight.shape != x.shape:
        axes = [] if axis is None else [range(x.ndim)[a] for a in np.atleast_1d(axis)]
        if weight.shape != tuple(x.shape[a] for a in axes):
            raise ValueError(f"weights must have the shape of x, {x.shape}, or of its axes; got {weight.shape}")
        ascending = transpose(weight, [axes.index(a) for a in sorted(axes)])
        weight = reshape(ascending, [n if i in axes else 1 for i, n in enumerate(x.shape)])
        return reduce_sum(x * weight, tuple(axes)) / reduce_sum(weight)
    return reduce_sum(x * weight, tupled(axis)) / reduce_sum(weight, tupled(axis))
