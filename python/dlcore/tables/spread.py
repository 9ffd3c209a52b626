"""Where the middle of a column of numbers is, and how far its values spread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dlcore.floats import Array

#: Larger numbers count as infinite: their differences might be.
LARGEST = 1e300

#: How many numbers are sorted at a time.
BLOCK = 1 << 22


class Spread(NamedTuple):
    """Of some columns, one entry a column; where a column has no values, ``count`` is 0 and the rest too."""

    count: Array
    low: Array
    lower: Array
    median: Array
    upper: Array
    high: Array
    mean: Array
    deviation: Array


def spread(columns: Array, weights: Array | None = None) -> Spread:
    """What the rows of a matrix, each a column of a table, hold apart from NaN.

    Quartiles are values that occur, or the middle between two of them: a weight of 2 counts as two rows.

    Parameters
    ----------
    columns : float64, (columns, rows)
        Finite or NaN.
    weights : float64, (rows,), optional
        Positive.
    """
    if weights is None:
        ordered = np.sort(columns, axis=1)
        running = None
    else:
        places = np.argsort(columns, axis=1, kind="stable")
        ordered = np.take_along_axis(columns, places, axis=1)
        running = np.cumsum(np.where(np.isnan(ordered), 0.0, weights[places]), axis=1)
    valid = ~np.isnan(ordered)
    count = valid.sum(axis=1)
    filled = count > 0
    quartiles = [np.where(filled, _quantile(ordered, running, count, q), 0.0) for q in (0.25, 0.5, 0.75)]
    low, high = (np.where(filled, _at(ordered, place), 0.0) for place in (np.zeros_like(count), count - 1))
    mean, deviation = _moments(columns, weights, np.maximum(np.abs(low), np.abs(high)))
    return Spread(count, low, *quartiles, high, mean, deviation)


def _at(ordered: Array, place: Array) -> Array:
    place = np.clip(place, 0, ordered.shape[1] - 1)
    result: Array = np.take_along_axis(ordered, place[:, None], axis=1)[:, 0]
    return result


def _quantile(ordered: Array, running: Array | None, count: Array, q: float) -> Array:
    """The averaged inverse of the distribution function.

    Source: Hyndman and Fan, Sample quantiles in statistical packages, 1996, definition 2.
    """
    if running is None:
        share = count * q
        place = np.ceil(share).astype(np.intp) - 1
        even = share == place + 1
    else:
        share = running[:, -1] * q
        place = (running < share[:, None]).sum(axis=1)
        even = _at(running, place) == share
    value = _at(ordered, place)
    following = _at(ordered, np.minimum(place + even, count - 1))
    result: Array = value / 2 + following / 2
    return np.where(even, result, value)


def _moments(columns: Array, weights: Array | None, largest: Array) -> tuple[Array, Array]:
    """Mean and standard deviation, in units of the largest value, so that no square overflows."""
    unit = np.where(largest > 0, largest, 1.0)
    valid = ~np.isnan(columns)
    share = valid * (1.0 if weights is None else weights)
    total = np.maximum(share.sum(axis=1), np.finfo(float).tiny)
    scaled = np.where(valid, columns, 0.0) / unit[:, None]
    mean = (share * scaled).sum(axis=1) / total
    variance = (share * np.square(scaled - mean[:, None])).sum(axis=1) / total
    return mean * unit, np.sqrt(variance) * unit
