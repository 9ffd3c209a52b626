"""What is learned of columns: of many columns of numbers at once, of a column of categories, of dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dlcore.floats import Array
from dlcore.tables import cells, kinds
from dlcore.tables.columns import CYCLES, CategoryColumn, DateColumn, NumberColumn
from dlcore.tables.intake import Column
from dlcore.tables.scaling import centers_and_factors
from dlcore.tables.spread import BLOCK, LARGEST, spread


def learn_numbers(
    source: Callable[[int], Array],
    indexes: Sequence[int],
    label: Callable[[int], str],
    weights: Array | None,
    scaling: str | None,
    indicators: bool,
) -> list[NumberColumn]:
    """What columns of numbers hold; ``source`` gives a column by its index.

    Raises
    ------
    ValueError
        If a number is infinite, or so large that differences would be.
    """
    learned: list[NumberColumn] = []
    if not indexes:
        return learned
    rows = len(source(indexes[0]))
    width = max(1, BLOCK // rows)
    for start in range(0, len(indexes), width):
        part = indexes[start : start + width]
        block = np.empty((len(part), rows))
        for row, index in zip(block, part, strict=True):
            with np.errstate(over="ignore"):
                row[:] = source(index)
            if np.any(np.abs(row) > LARGEST):
                raise infinite(label(index))
        found = spread(block, weights)
        center, factor = centers_and_factors(scaling, found)
        columns = zip(center, factor, found.median, found.low, found.high, strict=True)
        for numbers, count in zip(columns, found.count, strict=True):
            missing = rows - int(count)
            learned.append(NumberColumn(*map(float, numbers), missing, indicators and 0 < missing < rows))
    return learned


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
    counts: dict[cells.Category | None, float] = {}
    found = np.bincount(places + 1, weights, len(values) + 1)
    for value, count in zip([None, *values], found.tolist(), strict=True):
        if count:
            counts[value] = counts.get(value, 0) + count
    missing = counts.pop(None, 0)
    ranked = sorted(counts, key=lambda value: (-counts[value], cells.order(value)))
    kept = [value for value in ranked if counts[value] >= least]
    if len(kept) < len(ranked) and len(kept) == len(ranked) - 1 and kept:
        kept = ranked  # a single rare one alone in the rest is better known by its name
    if len(kept) > most or (len(kept) == most and len(kept) < len(ranked)):
        kept = kept[: most - 1]
    rare = len(ranked) - len(kept)
    return CategoryColumn(tuple(sorted(kept, key=cells.order)), rare, round(missing))


def learn_dates(column: Column, label: str, weights: Array | None, scaling: str | None, indicators: bool) -> DateColumn:
    """The seconds as numbers, and which periods the dates go through."""
    dates = kinds.dates(column, label)
    seconds = kinds.seconds(dates)
    (number,) = learn_numbers(lambda _: seconds, [0], lambda _: label, weights, scaling, indicators)
    days = dates.astype("datetime64[D]")
    with_time = bool(np.any(days[~np.isnat(dates)] != dates[~np.isnat(dates)]))
    spans = {"year": True, "week": True, "day": with_time}
    return DateColumn(number, tuple(cycle for cycle in CYCLES if spans[cycle] and number.low < number.high))
