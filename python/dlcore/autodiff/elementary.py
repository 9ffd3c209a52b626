"""Elementary operations, elementwise and of shape, each beside its rules."""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.tracer import Tensor, apply, as_tensors, register
from dlcore.floats import Array

Axis = int | Sequence[int] | None


# --- Broadcasting: the adjoint of stretching an axis is summing along it ---


def _sum_to(x: Array, shape: tuple[int, ...], dtype: Any) -> Array:
    """The adjoint of broadcasting an array of that shape and dtype to the shape of x."""
    extra = x.ndim - len(shape)
    stretched = tuple(i + extra for i, length in enumerate(shape) if length == 1 and x.shape[i + extra] != 1)
    axes = (*range(extra), *stretched)
    return (np.sum(x, axis=axes, keepdims=True) if axes else x).reshape(shape).astype(dtype, copy=False)


def _like(g: Tensor, x: Tensor) -> Tensor:
    """The gradient g brought to the shape and dtype of an input that was broadcast."""
    if g.shape == x.shape and g.dtype == x.dtype:
        return g
    return apply("sum_to", g, shape=x.shape, dtype=x.dtype)


register("sum_to", _sum_to, lambda g, y, x, shape, dtype: broadcast_to(g, x.shape))
register("broadcast_to", lambda x, shape: np.broadcast_to(x, shape).copy(), lambda g, y, x, shape: _like(g, x))
register("cast", lambda x, dtype: x.astype(dtype), lambda g, y, x, dtype: cast(g, x.dtype))


def broadcast_to(x: Any, shape: Sequence[int]) -> Tensor:
    """The array stretched to a shape by NumPy's rules."""
    return apply("broadcast_to", x, shape=tuple(shape))


def cast(x: Any, dtype: Any) -> Tensor:
    """The same numbers in another dtype."""
    return apply("cast", x, dtype=np.dtype(dtype))


# --- Arithmetic ---

register("add", np.add, lambda g, y, a, b: _like(g, a), lambda g, y, a, b: _like(g, b))
register("subtract", np.subtract, lambda g, y, a, b: _like(g, a), lambda g, y, a, b: _like(-g, b))
register("multiply", np.multiply, lambda g, y, a, b: _like(g * b, a), lambda g, y, a, b: _like(g * a, b))
register("divide", np.true_divide, lambda g, y, a, b: _like(g / b, a), lambda g, y, a, b: _like(-(g * y) / b, b))
register("negative", np.negative, lambda g, y, x: -g)
register("square", np.square, lambda g, y, x: g * (x * 2))
register("sqrt", np.sqrt, lambda g, y, x: g * 0.5 / y)
register("exp", np.exp, lambda g, y, x: g * y)
register("log", np.log, lambda g, y, x: g / x)
register("abs", np.abs, lambda g, y, x: g * np.sign(x.array))


