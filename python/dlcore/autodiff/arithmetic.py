"""Arithmetic of two arrays, elementwise, with NumPy's broadcasting and Keras's promotion of dtypes."""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff.broadcasting import cast, like, together
from dlcore.autodiff.elementary import exp, floor, log, zero
from dlcore.autodiff.seam import Rule, function, register
from dlcore.autodiff.tracer import Differentiable, Tensor, apply, as_tensors
from dlcore.floats import Array


def _binary(name: str, forward: Callable[[Array, Array], Any], first: Rule, second: Rule, doc: str) -> Any:
    """The function of two arrays of that name, with its rules."""
    register(name, forward, first, second)

    def called(x1: Any, x2: Any) -> Tensor:
        return apply(name, x1, x2)

    called.__name__ = called.__qualname__ = name
    called.__module__, called.__doc__ = "dlcore.autodiff", doc
    return function(called)


Binary = Callable[[Any, Any], Tensor]

add: Binary = _binary(
    "add",
    together(np.add),
    lambda g, y, a, b: like(g, a),
    lambda g, y, a, b: like(g, b),
    "The sum x1 + x2.",
)
subtract: Binary = _binary(
    "subtract",
    together(np.subtract),
    lambda g, y, a, b: like(g, a),
    lambda g, y, a, b: like(-g, b),
    "The difference x1 - x2.",
)
multiply: Binary = _binary(
    "multiply",
    together(np.multiply),
    lambda g, y, a, b: like(g * b, a),
    lambda g, y, a, b: like(g * a, b),
    "The product x1 · x2.",
)
divide: Binary = _binary(
    "divide",
    together(np.true_divide, divides=True),
    lambda g, y, a, b: like(g / b, a),
    lambda g, y, a, b: like(-(g * y) / b, b),
    "The quotient x1 / x2.",
)


