"""Sums, extremes, moments and norms along axes, as ``keras.ops`` names them; see :mod:`dlcore.ops`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.autodiff.arraylike import plain
from dlcore.autodiff.reductions import tupled
from dlcore.autodiff.tracer import as_tensors
from dlcore.backends.contract import EPSILON
from dlcore.ops.polymorphic import polymorphic

__all__ = [
    "all",
    "amax",
    "amin",
    "any",
    "average",
    "count_nonzero",
    "cumprod",
    "cumsum",
    "logsumexp",
    "max",
    "mean",
    "median",
    "min",
    "moments",
    "norm",
    "normalize",
    "prod",
    "ptp",
    "quantile",
    "std",
    "sum",
    "var",
]

Axis = int | Sequence[int] | None

sum = polymorphic(autodiff.sum)
mean = polymorphic(autodiff.mean)
max = amax = polymorphic(autodiff.max)
min = amin = polymorphic(autodiff.min)
var = polymorphic(autodiff.var)
std = polymorphic(autodiff.std)
prod = polymorphic(autodiff.prod)
cumsum = polymorphic(autodiff.cumsum)
cumprod = polymorphic(autodiff.cumprod)
logsumexp = polymorphic(autodiff.logsumexp)
norm = polymorphic(autodiff.norm)
average = polymorphic(autodiff.average)


@polymorphic
def moments(x: Any, axes: Axis, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """Mean and variance over the axes."""
    return autodiff.mean(x, axes, keepdims), autodiff.var(x, axes, keepdims)


@polymorphic
def normalize(x: Any, axis: int = -1, order: float = 2, epsilon: float | None = None) -> Tensor:
    """X over its norm along the axis, or over epsilon (1e-7 if None) where the norm is smaller."""
    length = autodiff.norm(x, order, axis, keepdims=True)
    return autodiff.divide(x, autodiff.maximum(length, EPSILON if epsilon is None else epsilon))


def _over(function: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    return function(as_tensors(x)[0].array, axis=tupled(axis), keepdims=keepdims)


@polymorphic
def any(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether any number over the axes is not 0."""
    return _over(np.any, x, axis, keepdims)


@polymorphic
def all(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether no number over the axes is 0."""
    return _over(np.all, x, axis, keepdims)


@polymorphic
def count_nonzero(x: Any, axis: Axis = None) -> Any:
    """How many numbers over the axes are not 0."""
    return _over(np.count_nonzero, x, axis, False)


@polymorphic
def median(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The middle number over the axes in ascending order, or the mean of the middle two."""
    return quantile(x, 0.5, axis=axis, keepdims=keepdims)


@polymorphic
def quantile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Any:
    """The number below which a share q of the numbers over the axes lies.

    Parameters
    ----------
    q : float from 0 to 1, or an array of them
        The shares; an array's axes come first in the result.
    method : "linear", "lower", "higher", "midpoint" or "nearest"
        What is taken where the place lies between two numbers.

    Raises
    ------
    ValueError
        If q is out of range or the method unknown.
    """
    (x,) = as_tensors(x)
    x = x if x.dtype.kind == "f" else x.astype(np.float32)
    rounding = {"linear": None, "midpoint": None, "lower": np.floor, "higher": np.ceil, "nearest": np.round}
    if np.ndim(plain(q)):
        each = [quantile(x, float(v), axis, method, keepdims) for v in np.ravel(plain(q))]
        stacked = autodiff.stack(each)
        return autodiff.reshape(stacked, np.shape(plain(q)) + stacked.shape[1:])
    q = float(q)
    if not 0 <= q <= 1:
        raise ValueError(f"q must be from 0 to 1; got {q}")
    if method not in rounding:
        raise ValueError(f"method must be one of {', '.join(rounding)}; got {method!r}")
    axes = tuple(range(x.ndim)[a] for a in (range(x.ndim) if axis is None else np.atleast_1d(axis)))
    left = [i for i in range(x.ndim) if i not in axes]
    rows = autodiff.reshape(autodiff.transpose(x, (*left, *axes)), (*(x.shape[i] for i in left), -1))
    ordered = autodiff.sort(rows, -1)
    place = q * (rows.shape[-1] - 1)
    function = rounding[method]
    if function is not None:
        y = ordered[..., int(function(place))]
    else:
        low = int(place)
        share = 0.5 * (place > low) if method == "midpoint" else place - low
        y = ordered[..., low] + share * (ordered[..., int(np.ceil(place))] - ordered[..., low])
    kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    return autodiff.reshape(y, kept) if keepdims else y


@polymorphic
def ptp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The largest number over the axes less the smallest."""
    return autodiff.subtract(autodiff.max(x, axis, keepdims), autodiff.min(x, axis, keepdims))
