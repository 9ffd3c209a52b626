"""The error function, which NumPy lacks, accurate to float64 on any platform."""

from __future__ import annotations

import math

import numpy as np

from dlcore.backends.special import TAIL
from dlcore.floats import Array

#: Coefficients of erf's Maclaurin series in x², lowest power first: enough for |x| <= 1/2.
_SERIES = [2 / math.sqrt(math.pi) * (-1) ** n / (math.factorial(n) * (2 * n + 1)) for n in range(13)]


def erfc(x: Array) -> Array:
    """1 - erf(x), with a relative error of a few ulp wherever it is a normal number."""
    wide = np.asarray(x, np.float64)
    a = np.minimum(np.abs(wide), 28)  # it vanishes beyond 27; an infinity would only make NaN
    # exp(-a²) without the error of rounding a²: the leading part of a squares exactly.
    lead = np.round(a * 16) / 16
    bell = np.exp(-lead * lead) * np.exp(-(a - lead) * (a + lead))
    s = a * math.sqrt(2)
    t = (s - 4) / (s + 4)
    tail = np.full_like(t, TAIL[0])
    for coefficient in TAIL[1:]:
        tail = tail * t + coefficient
    tail = 2 * tail * bell / (1 + 2 * s)
    return np.asarray(np.where(wide > 0, tail, 2 - tail), x.dtype)


def erf(x: Array) -> Array:
    """The error function, with a relative error of a few ulp."""
    wide = np.asarray(x, np.float64)
    near = np.clip(wide, -0.5, 0.5)
    series = np.zeros_like(near)
    for coefficient in reversed(_SERIES):
        series = series * (near * near) + coefficient
    far = np.copysign(1 - erfc(np.abs(wide)), wide)
    return np.asarray(np.where(np.abs(wide) <= 0.5, near * series, far), x.dtype)
