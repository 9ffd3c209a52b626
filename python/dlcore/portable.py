"""log, exp, powers, the cosine and the normal quantile from + - × ÷ √ alone: one set of bits on every machine.

NumPy's and libm's versions differ between machines in the last bit, which initial weights and learning rates must
not. IEEE 754 fixes the five operations used here. All in float64, elementwise; log and exp are within 4 units in the
last place.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# ln 2 in two parts: the first has so few bits that its product with an exponent is exact.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10


def _horner(coefficients: tuple[float, ...], x: Floats) -> Floats:
    """Σ coefficients[i] · x^i."""
    result = np.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        result *= x
        result += coefficient
    return result


def log(x: Floats) -> Floats:
    """The natural logarithm of positive numbers.

    x = m · 2^e with m in [√½, √2); ln m = 2 artanh((m - 1) / (m + 1)), whose series ends early there.
    """
    m, e = np.frexp(x)
    low = m < 0.7071067811865476
    m = np.where(low, 2 * m, m)
    exponent = (e - low).astype(np.float64)
    s = (m - 1) / (m + 1)
    series = _horner(tuple(2 / (2 * i + 1) for i in range(11)), s * s)
    result: Floats = exponent * _LN2_HIGH + (s * series + exponent * _LN2_LOW)
    return result


def exp(x: Floats) -> Floats:
    """The exponential function: e^x = 2^k · e^r with |r| ≤ ln 2 / 2, e^r by its Taylor series."""
    x = np.clip(x, -745.2, 709.8)
    k = np.rint(x / (_LN2_HIGH + _LN2_LOW))
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    factorials = [1.0]
    for i in range(1, 15):
        factorials.append(factorials[-1] * i)
    series = _horner(tuple(1 / f for f in factorials), r)
    # Two steps: 2^1024 alone would overflow where the product does not.
    half = np.floor(k / 2).astype(np.int64)
    with np.errstate(over="ignore", under="ignore"):
        result: Floats = np.ldexp(np.ldexp(series, half), k.astype(np.int64) - half)
    return result


def power(base: float, exponent: Floats) -> Floats:
    """``base`` ** ``exponent`` for base ≥ 0; whole powers by repeated squaring."""
    undefined = np.isnan(exponent)
    fraction, whole = np.modf(np.where(undefined, 0, np.abs(exponent)))
    result = np.ones_like(exponent)
    remaining = np.minimum(whole, 2.0**62).astype(np.int64)
    square = base
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        while remaining.any():
            result = np.where(remaining & 1, result * square, result)
            square = square * square if square < 1e154 else np.inf
            remaining >>= 1
        if fraction.any():
            root = exp(fraction * log(np.float64(base).reshape(1))) if base > 0 else np.zeros_like(fraction)
            result = np.where(fraction > 0, result * root, result)
        result = np.where(exponent < 0, 1 / result, result)
    return np.where(undefined, np.nan, result)


def raised(base: Floats, exponent: float) -> Floats:
    """``base`` ** ``exponent`` for base ≥ 0 and exponent ≥ 0; whole powers by repeated squaring."""
    whole, fraction = divmod(exponent, 1.0)
    result, square, remaining = np.ones_like(base), base, int(whole)
    with np.errstate(over="ignore", under="ignore"):
        while remaining:
            if remaining & 1:
                result = result * square
            square, remaining = square * square, remaining >> 1
    if fraction:
        positive = base > 0
        root = exp(fraction * log(np.where(positive, base, 1)))
        result = result * np.where(positive, root, base)
    return result


def cos_pi(x: Floats) -> Floats:
    """cos(π · x).

    x is folded to [0, ½] of a period, then to the eighth of one next to 0 or to the zero at ¼, whose Taylor series
    are short.
    """
    turn = np.abs(x - 2 * np.rint(x / 2))  # within [0, 1], the angle's share of π
    flipped = turn > 0.5
    turn = np.where(flipped, 1 - turn, turn)
    near = turn < 0.25
    angle = np.pi * np.where(near, turn, 0.5 - turn)
    square = angle * angle
    factorials = [float(math.factorial(i)) for i in range(20)]
    cosine = _horner(tuple((-1) ** i / factorials[2 * i] for i in range(10)), square)
    sine = angle * _horner(tuple((-1) ** i / factorials[2 * i + 1] for i in range(10)), square)
    result = np.where(near, cosine, sine)
    return np.where(flipped, -result, result)


# Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988).
_CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)  # fmt: skip
_SHOULDER = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)  # fmt: skip
_TAIL = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)  # fmt: skip


def _ratio(parts: tuple[tuple[float, ...], tuple[float, ...]], x: Floats) -> Floats:
    return _horner(parts[0], x) / _horner(parts[1], x)


def normal_quantile(p: Floats) -> Floats:
    """The z below which a standard normal variable falls with probability p, 0 < p < 1 (AS 241)."""
    q = p - 0.5
    central = np.abs(q) <= 0.425
    result = np.empty_like(q)
    inner = q[central]
    result[central] = inner * _ratio(_CENTRE, 0.180625 - inner * inner)
    outer = ~central
    r = np.sqrt(-log(np.minimum(p[outer], 1 - p[outer])))
    z = np.where(r <= 5, _ratio(_SHOULDER, r - 1.6), _ratio(_TAIL, r - 5))
    result[outer] = np.where(q[outer] < 0, -z, z)
    return result
