"""Constants of activations, and the normal distribution function, which NumPy lacks, with gelu over it.

With Q(x) the upper tail for x >= 0 and t = (x - 4) / (x + 4), (1 + 2x) exp(x^2/2) Q(x) is smooth on [-1, 1]: below
is its Chebyshev expansion there, cut at degree 24 (relative error 1e-16) and written in powers of t. float32 is
computed in float64.
"""

from __future__ import annotations

import math

import numpy as np

from dlcore.backends.contract import Array

#: Coefficients of the tail's polynomial in t, highest power first.
TAIL = (
    3.036056448882455e-10,
    -1.538103075693729e-09,
    -4.8651996766701476e-09,
    1.2970107700279848e-08,
    4.012535537152625e-08,
    -4.778992706315944e-08,
    -2.381376932443622e-07,
    5.037129595114894e-08,
    1.203791784677998e-06,
    6.074120023685113e-07,
    -5.890344820256023e-06,
    -6.037331490682983e-06,
    3.155836941111641e-05,
    3.7869338696873654e-05,
    -0.00020435496042814255,
    -0.00014330578624262711,
    0.0015769785146464612,
    -0.0012100600250252226,
    -0.010512319260177495,
    0.044364290439822145,
    -0.09526047896235734,
    0.12890813544489302,
    -0.09637998589041487,
    -0.023009233104596724,
    0.8496957717177205,
)
#: 1 / sqrt(2 pi), the height of the normal density.
DENSITY = 1 / math.sqrt(2 * math.pi)

#: The numbers of selu, with which mean 0 and variance 1 pass from layer to layer (Klambauer et al., 2017).
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848, 1.0507009873554804934

#: gelu's approximation by tanh(u) is x · sigmoid(2u), and 2u = x · (GELU_FIRST + GELU_THIRD · x²).
GELU_FIRST = math.sqrt(8 / math.pi)
GELU_THIRD = 0.044715 * GELU_FIRST


def normal(x: Array) -> tuple[Array, Array]:
    """Distribution function and density of the standard normal distribution at x, in float64.

    Relative error of a few ulp in both tails.
    """
    x = np.asarray(x, np.float64)
    a = np.minimum(np.abs(x), 40)  # both vanish in float64 beyond 39; an infinity would only make NaN
    # exp(-a^2 / 2) without the error of rounding a^2: the leading part of a squares exactly.
    lead = np.round(a * 16) / 16
    bell = np.exp(-0.5 * lead * lead) * np.exp(-0.5 * (a - lead) * (a + lead))
    t = (a - 4) / (a + 4)
    tail = np.full_like(t, TAIL[0])
    for coefficient in TAIL[1:]:
        tail *= t
        tail += coefficient
    tail *= bell / (1 + 2 * a)
    return np.where(x > 0, 1 - tail, tail), DENSITY * bell


def gelu(z: Array) -> Array:
    """Product of z and the normal distribution function at z, in z's dtype."""
    return np.asarray(np.maximum(z, -40) * normal(z)[0], z.dtype)


def gelu_slope(z: Array) -> Array:
    """The derivative of :func:`gelu`."""
    cdf, density = normal(z)
    return np.asarray(cdf + np.clip(z, -40, 40) * density, z.dtype)
