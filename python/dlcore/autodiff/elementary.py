"""Arithmetic, powers and broadcasting: the operations that rules themselves are written in, each beside its rules."""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.tracer import Tensor, apply, as_tensors, register
from dlcore.floats import Array, floatx

# --- Broadcasting: the adjoint of stretching an axis is summing along it ---


def _sum_to(x: Array, shape: tuple[int, ...], dtype: Any) -> Array:
    """The adjoint of broadcasting an array of that shape and dtype to the shape of x."""
    extra = x.ndim - len(shape)
    stretched = tuple(i + extra for i, length in enumerate(shape) if length == 1 and x.shape[i + extra] != 1)
    axes = (*range(extra), *stretched)
    return (np.sum(x, axis=axes, keepdims=True) if axes else x).reshape(shape).astype(dtype, copy=False)


def like(g: Tensor, x: Tensor) -> Tensor:
    """The gradient g brought to the shape and dtype of an input that was broadcast."""
    if g.shape == x.shape and g.dtype == x.dtype:
        return g
    return apply("sum_to", g, shape=x.shape, dtype=x.dtype)


register("sum_to", _sum_to, lambda g, y, x, shape, dtype: broadcast_to(g, x.shape))
register("broadcast_to", lambda x, shape: np.broadcast_to(x, shape).copy(), lambda g, y, x, shape: like(g, x))
register("cast", lambda x, dtype: x.astype(dtype), lambda g, y, x, dtype: cast(g, x.dtype))


def broadcast_to(x: Any, shape: Sequence[int]) -> Tensor:
    """The array stretched to a shape by NumPy's rules."""
    return apply("broadcast_to", x, shape=tuple(shape))


def cast(x: Any, dtype: Any) -> Tensor:
    """The same numbers in another dtype."""
    return apply("cast", x, dtype=np.dtype(dtype))


def copy(x: Any) -> Tensor:
    """The same numbers as a value of its own."""
    return apply("read", x)


# --- Arithmetic ---


def real(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """The function with whole numbers and truth values taken as ``floatx()``, as Keras takes them."""
    return lambda x: function(x if x.dtype.kind == "f" else x.astype(floatx()))


def _divide(a: Array, b: Array) -> Any:
    """The quotient; that of whole numbers is a ``floatx()``."""
    return np.true_divide(a, b) if "f" in a.dtype.kind + b.dtype.kind else np.true_divide(a, b).astype(floatx())


register("add", np.add, lambda g, y, a, b: like(g, a), lambda g, y, a, b: like(g, b))
register("subtract", np.subtract, lambda g, y, a, b: like(g, a), lambda g, y, a, b: like(-g, b))
register("multiply", np.multiply, lambda g, y, a, b: like(g * b, a), lambda g, y, a, b: like(g * a, b))
register("divide", _divide, lambda g, y, a, b: like(g / b, a), lambda g, y, a, b: like(-(g * y) / b, b))
register("negative", np.negative, lambda g, y, x: -g)
register("square", np.square, lambda g, y, x: g * (x * 2))
register("sqrt", real(np.sqrt), lambda g, y, x: g * 0.5 / y)
register("exp", real(np.exp), lambda g, y, x: g * y)
register("log", real(np.log), lambda g, y, x: g / x)
register("abs", np.abs, lambda g, y, x: g * np.sign(x.array))
register(
    "floor_divide",
    np.floor_divide,
    lambda g, y, a, b: like(g * np.zeros((), g.dtype), a),
    lambda g, y, a, b: like(g * np.zeros((), g.dtype), b),
)
register(
    "mod", np.mod, lambda g, y, a, b: like(g, a), lambda g, y, a, b: like(-g * np.floor_divide(a.array, b.array), b)
)
register("sign", np.sign, lambda g, y, x: g * np.zeros((), x.dtype))


def _power_base(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """The factor b · a^(b-1), which is 0 (not NaN) where b is 0, whatever a."""
    live = (b.array != 0).astype(b.dtype)
    return like(g * (b * a ** (b - live)), a)


def _power_exponent(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """a^b · ln a, taken as 0 where a is not positive: the limit at 0, and no real derivative below it."""
    positive = a.array > 0
    safe = a * positive + ~positive
    return like(g * (y * log(safe)), b)


register("power", np.power, _power_base, _power_exponent)


def add(x1: Any, x2: Any) -> Tensor:
    """The sum x1 + x2, elementwise."""
    return apply("add", x1, x2)


def subtract(x1: Any, x2: Any) -> Tensor:
    """The difference x1 - x2, elementwise."""
    return apply("subtract", x1, x2)


def multiply(x1: Any, x2: Any) -> Tensor:
    """The product x1 · x2, elementwise."""
    return apply("multiply", x1, x2)


def divide(x1: Any, x2: Any) -> Tensor:
    """The quotient x1 / x2, elementwise."""
    return apply("divide", x1, x2)


def power(x1: Any, x2: Any) -> Tensor:
    """The power x1 ** x2, elementwise."""
    result: Tensor = as_tensors(x1, x2)[0] ** x2
    return result


def floor_divide(x1: Any, x2: Any) -> Tensor:
    """The quotient rounded down; its derivative is 0."""
    return apply("floor_divide", x1, x2)


def mod(x1: Any, x2: Any) -> Tensor:
    """What is left of x1 after taking away whole multiples of x2; of x2's sign."""
    return apply("mod", x1, x2)


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


def sign(x: Any) -> Tensor:
    """-1, 0 or 1, elementwise; its derivative is 0."""
    return apply("sign", x)
