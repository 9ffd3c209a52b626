"""How numbers are brought to the scale of a network: the rules by name, and the arithmetic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlcore.floats import Array
from dlcore.tables.spread import Spread

#: Spreads below this, relative to the largest value, are rounding: the column counts as constant.
ROUNDING = 1e-14

#: From so many bounds on, a bent number is the bound.
FAR = 1e8


def _robust(found: Spread) -> tuple[Array, Array]:
    """Median, and the range of the middle half; half of the whole range if the middle half is one value.

    Source: Holzmüller, Grinsztajn and Steinwart, Better by default, 2024.
    """
    middle = found.upper - found.lower
    return found.median, np.where(middle > 0, middle, found.high / 2 - found.low / 2)


def _standard(found: Spread) -> tuple[Array, Array]:
    """Mean and standard deviation."""
    return found.mean, found.deviation


def _minmax(found: Spread) -> tuple[Array, Array]:
    """The least value, and the whole range."""
    return found.low, found.high - found.low


#: Center and spread of columns, by the name of the rule.
SCALINGS: dict[str, Callable[[Spread], tuple[Array, Array]]] = {
    "robust": _robust,
    "standard": _standard,
    "minmax": _minmax,
}


def centers_and_factors(scaling: str | None, found: Spread) -> tuple[Array, Array]:
    """What is subtracted from columns, and what they are multiplied with then: 0 for constant ones."""
    if scaling is None:
        return np.zeros(len(found.count)), np.ones(len(found.count))
    center, width = SCALINGS[scaling](found)
    largest = np.maximum(np.abs(found.low), np.abs(found.high))
    with np.errstate(divide="ignore", over="ignore"):
        factor = np.where(width > largest * ROUNDING, 1 / width, 0.0)
    return center, np.where(np.isfinite(factor), factor, 0.0)


def scale(x: Array, center: Array, factor: Array) -> None:
    """(x - center) · factor in place, x (rows, columns)."""
    np.subtract(x, center, out=x)
    np.multiply(x, factor, out=x)


def bend(x: Array, bound: float) -> None:
    """x / √(1 + (x / bound)²) in place: the same near 0, and never beyond the bound.

    Source: Holzmüller, Grinsztajn and Steinwart, Better by default, 2024.
    """
    np.clip(x, -FAR * bound, FAR * bound, out=x)  # a square must not overflow
    divisor = np.multiply(x, x.dtype.type(1 / bound))
    np.square(divisor, out=divisor)
    divisor += 1
    np.sqrt(divisor, out=divisor)
    np.divide(x, divisor, out=x)
