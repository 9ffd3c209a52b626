"""What is learned of a column: of numbers, of categories, of dates."""

from __future__ import annotations

import math

import numpy as np

from dlcore.floats import Array
from dlcore.tables import cells, kinds
from dlcore.tables.columns import CYCLES, CategoryColumn, DateColumn, NumberColumn
from dlcore.tables.intake import Column
from dlcore.tables.scaling import center_and_factor
from dlcore.tables.spread import LARGEST, spread


def learn_number(
    column: Array, label: str, weights: Array | None, scaling: str | None, indicator: bool
) -> NumberColumn:
    """What a column of numbers holds; ``indicator`` says whether what is missing may be marked.

    Raises
    ------
    ValueError
        If a number is infinite, or so large that differences would be.
    """
    with np.errstate(over="ignore"):
        values = np.array(column, np.float64)
    present = ~np.isnan(values)
    missing = len(values) - int(np.count_nonzero(present))
    if missing:
        values, weights = values[present], weights if weights is None else weights[present]
    with np.errstate(over="ignore", invalid="ignore"):
        found = spread(values, weights)
    if found.largest > LARGEST:
        raise infinite(label)
    center, factor = center_and_factor(scaling, values, weights, found)
    marked = indicator and 0 < missing < len(column)
    return NumberColumn(center, factor, found.median, found.low, found.high, missing, marked)


def infinite(label: str) -> ValueError:
    """The error for a column with an infinite number."""
    return ValueError(f"Input X contains infinity or a value too large for dtype('float64'), in column {label}")


def learn_categories(column: Column, label: str, weights: Array | None, most: int, least: float) -> CategoryColumn:
    """Which categories are frequent enough for a feature of their own.

    Parameters
    ----------
    most : int
        How many they may be at the most, the one for the rest among them.
    least : float
        In how many rows each must be found.
    """
    places, values = kinds.codes(column, label)
    counts: dict[cells.Category, float] = {}
    missing = 0.0
    found = np.bincount(places + 1, weights, len(values) + 1)
    for value, count in zip([None, *values], found.tolist(), strict=True):
        if value is None:
            missing += count
        elif count:
            counts[value] = counts.get(value, 0) + count
    ranked = sorted(counts, key=lambda value: (-counts[value], cells.order(value)))
    kept = [value for value in ranked if counts[value] >= least]
    if kept and len(kept) == len(ranked) - 1:
        kept = ranked  # a single rare one is better known by its name than as the rest
    if len(kept) > most or (len(kept) == most and len(kept) < len(ranked)):
        kept = kept[: most - 1]
    return CategoryColumn(tuple(sorted(kept, key=cells.order)), len(ranked) - len(kept), math.ceil(missing))


def learn_dates(column: Column, label: str, weights: Array | None, scaling: str | None, indicators: bool) -> DateColumn:
    """The seconds as numbers, and which periods the dates go through."""
    dates = kinds.dates(column, label)
    seconds = kinds.seconds(dates)
    number = learn_number(seconds, label, weights, scaling, indicators)
    days = dates.astype("datetime64[D]")
    with_time = bool(np.any(days[~np.isnat(dates)] != dates[~np.isnat(dates)]))
    spans = {"year": True, "week": True, "day": with_time}
    return DateColumn(number, tuple(cycle for cycle in CYCLES if spans[cycle] and number.low < number.high))
