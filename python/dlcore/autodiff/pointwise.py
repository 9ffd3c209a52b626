"""Functions of one number, elementwise: a table of each with its derivative."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff.elementary import exp, like, real, square
from dlcore.autodiff.tracer import Tensor, apply, register
from dlcore.backends import special
from dlcore.floats import Array

Function = Callable[[Any], Tensor]


def _function(name: str, forward: Callable[..., Any], slope: Callable[[Tensor, Tensor], Any], doc: str) -> Function:
    """Register a function by its slope in terms of (y, x), the result and the argument."""

    def function(x: Any) -> Tensor:
        return apply(name, x)

    register(name, real(forward), lambda g, y, x: g * slope(y, x))
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


# --- Exponentials and logarithms ---

log1p: Function = _function("log1p", np.log1p, lambda y, x: 1 / (x + 1), "The logarithm of 1 + x, exact for a small x.")
expm1: Function = _function("expm1", np.expm1, lambda y, x: y + 1, "The difference e^x - 1, exact for a small x.")
exp2: Function = _function("exp2", np.exp2, lambda y, x: y * math.log(2), "The power 2^x.")
log2: Function = _function("log2", np.log2, lambda y, x: 1 / (x * math.log(2)), "The logarithm to the base 2.")
log10: Function = _function("log10", np.log10, lambda y, x: 1 / (x * math.log(10)), "The logarithm to the base 10.")

# --- Circular and hyperbolic functions and their inverses; angles in radians ---

sin: Function = _function("sin", np.sin, lambda y, x: cos(x), "The sine of an angle in radians.")
cos: Function = _function("cos", np.cos, lambda y, x: -sin(x), "The cosine of an angle in radians.")
tan: Function = _function("tan", np.tan, lambda y, x: square(y) + 1, "The tangent of an angle in radians.")
arcsin: Function = _function(
    "arcsin", np.arcsin, lambda y, x: rsqrt(1 - square(x)), "The angle from -π/2 to π/2 of that sine."
)
arccos: Function = _function(
    "arccos", np.arccos, lambda y, x: -rsqrt(1 - square(x)), "The angle from 0 to π of that cosine."
)
arctan: Function = _function(
    "arctan", np.arctan, lambda y, x: 1 / (square(x) + 1), "The angle from -π/2 to π/2 of that tangent."
)
sinh: Function = _function("sinh", np.sinh, lambda y, x: cosh(x), "The hyperbolic sine.")
cosh: Function = _function("cosh", np.cosh, lambda y, x: sinh(x), "The hyperbolic cosine.")
arcsinh: Function = _function("arcsinh", np.arcsinh, lambda y, x: rsqrt(square(x) + 1), "The inverse hyperbolic sine.")
arccosh: Function = _function(
    "arccosh", np.arccosh, lambda y, x: rsqrt(x - 1) * rsqrt(x + 1), "The inverse hyperbolic cosine, of x from 1 on."
)
arctanh: Function = _function(
    "arctanh", np.arctanh, lambda y, x: 1 / (1 - square(x)), "The inverse hyperbolic tangent."
)

# --- Reciprocals ---

reciprocal: Function = _function("reciprocal", lambda x: 1 / x, lambda y, x: -square(y), "The reciprocal 1 / x.")
rsqrt: Function = _function(
    "rsqrt", lambda x: 1 / np.sqrt(x), lambda y, x: y * y * y * -0.5, "The reciprocal of the root."
)

# --- The error function ---

_BELL = 2 / math.sqrt(math.pi)


def _erf(x: Array) -> Array:
    """By its power series up to 1, by the normal distribution's tail beyond."""
    a = np.asarray(x, np.float64)
    small = np.clip(a, -1, 1)
    term = small.copy()
    total = small.copy()
    for n in range(1, 22):
        term = term * (small * small) / -n
        total = total + term / (2 * n + 1)
    tail = 2 * special.normal(-np.abs(a) * math.sqrt(2))[0]
    y = np.where(np.abs(a) < 1, _BELL * total, np.copysign(1 - tail, a))
    return np.where(np.isnan(a), a, y).astype(x.dtype)


def _erfc(x: Array) -> Array:
    a = np.asarray(x, np.float64)
    y = np.where(a > 0.5, 2 * special.normal(-a * math.sqrt(2))[0], 1 - _erf(a))
    return np.where(np.isnan(a), a, y).astype(x.dtype)


erf: Function = _function(
    "erf", _erf, lambda y, x: exp(-square(x)) * _BELL, "The error function 2 / √π · ∫₀ˣ e^(-t²) dt."
)
erfc: Function = _function(
    "erfc", _erfc, lambda y, x: exp(-square(x)) * -_BELL, "The difference 1 - erf(x), exact far out too."
)


def logaddexp(x1: Any, x2: Any) -> Tensor:
    """The logarithm of e^x1 + e^x2, without overflow."""
    return apply("logaddexp", x1, x2)


def arctan2(x1: Any, x2: Any) -> Tensor:
    """The angle from -π to π at which the point (x2, x1) lies."""
    return apply("arctan2", x1, x2)


def hypot(x1: Any, x2: Any) -> Tensor:
    """The length √(x1² + x2²)."""
    return apply("hypot", x1, x2)


# --- Steps: constant between their jumps, so their derivative is 0 ---


def _step(name: str, forward: Callable[[Array], Array], doc: str) -> Function:
    return _function(name, forward, lambda y, x: np.zeros((), x.dtype), doc)


floor: Function = _step("floor", np.floor, "The largest whole number not above x; its derivative is 0.")
ceil: Function = _step("ceil", np.ceil, "The least whole number not below x; its derivative is 0.")
trunc: Function = _step("trunc", np.trunc, "The whole part of x; its derivative is 0.")


register("round", np.round, lambda g, y, x, decimals: g * np.zeros((), x.dtype))
register(
    "logaddexp",
    np.logaddexp,
    lambda g, y, a, b: like(g * exp(a - y), a),
    lambda g, y, a, b: like(g * exp(b - y), b),
)
register(
    "hypot",
    np.hypot,
    lambda g, y, a, b: like(g * (a / (y + (y.array == 0))), a),
    lambda g, y, a, b: like(g * (b / (y + (y.array == 0))), b),
)
register(
    "arctan2",
    np.arctan2,
    lambda g, out, y, x: like(g * x / (square(x) + square(y)), y),
    lambda g, out, y, x: like(-(g * y) / (square(x) + square(y)), x),
)


def round(x: Any, decimals: int = 0) -> Tensor:
    """X rounded to so many decimals, halves to the even neighbour; its derivative is 0."""
    return apply("round", x, decimals=decimals)
