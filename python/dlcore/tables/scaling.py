"""How numbers are brought to the scale of a network: the rules by name, and the arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from dlcore.floats import Array
from dlcore.tables.spread import Spread, moments

#: Spreads below this, relative to the largest value, are rounding: the column counts as constant.
ROUNDING = 1e-14

#: From so many bounds on, a bent number is the bound.
FAR = 1e8


Rule: TypeAlias = Callable[[Array, "Array | None", Spread], tuple[Array, Array]]


def _robust(columns: Array, weights: Array | None, found: Spread) -> tuple[Array, Array]:
    """Mean and standard deviation, outliers counting as the farthest value that is none."""
    low = np.maximum(found.low, found.median - found.reach)
    return moments(columns, weights, low, np.minimum(found.high, found.median + found.reach))


def _standard(columns: Array, weights: Array | None, found: Spread) -> tuple[Array, Array]:
    """Mean and standard deviation."""
    return moments(columns, weights, found.low, found.high)


def _minmax(columns: Array, weights: Array | None, found: Spread) -> tuple[Array, Array]:  # noqa: ARG001 - a rule
    """The least value, and the whole range."""
    return found.low, found.high - found.low


#: Center and width of columns, by the name of the rule.
SCALINGS: dict[str, Rule] = {"robust": _robust, "standard": _standard, "minmax": _minmax}


def centers_and_factors(
    scaling: str | None, columns: Array, weights: Array | None, found: Spread
) -> tuple[Array, Array]:
    """What is subtracted from columns, and what they are multiplied with then: 0 for constant ones.

    Parameters
    ----------
    scaling : str or None
        The rule; None leaves numbers as they are.
    columns, weights, found
        As for :func:`~dlcore.tables.spread.spread`, and what it gave.
    """
    if scaling is None:
        return np.zeros(len(columns)), np.ones(len(columns))
    center, width = SCALINGS[scaling](columns, weights, found)
    return center, factors(width, np.maximum(np.abs(found.low), np.abs(found.high)))


def factors(width: Array, largest: Array) -> Array:
    """One over widths; 0 where a width is nothing beside the largest value, or so small that this is not finite."""
    with np.errstate(divide="ignore", over="ignore"):
        factor = np.where(width > largest * ROUNDING, 1 / width, 0.0)
    return np.where(np.isfinite(factor), factor, 0.0)


def scale(x: Array, center: Array, factor: Array) -> None:
    """(x - center) · factor in place, x (rows, columns)."""
    np.subtract(x, center, out=x)
    np.multiply(x, factor, out=x)


def bend(x: Array, bound: float) -> None:
    """Bend numbers in place, x / √(1 + (x / bound)²): the same near 0, and never beyond the bound.

    Source: Holzmüller, Grinsztajn and Steinwart, Better by default, 2024.
    """
    np.clip(x, -FAR * bound, FAR * bound, out=x)  # a square must not overflow
    divisor = np.multiply(x, x.dtype.type(1 / bound))
    np.square(divisor, out=divisor)
    divisor += 1
    np.sqrt(divisor, out=divisor)
    np.divide(x, divisor, out=x)
