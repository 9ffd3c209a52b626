"""Functions of each number alone, each with its rule."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from dlcore.autodiff import special
from dlcore.autodiff.broadcasting import floating
from dlcore.autodiff.seam import Rule, function, register
from dlcore.autodiff.tracer import Tensor, apply
from dlcore.backends import get_backend
from dlcore.floats import Array, as_float

Unary: TypeAlias = Callable[[Any], Tensor]


def zero(x: Tensor) -> Tensor:
    """The gradient of what is flat."""
    return Tensor(np.zeros_like(x.array))


def unary(name: str, forward: Callable[[Array], Any], rule: Rule, doc: str) -> Unary:
    """The function of one array of that name, with its rule."""
    register(name, forward, rule)

    def called(x: Any) -> Tensor:
        return apply(name, x)

    called.__name__ = called.__qualname__ = name
    called.__module__, called.__doc__ = "dlcore.autodiff", doc
    return function(called)


def _float(ufunc: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """The function for floating arrays; integers take the default floating dtype."""
    return lambda x: ufunc(x if x.dtype.kind == "f" else floating(x))


def _kernel(kind: str) -> Callable[[Array], Array]:
    """The forward function of an activation kernel, which fits float16 too."""

    def forward(x: Array) -> Array:
        z = as_float(x).reshape(1, -1)
        y = np.empty_like(z)
        get_backend().activation_forward(kind, 0.0, z, y)
        return y.reshape(x.shape).astype(x.dtype if x.dtype.kind == "f" else y.dtype, copy=False)

    return forward


# --- Powers, exponentials, logarithms ---

negative = unary("negative", np.negative, lambda g, y, x: -g, "The negative -x.")
square = unary("square", np.square, lambda g, y, x: g * (x * 2), "The square x².")
sqrt = unary("sqrt", _float(np.sqrt), lambda g, y, x: g * 0.5 / y, "The square root.")
rsqrt = unary("rsqrt", _float(lambda x: 1 / np.sqrt(x)), lambda g, y, x: g * -0.5 * y / x, "1 / sqrt(x).")
reciprocal = unary("reciprocal", _float(np.reciprocal), lambda g, y, x: -g * square(y), "1 / x.")
exp = unary("exp", _float(np.exp), lambda g, y, x: g * y, "The exponential function.")
exp2 = unary("exp2", _float(np.exp2), lambda g, y, x: g * y * math.log(2), "2 to the power x.")
expm1 = unary("expm1", _float(np.expm1), lambda g, y, x: g * exp(x), "e^x - 1, exact for small x.")
log = unary("log", _float(np.log), lambda g, y, x: g / x, "The natural logarithm.")
log2 = unary("log2", _float(np.log2), lambda g, y, x: g / (x * math.log(2)), "The logarithm to the base 2.")
log10 = unary("log10", _float(np.log10), lambda g, y, x: g / (x * math.log(10)), "The logarithm to the base 10.")
log1p = unary("log1p", _float(np.log1p), lambda g, y, x: g / (x + 1), "ln(1 + x), exact for small x.")

# --- Angles and hyperbolas ---

sin = unary("sin", _float(np.sin), lambda g, y, x: g * cos(x), "The sine of an angle in radians.")
cos: Unary = unary("cos", _float(np.cos), lambda g, y, x: -g * sin(x), "The cosine of an angle in radians.")
tan = unary("tan", _float(np.tan), lambda g, y, x: g * (1 + square(y)), "The tangent of an angle in radians.")
arcsin = unary("arcsin", _float(np.arcsin), lambda g, y, x: g / sqrt((1 - x) * (1 + x)), "The angle of a sine.")
arccos: Unary = unary(
    "arccos", _float(np.arccos), lambda g, y, x: -g / sqrt((1 - x) * (1 + x)), "The angle of a cosine."
)
arctan = unary("arctan", _float(np.arctan), lambda g, y, x: g / (1 + square(x)), "The angle of a tangent.")
sinh = unary("sinh", _float(np.sinh), lambda g, y, x: g * cosh(x), "The hyperbolic sine.")
cosh: Unary = unary("cosh", _float(np.cosh), lambda g, y, x: g * sinh(x), "The hyperbolic cosine.")
tanh = unary("tanh", _kernel("tanh"), lambda g, y, x: g * ((1 - y) * (1 + y)), "The hyperbolic tangent.")
arcsinh = unary("arcsinh", _float(np.arcsinh), lambda g, y, x: g / sqrt(square(x) + 1), "The inverse of sinh.")
arccosh: Unary = unary(
    "arccosh", _float(np.arccosh), lambda g, y, x: g / sqrt((x - 1) * (x + 1)), "The inverse of cosh."
)
arctanh = unary("arctanh", _float(np.arctanh), lambda g, y, x: g / ((1 - x) * (1 + x)), "The inverse of tanh.")

# --- The logistic and the normal distribution ---

sigmoid = unary("sigmoid", _kernel("sigmoid"), lambda g, y, x: g * (y * (1 - y)), "1 / (1 + e^-x).")
softplus = unary("softplus", _kernel("softplus"), lambda g, y, x: g * sigmoid(x), "ln(1 + e^x), without overflow.")
_BELL = 2 / math.sqrt(math.pi)
erf = unary(
    "erf",
    _float(special.erf),
    lambda g, y, x: g * _BELL * exp(-square(x)),
    "The error function: 2 / √π times the integral of e^(-t²) from 0 to x.",
)
erfc = unary(
    "erfc", _float(special.erfc), lambda g, y, x: -g * _BELL * exp(-square(x)), "1 - erf(x), exact for large x."
)

# --- Sign and rounding: flat wherever they have a slope ---

absolute = unary(
    "absolute", np.abs, lambda g, y, x: g * np.sign(x.array), "The absolute value; its derivative at 0 is 0."
)
sign = unary("sign", np.sign, lambda g, y, x: zero(x), "-1, 0 or 1; its gradient is 0.")
floor = unary("floor", _float(np.floor), lambda g, y, x: zero(x), "Rounded down; its gradient is 0.")
ceil = unary("ceil", _float(np.ceil), lambda g, y, x: zero(x), "Rounded up; its gradient is 0.")
trunc = unary("trunc", _float(np.trunc), lambda g, y, x: zero(x), "Rounded toward 0; its gradient is 0.")

register("round", np.round, lambda g, y, x, decimals: zero(x))


@function
def round(x: Any, decimals: int = 0) -> Tensor:
    """The nearest number of so many decimals, the even one of two; its gradient is 0."""
    return apply("round", x, decimals=decimals)
