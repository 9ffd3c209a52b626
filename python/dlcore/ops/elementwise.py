"""Arithmetic and functions of each number, as ``keras.ops`` names them; see :mod:`dlcore.ops`."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff import Tensor
from dlcore.autodiff.arraylike import plain
from dlcore.autodiff.tracer import as_tensors
from dlcore.ops.polymorphic import polymorphic

__all__ = [
    "abs",
    "absolute",
    "add",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "ceil",
    "clip",
    "cos",
    "cosh",
    "deg2rad",
    "divide",
    "divide_no_nan",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floor_divide",
    "hypot",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "negative",
    "power",
    "rad2deg",
    "reciprocal",
    "round",
    "rsqrt",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "true_divide",
    "trunc",
    "where",
]

# --- Arithmetic ---

add = polymorphic(autodiff.add)
subtract = polymorphic(autodiff.subtract)
multiply = polymorphic(autodiff.multiply)
divide = true_divide = polymorphic(autodiff.divide)
floor_divide = polymorphic(autodiff.floor_divide)
mod = polymorphic(autodiff.mod)
power = polymorphic(autodiff.power)
negative = polymorphic(autodiff.negative)
reciprocal = polymorphic(autodiff.reciprocal)
square = polymorphic(autodiff.square)
sqrt = polymorphic(autodiff.sqrt)
rsqrt = polymorphic(autodiff.rsqrt)
hypot = polymorphic(autodiff.hypot)
abs = absolute = polymorphic(autodiff.absolute)
sign = polymorphic(autodiff.sign)

# --- Rounding ---

floor = polymorphic(autodiff.floor)
ceil = polymorphic(autodiff.ceil)
trunc = polymorphic(autodiff.trunc)
round = polymorphic(autodiff.round)

# --- Exponentials and logarithms ---

exp = polymorphic(autodiff.exp)
exp2 = polymorphic(autodiff.exp2)
expm1 = polymorphic(autodiff.expm1)
log = polymorphic(autodiff.log)
log1p = polymorphic(autodiff.log1p)
log2 = polymorphic(autodiff.log2)
log10 = polymorphic(autodiff.log10)
logaddexp = polymorphic(autodiff.logaddexp)
erf = polymorphic(autodiff.erf)
erfc = polymorphic(autodiff.erfc)

# --- Angles and hyperbolas ---

sin = polymorphic(autodiff.sin)
cos = polymorphic(autodiff.cos)
tan = polymorphic(autodiff.tan)
arcsin = polymorphic(autodiff.arcsin)
arccos = polymorphic(autodiff.arccos)
arctan = polymorphic(autodiff.arctan)
arctan2 = polymorphic(autodiff.arctan2)
sinh = polymorphic(autodiff.sinh)
cosh = polymorphic(autodiff.cosh)
arcsinh = polymorphic(autodiff.arcsinh)
arccosh = polymorphic(autodiff.arccosh)
arctanh = polymorphic(autodiff.arctanh)

# --- Choices ---

maximum = polymorphic(autodiff.maximum)
minimum = polymorphic(autodiff.minimum)
clip = polymorphic(autodiff.clip)


@polymorphic
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """x1 where the condition holds, x2 elsewhere; without the two the places where it holds, an array for each axis."""
    if x1 is None and x2 is None:
        return tuple(np.nonzero(plain(condition)))
    return autodiff.where(condition, x1, x2)


@polymorphic
def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """The quotient x1 / x2, and 0 where x2 is 0."""
    x1, x2 = as_tensors(x1, x2)
    zero = x2.array == 0
    return autodiff.where(zero, np.zeros((), x1.dtype), x1 / autodiff.where(zero, np.ones((), x2.dtype), x2))


@polymorphic
def deg2rad(x: Any) -> Tensor:
    """Degrees in radians."""
    return autodiff.multiply(x, np.pi / 180)


@polymorphic
def rad2deg(x: Any) -> Tensor:
    """Radians in degrees."""
    return autodiff.multiply(x, 180 / np.pi)