def _power_base(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """The factor b · a^(b-1), which is 0 (not NaN) where b is 0, whatever a."""
    live = (b.array != 0).astype(b.dtype)
    return _like(g * (b * a ** (b - live)), a)


def _power_exponent(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """a^b · ln a, taken as 0 where a is not positive: the limit at 0, and no real derivative below it."""
    positive = a.array > 0
    safe = a * positive + ~positive
    return _like(g * (y * log(safe)), b)


register("power", np.power, _power_base, _power_exponent)


register(
    "where",
    np.where,
    None,
    lambda g, y, c, a, b: _like(where(c, g, 0), a),
    lambda g, y, c, a, b: _like(where(c, 0, g), b),
)
register(
    "maximum",
    np.maximum,
    lambda g, y, a, b: _like(where(a.array > b.array, g, 0), a),
    lambda g, y, a, b: _like(where(a.array > b.array, 0, g), b),
)
register(
    "clip",
    lambda x, low, high: np.clip(x, x.dtype.type(low), x.dtype.type(high)),
    lambda g, y, x, low, high: where((x.array >= x.dtype.type(low)) & (x.array <= x.dtype.type(high)), g, 0),
)


def add(x: Any, y: Any) -> Tensor:
    """The sum x + y, elementwise."""
    return apply("add", x, y)


def subtract(x: Any, y: Any) -> Tensor:
    """The difference x - y, elementwise."""
    return apply("subtract", x, y)


def multiply(x: Any, y: Any) -> Tensor:
    """The product x · y, elementwise."""
    return apply("multiply", x, y)


def divide(x: Any, y: Any) -> Tensor:
    """The quotient x / y, elementwise."""
    return apply("divide", x, y)


def power(x: Any, y: Any) -> Tensor:
    """The power x ** y, elementwise."""
    result: Tensor = as_tensors(x, y)[0] ** y
    return result


def negative(x: Any) -> Tensor:
    """The negative -x."""
    return apply("negative", x)


def square(x: Any) -> Tensor:
    """The square x², elementwise."""
    return apply("square", x)


def sqrt(x: Any) -> Tensor:
    """The square root, elementwise."""
    return apply("sqrt", x)


def exp(x: Any) -> Tensor:
    """The exponential function, elementwise."""
    return apply("exp", x)


def log(x: Any) -> Tensor:
    """The natural logarithm, elementwise."""
    return apply("log", x)


def absolute(x: Any) -> Tensor:
    """The absolute value, elementwise; its derivative at 0 is 0."""
    return apply("abs", x)


def where(condition: Any, x: Any, y: Any) -> Tensor:
    """The elements of x where the condition (an array of bools) holds, else those of y."""
    x, y = as_tensors(x, y)
    return apply("where", np.asarray(condition), x, y)


def maximum(x: Any, y: Any) -> Tensor:
    """The larger of each pair; where they are equal, the gradient goes to y."""
    return apply("maximum", x, y)


def clip(x: Any, low: float, high: float) -> Tensor:
    """The numbers within [low, high]; gradients flow to those that were there."""
    return apply("clip", x, low=low, high=high)


# --- Shape ---


def _restore(g: Tensor, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    """The gradient of a reduction spread over the axes that were reduced."""
    if axis is not None and not keepdims:
        axes = axis if isinstance(axis, Sequence) else (axis,)
        g = reshape(g, np.expand_dims(np.empty(g.shape), tuple(axes)).shape)
    return broadcast_to(g, x.shape)


def _inverse(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if axes is None else tuple(int(i) for i in np.argsort(axes))


def _scatter(g: Array, shape: tuple[int, ...], key: Any) -> Array:
    result = np.zeros(shape, g.dtype)
    np.add.at(result, key, g)
    return result


register(
    "sum",
    lambda x, axis, keepdims: np.sum(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axis, keepdims: _restore(g, x, axis, keepdims),
)
register(
    "mean",
    lambda x, axis, keepdims: np.mean(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axis, keepdims: _restore(g / (x.size / max(y.size, 1)), x, axis, keepdims),
)
register("reshape", lambda x, shape: x.reshape(shape), lambda g, y, x, shape: reshape(g, x.shape))
register("transpose", np.transpose, lambda g, y, x, axes: transpose(g, _inverse(axes)))
register("getitem", lambda x, key: x[key], lambda g, y, x, key: apply("scatter", g, shape=x.shape, key=key))
register("scatter", _scatter, lambda g, y, x, shape, key: g[key])


def reduce_sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum over the axes (all, if None)."""
    return apply("sum", x, axis=_axes(axis), keepdims=keepdims)


def reduce_mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean over the axes (all, if None)."""
    return apply("mean", x, axis=_axes(axis), keepdims=keepdims)


def reshape(x: Any, shape: Sequence[int]) -> Tensor:
    """The same numbers in another shape; one length may be -1."""
    return apply("reshape", x, shape=tuple(shape))


def transpose(x: Any, axes: Sequence[int] | None = None) -> Tensor:
    """The axes in another order: reversed, if None."""
    return apply("transpose", x, axes=None if axes is None else tuple(axes))


def _axes(axis: Axis) -> int | tuple[int, ...] | None:
    return tuple(axis) if isinstance(axis, Sequence) else axis
