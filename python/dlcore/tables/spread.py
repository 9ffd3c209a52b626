"""Where the middle of a column of numbers is, and how far its values spread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dlcore.floats import Array

#: Larger numbers count as infinite: their differences might be.
LARGEST = 1e300

#: How many numbers are sorted at a time.
BLOCK = 1 << 20

#: Values farther from the median than so many times the upper quartile of the distances are outliers.
FAR_OUT = 4.0


class Spread(NamedTuple):
    """Of some columns, one entry a column: how many values there are, the least, the median, the largest, and how far
    from the median a value is no outlier. Where a column has no values, all are 0.
    """

    filled: Array
    low: Array
    median: Array
    high: Array
    reach: Array


def spread(columns: Array, weights: Array | None = None) -> Spread:
    """What the rows of a matrix, each a column of a table, hold apart from NaN.

    A value is an outlier if it is farther from the median than ``FAR_OUT`` times the upper quartile of the distances,
    those of values that are the median left out, so that a column of mostly one value is judged by the others.

    Parameters
    ----------
    columns : float64, (columns, rows)
        Finite or NaN.
    weights : float64, (rows,), optional
        Positive. A weight of 2 counts as two rows.
    """
    ordered, order = _sorted(columns, weights)
    filled = np.count_nonzero(~np.isnan(ordered), axis=1)
    median = _quantile(ordered, order, filled, 0.5)
    distances = np.abs(ordered - median[:, None])
    distances[distances == 0] = np.nan
    apart = np.count_nonzero(~np.isnan(distances), axis=1)
    if order is None:
        distances.sort(axis=1, kind="stable")  # two runs in order: one merge
    else:
        distances, order = _sorted(distances, order)
    reach = FAR_OUT * _quantile(distances, order, apart, 0.75)
    low, high = _at(ordered, np.zeros_like(filled)), _at(ordered, filled - 1)
    low, median, high = (np.where(filled > 0, value, 0.0) for value in (low, median, high))
    return Spread(filled, low, median, high, np.where(apart > 0, reach, 0.0))


def _sorted(columns: Array, weights: Array | None) -> tuple[Array, Array | None]:
    """Each row in ascending order, NaN last, and the weights beside it: 0 for NaN."""
    if weights is None:
        return np.sort(columns, axis=1), None
    places = np.argsort(columns, axis=1, kind="stable")
    ordered = np.take_along_axis(columns, places, axis=1)
    beside = np.take_along_axis(np.broadcast_to(weights, columns.shape), places, axis=1)
    return ordered, np.where(np.isnan(ordered), 0.0, beside)


def _at(ordered: Array, place: Array) -> Array:
    place = np.clip(place, 0, ordered.shape[1] - 1)
    result: Array = np.take_along_axis(ordered, place[:, None], axis=1)[:, 0]
    return result


def _quantile(ordered: Array, weights: Array | None, filled: Array, q: float) -> Array:
    """A value that occurs, or the middle between two of them: the averaged inverse of the distribution function.

    Source: Hyndman and Fan, Sample quantiles in statistical packages, 1996, definition 2.
    """
    if weights is None:
        share = filled * q
        place = np.ceil(share).astype(np.intp) - 1
        even = share == place + 1
    else:
        running = np.cumsum(weights, axis=1)
        share = running[:, -1] * q
        place = np.count_nonzero(running < share[:, None], axis=1)
        even = _at(running, place) == share
    value = _at(ordered, place)
    following = _at(ordered, np.minimum(place + even, filled - 1))
    return np.where(even, value / 2 + following / 2, value)


def moments(columns: Array, weights: Array | None, low: Array, high: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each row of a matrix, once its values are brought between two bounds.

    NaN is left out; a row of nothing else has 0 and 0. Sums are taken in units of the larger bound, so that no square
    overflows.
    """
    largest = np.maximum(np.abs(low), np.abs(high))
    unit = np.where(largest > 0, largest, 1.0)
    x = np.clip(columns, low[:, None], high[:, None])
    x /= unit[:, None]
    share = (~np.isnan(x)).astype(np.float64)
    if weights is not None:
        share *= weights
    x[np.isnan(x)] = 0.0
    total = share.sum(axis=1)
    total[total == 0] = 1.0
    mean = (x * share).sum(axis=1) / total
    x -= mean[:, None]
    variance = (np.square(x) * share).sum(axis=1) / total
    return mean * unit, np.sqrt(variance) * unit
