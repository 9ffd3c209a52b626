"""Where the middle of a column of numbers is, and how far its values spread."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from dlcore.floats import Array

#: Larger numbers count as infinite: their differences might be.
LARGEST = 1e300

#: Values farther from the median than so many times the upper quartile of the distances are outliers.
FAR_OUT = 4.0


class Spread(NamedTuple):
    """Of a column: the least value, the median, the largest, and how far from the median a value is no outlier."""

    low: float = 0.0
    median: float = 0.0
    high: float = 0.0
    reach: float = 0.0

    @property
    def largest(self) -> float:
        """The largest size of a value."""
        return max(abs(self.low), abs(self.high))


def spread(values: Array, weights: Array | None = None) -> Spread:
    """What a column holds.

    A value is an outlier if it is farther from the median than ``FAR_OUT`` times the upper quartile of the distances,
    those of values that are the median left out, so that a column of mostly one value is judged by the others.

    Parameters
    ----------
    values : float64, (rows,)
        Finite. None at all give zeros.
    weights : float64, (rows,), optional
        Positive. A weight of 2 counts as two rows.
    """
    if not len(values):
        return Spread()
    low, high = float(values.min()), float(values.max())
    if low == high:
        return Spread(low, low, high)
    median = quantile(values, weights, 0.5)
    distances = np.abs(values - median)
    apart = distances > 0
    reach = FAR_OUT * quantile(distances[apart], weights if weights is None else weights[apart], 0.75)
    return Spread(low, median, high, reach)


def quantile(values: Array, weights: Array | None, q: float) -> float:
    """A value that occurs, or the middle between two of them: the averaged inverse of the distribution function.

    Source: Hyndman and Fan, Sample quantiles in statistical packages, 1996, definition 2. Of no values it is 0.
    """
    if not len(values):
        return 0.0
    last = len(values) - 1
    if weights is None:
        share = len(values) * q
        place = math.ceil(share) - 1
        even = share == place + 1
        following = min(place + even, last)
        ordered = np.partition(values, sorted({place, following}))
    else:
        order = np.argsort(values, kind="stable")
        ordered, running = values[order], np.cumsum(weights[order])
        share = running[-1] * q
        place = int(np.searchsorted(running, share))
        even = running[place] == share
        following = min(place + even, last)
    value = float(ordered[place])
    return value / 2 + float(ordered[following]) / 2 if even else value


def moments(values: Array, weights: Array | None, low: float, high: float) -> tuple[float, float]:
    """Mean and standard deviation of values that are brought between two bounds; of no values, 0 and 0.

    Sums are taken in units of the larger bound, so that no square overflows.
    """
    unit = max(abs(low), abs(high))
    if not len(values) or not unit:
        return 0.0, 0.0
    x = np.clip(values, low, high)
    x /= unit
    total = float(len(x) if weights is None else weights.sum())
    mean = float(np.sum(x if weights is None else x * weights)) / total
    x -= mean
    np.square(x, out=x)
    variance = float(np.sum(x if weights is None else x * weights)) / total
    return mean * unit, math.sqrt(variance) * unit
