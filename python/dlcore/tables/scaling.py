"""How numbers are brought to the scale of a network: the rules by name, and the arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from dlcore.floats import Array
from dlcore.tables.spread import Spread, moments

#: Widths below this, relative to the largest value, are rounding: the column counts as constant.
ROUNDING = 1e-14

#: From so many bounds on, a bent number is the bound.
FAR = 1e8

#: From the values of a column, their weights and spread to what is subtracted, and what it is divided by then.
Rule: TypeAlias = Callable[[Array, "Array | None", Spread], tuple[float, float]]


def _robust(values: Array, weights: Array | None, found: Spread) -> tuple[float, float]:
    """Mean and standard deviation, outliers counting as the farthest value that is none."""
    low, high = max(found.low, found.median - found.reach), min(found.high, found.median + found.reach)
    return moments(values, weights, low, high)


def _standard(values: Array, weights: Array | None, found: Spread) -> tuple[float, float]:
    """Mean and standard deviation."""
    return moments(values, weights, found.low, found.high)


def _minmax(values: Array, weights: Array | None, found: Spread) -> tuple[float, float]:  # noqa: ARG001 - a rule
    """The least value, and the whole range."""
    return found.low, found.high - found.low


#: Center and width of a column, by the name of the rule.
SCALINGS: dict[str, Rule] = {"robust": _robust, "standard": _standard, "minmax": _minmax}


def center_and_factor(scaling: str | None, values: Array, weights: Array | None, found: Spread) -> tuple[float, float]:
    """What is subtracted from a column, and what it is multiplied with then: 0 for a constant one.

    Parameters
    ----------
    scaling : str or None
        The rule; None leaves numbers as they are.
    values, weights, found
        As for :func:`~dlcore.tables.spread.spread`, and what it gave.
    """
    if scaling is None:
        return 0.0, 1.0
    center, width = SCALINGS[scaling](values, weights, found)
    return center, factor(width, found.largest)


def factor(width: float, largest: float) -> float:
    """One over a width; 0 where it is nothing beside the largest value, or so small that this is not finite."""
    result = 1 / width if width > largest * ROUNDING else 0.0
    return result if math.isfinite(result) else 0.0


def scale(x: Array, centers: Array, factors: Array) -> None:
    """(x - center) · factor in place, x (rows, columns)."""
    np.subtract(x, centers, out=x)
    np.multiply(x, factors, out=x)


def bend(x: Array, bound: float) -> None:
    """Bend numbers in place, x / √(1 + (x / bound)²): the same near 0, and never beyond the bound.

    Source: Holzmüller, Grinsztajn and Steinwart, Better by default, 2024.
    """
    np.minimum(x, FAR * bound, out=x)  # a square must not overflow
    np.maximum(x, -FAR * bound, out=x)
    divisor = np.multiply(x, x.dtype.type(1 / bound))
    np.square(divisor, out=divisor)
    divisor += 1
    np.sqrt(divisor, out=divisor)
    np.divide(x, divisor, out=x)
