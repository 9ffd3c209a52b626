"""The elementary functions of one number, of which kernels are made.

The functions have no branches, so LLVM makes vector code of the loops around them; libm's would be called one number
at a time. They compute in float64 for both dtypes, which leaves float32 with little more than its rounding.
"""

# ruff: noqa: PLR0124 - only a NaN differs from itself.

from __future__ import annotations

import math

import numpy as np

from dlcore.backends.jit.compilation import kernel
from dlcore.backends.special import DENSITY, TAIL

LOG2_E = 1 / math.log(2)
# ln 2 in two parts; the first has twenty trailing zero bits, so that its product with an exponent is exact.
LN2_HIGH = float.fromhex("0x1.62e42fef00000p-1")
LN2_LOW = float.fromhex("0x1.473de6af278edp-34")
# Added to and taken from a number below 2^51, it leaves the nearest integer.
ROUNDER = 6755399441055744.0
BIAS, FRACTION_BITS = 1023, 52


@kernel
def _reduced(x: float) -> tuple[float, float, float]:
    """(q, a, b) with exp(x) = (1 + q) · a · b, q = exp(r) - 1 for |r| <= ln(2) / 2, a and b powers of two.

    Two powers because 2^n alone does not exist for the largest and for the subnormal results.
    """
    inside = min(max(x, -746.0), 710.0) if x == x else 0.0  # a NaN must not become an integer
    n = (inside * LOG2_E + ROUNDER) - ROUNDER
    r = (inside - n * LN2_HIGH) - n * LN2_LOW
    # Taylor's series: the first term left out is below 4e-18 of the sum.
    q = 1 / 6227020800
    q = q * r + 1 / 479001600
    q = q * r + 1 / 39916800
    q = q * r + 1 / 3628800
    q = q * r + 1 / 362880
    q = q * r + 1 / 40320
    q = q * r + 1 / 5040
    q = q * r + 1 / 720
    q = q * r + 1 / 120
    q = q * r + 1 / 24
    q = q * r + 1 / 6
    q = q * r + 1 / 2
    q = q * r * r + r
    exponent = np.int64(n)
    half = exponent >> 1
    a = np.int64((half + BIAS) << FRACTION_BITS).view(np.float64)
    b = np.int64((exponent - half + BIAS) << FRACTION_BITS).view(np.float64)
    return q, a, b


@kernel
def exp(x: float) -> float:
    """Exponential."""
    q, a, b = _reduced(x)
    return (a + a * q) * b if x == x else x


@kernel
def expm1(x: float) -> float:
    """exp(x) - 1, exact to rounding near 0 too. For x <= 700."""
    q, a, b = _reduced(x)
    power = a * b
    return power * q + (power - 1.0) if x == x else x


@kernel
def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), to rounding in the lower tail too."""
    e = exp(-abs(x))
    return (1.0 if x >= 0.0 else e) / (1.0 + e)


@kernel
def tanh(x: float) -> float:
    """Hyperbolic tangent."""
    e = expm1(-2.0 * abs(x))
    return math.copysign(e / (e + 2.0), x) if x == x else x


@kernel
def softplus(x: float) -> float:
    """log(1 + exp(x))."""
    return max(x, 0.0) + math.log1p(exp(-abs(x))) if x == x else x


@kernel
def tanh_softplus(x: float) -> float:
    """tanh(log(1 + exp(x))) = n / (n + 2) with n = e (e + 2), e = exp(x); 1 to rounding from 20 on."""
    e = exp(min(x, 20.0) if x == x else x)
    n = e * (e + 2.0)
    return n / (n + 2.0)


@kernel
def clamp(x: float, low: float, high: float) -> float:
    """The nearest number to x in [low, high]; a NaN stays one."""
    return low if x < low else high if x > high else x


@kernel
def normal(x: float) -> tuple[float, float]:
    """Distribution function and density of the standard normal distribution; see :mod:`dlcore.backends.special`."""
    a = min(abs(x), 40.0)
    lead = ((a * 16.0 + ROUNDER) - ROUNDER) / 16.0
    bell = exp(-0.5 * lead * lead) * exp(-0.5 * (a - lead) * (a + lead))
    t = (a - 4.0) / (a + 4.0)
    tail = TAIL[0]
    for i in range(1, len(TAIL)):
        tail = tail * t + TAIL[i]
    tail *= bell / (1.0 + 2.0 * a)
    return 1.0 - tail if x > 0.0 else tail, DENSITY * bell
