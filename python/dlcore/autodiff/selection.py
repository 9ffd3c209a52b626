"""Choices among numbers: the larger, the smaller, one or the other by a condition. Ties share a gradient equally."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.autodiff.arraylike import plain
from dlcore.autodiff.elementary import like
from dlcore.autodiff.tracer import Tensor, apply, as_tensors, register
from dlcore.floats import Array


def _share(wins: Array, ties: Array, dtype: Any) -> Array:
    """1 for a winner, a half for one of two equals."""
    share: Array = (wins + 0.5 * ties).astype(dtype)
    return share


register(
    "maximum",
    np.maximum,
    lambda g, y, a, b: like(g * _share(a.array > b.array, a.array == b.array, g.dtype), a),
    lambda g, y, a, b: like(g * _share(a.array < b.array, a.array == b.array, g.dtype), b),
)
register(
    "minimum",
    np.minimum,
    lambda g, y, a, b: like(g * _share(a.array < b.array, a.array == b.array, g.dtype), a),
    lambda g, y, a, b: like(g * _share(a.array > b.array, a.array == b.array, g.dtype), b),
)
register(
    "where",
    lambda a, b, condition: np.where(condition, a, b),
    lambda g, y, a, b, condition: like(where(condition, g, np.zeros((), g.dtype)), a),
    lambda g, y, a, b, condition: like(where(condition, np.zeros((), g.dtype), g), b),
)
register(
    "clip",
    lambda x, low, high: np.minimum(np.maximum(x, low), high),
    lambda g, y, x, low, high: like(
        where((x.array >= low.array) & (x.array <= high.array), g, np.zeros((), g.dtype)), x
    ),
    lambda g, y, x, low, high: like(where(x.array < low.array, g, np.zeros((), g.dtype)), low),
    lambda g, y, x, low, high: like(where(x.array > high.array, g, np.zeros((), g.dtype)), high),
)


def maximum(x1: Any, x2: Any) -> Tensor:
    """The larger of the two, elementwise."""
    return apply("maximum", x1, x2)


def minimum(x1: Any, x2: Any) -> Tensor:
    """The smaller of the two, elementwise."""
    return apply("minimum", x1, x2)


def where(condition: Any, x1: Any, x2: Any) -> Tensor:
    """x1 where the condition holds, x2 elsewhere."""
    return apply("where", x1, x2, condition=np.asarray(plain(condition), bool))


def clip(x: Any, x_min: Any = None, x_max: Any = None) -> Tensor:
    """X, cut off at the two bounds; a bound that is None does not bound.

    The derivative is 1 from bound to bound (both included) and 0 beyond.
    """
    (x,) = as_tensors(x)
    if x_min is None or x_max is None:
        limits = np.finfo(x.dtype) if x.dtype.kind == "f" else np.iinfo(x.dtype)
        infinite = x.dtype.kind == "f"
        x_min = (-np.inf if infinite else limits.min) if x_min is None else x_min
        x_max = (np.inf if infinite else limits.max) if x_max is None else x_max
    return apply("clip", x, x_min, x_max)


def stop_gradient(x: Any) -> Tensor:
    """The numbers of x, through which no gradient flows."""
    return Tensor(as_tensors(x)[0].array)