def _power_base(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """The factor b · a^(b-1), which is 0 (not NaN) where b is 0, whatever a."""
    live = (b.array != 0).astype(b.dtype)
    return like(g * (b * a ** (b - live)), a)


def _power_exponent(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """a^b · ln a, taken as 0 where a is not positive: the limit at 0, and no real derivative below it."""
    positive = a.array > 0
    safe = a * positive + ~positive
    return like(g * (y * log(safe)), b)


register("power", together(np.power), _power_base, _power_exponent)


@function
def power(x1: Any, x2: Any) -> Tensor:
    """The power x1 ** x2."""
    if type(x2) in (int, float) and x2 == 2:
        return apply("square", x1)
    return apply("power", x1, x2)


@function
def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """The quotient x1 / x2, and 0 where x2 is 0."""
    a, b = as_tensors(x1, x2)
    empty = b.array == 0
    found: Tensor = where(empty, np.zeros((), b.dtype), a / where(empty, np.ones((), b.dtype), b))
    return found


# --- Division with a remainder: the quotient is flat, the remainder falls by it ---

floor_divide: Binary = _binary(
    "floor_divide",
    together(np.floor_divide),
    lambda g, y, a, b: zero(a),
    lambda g, y, a, b: zero(b),
    "The quotient rounded down, as ``//``; its gradient is 0.",
)
mod: Binary = _binary(
    "mod",
    together(np.remainder),
    lambda g, y, a, b: like(g, a),
    lambda g, y, a, b: like(-g * floor(a / b), b),
    "The remainder of x1 / x2 with the sign of x2, as ``%``.",
)


# --- The larger and the smaller: where both are equal, each gets half of the gradient ---


def _share(a: Tensor, b: Tensor) -> Array:
    """The part of the gradient of the maximum that belongs to a."""
    share: Array = (a.array > b.array) + 0.5 * (a.array == b.array)
    return share


def _part(g: Tensor, share: Array, x: Tensor) -> Tensor:
    return like(g * share.astype(g.dtype), x)


maximum: Binary = _binary(
    "maximum",
    together(np.maximum),
    lambda g, y, a, b: _part(g, _share(a, b), a),
    lambda g, y, a, b: _part(g, _share(b, a), b),
    "The larger of two numbers; where they are equal, each gets half of the gradient.",
)
minimum: Binary = _binary(
    "minimum",
    together(np.minimum),
    lambda g, y, a, b: _part(g, _share(b, a), a),
    lambda g, y, a, b: _part(g, _share(a, b), b),
    "The smaller of two numbers; where they are equal, each gets half of the gradient.",
)

# --- Others ---

arctan2: Binary = _binary(
    "arctan2",
    together(np.arctan2, divides=True),
    lambda g, y, a, b: like(g * b / (a * a + b * b), a),
    lambda g, y, a, b: like(-g * a / (a * a + b * b), b),
    "The angle of the point (x2, x1) in radians, from -π to π.",
)
hypot: Binary = _binary(
    "hypot",
    together(np.hypot, divides=True),
    lambda g, y, a, b: like(g * divide_no_nan(a, y), a),
    lambda g, y, a, b: like(g * divide_no_nan(b, y), b),
    "The root of x1² + x2², without overflow; its gradient at 0 is 0.",
)
logaddexp: Binary = _binary(
    "logaddexp",
    together(np.logaddexp, divides=True),
    lambda g, y, a, b: like(g * exp(a - y), a),
    lambda g, y, a, b: like(g * exp(b - y), b),
    "The logarithm of e^x1 + e^x2, without overflow.",
)


# --- Choice ---


def _clip(x: Array, low: Any, high: Any) -> Array:
    # Clipping to bounds of x's own dtype keeps it; NumPy's clip refuses None for both.
    clipped: Array = np.minimum(np.maximum(x, low), high)
    return clipped.astype(x.dtype, copy=False)


register("clip", _clip, lambda g, y, x, low, high: g * ((x.array >= low) & (x.array <= high)))
register(
    "where",
    lambda a, b, condition: np.where(condition, a, b),
    lambda g, y, a, b, condition: like(_kept(condition, g), a),
    lambda g, y, a, b, condition: like(_kept(~condition, g), b),
)


def _kept(condition: Array, g: Tensor) -> Tensor:
    """The gradient where the condition holds, and 0 (not NaN, if it is infinite) elsewhere."""
    return apply("where", g, np.zeros((), g.dtype), condition=condition)


@function
def clip(x: Any, x_min: Any, x_max: Any) -> Tensor:
    """The values cut off at two bounds; the gradient at a bound itself is 1.

    Parameters
    ----------
    x : array
    x_min, x_max : number, array or Tensor, or None for no bound
        Gradients flow to Tensors; then what lies on a bound shares its gradient with it.
    """
    (x,) = as_tensors(x)
    if isinstance(x_min, Differentiable) or isinstance(x_max, Differentiable):
        above = x if x_min is None else maximum(x, x_min)
        return above if x_max is None else minimum(above, x_max)
    low, high = (_bound(b, x, e) for b, e in ((x_min, -np.inf), (x_max, np.inf)))
    return apply("clip", x, low=low, high=high)


def _bound(bound: Any, x: Tensor, none: float) -> Any:
    if bound is None:
        return np.array(none, x.dtype) if x.dtype.kind == "f" else (x.array.min if none < 0 else x.array.max)(initial=0)
    return np.asarray(bound, None if isinstance(bound, np.ndarray) else x.dtype)


@function
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """The values with numbers for what is none: for NaN, and for the infinities (default: the largest there are)."""
    found = as_tensors(x)[0]
    if found.dtype.kind != "f":
        return found
    x, limits = found, np.finfo(found.dtype)
    found = where(np.isnan(x.array), nan, x)
    found = where(np.isposinf(x.array), limits.max if posinf is None else posinf, found)
    return cast(where(np.isneginf(x.array), limits.min if neginf is None else neginf, found), x.dtype)


@function
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Elements of x1 where the condition holds, of x2 elsewhere.

    Without x1 and x2: for each axis the places where the condition holds.
    """
    flags = np.asarray(condition, bool)
    if x1 is None and x2 is None:
        return tuple(Tensor(places.astype(np.int32)) for places in np.nonzero(flags))
    if x1 is None or x2 is None:
        raise ValueError("x1 and x2 must both be given, or both be None")
    return apply("where", x1, x2, condition=flags)
