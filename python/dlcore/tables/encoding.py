"""The arithmetic that makes features of a table, prepared once and done a few rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.floats import Array
from dlcore.tables import cells, kinds
from dlcore.tables.columns import CategoryColumn, DateColumn, Learned, NumberColumn
from dlcore.tables.intake import Column, Table
from dlcore.tables.learning import infinite
from dlcore.tables.scaling import bend, scale

#: How many numbers are worked on at a time: they stay in the cache.
BATCH = 1 << 15


class Encoding:
    """What was learned of all columns, arranged for speed.

    Parameters
    ----------
    learned : list
        Of each column.
    clip : float or None
        The bound of scaled numbers.
    dtype : dtype
        Of the features.
    """

    def __init__(self, learned: Sequence[Learned], clip: float | None, dtype: np.dtype[Any]) -> None:
        self.clip, self.dtype = clip, dtype
        self.categories: list[tuple[int, int, Lookup]] = []
        self.dates: list[tuple[int, int, tuple[str, ...]]] = []
        numbers: list[tuple[int, int, NumberColumn]] = []
        width = 0
        for index, column in enumerate(learned):
            if isinstance(column, CategoryColumn):
                self.categories.append((index, width, Lookup(column)))
            elif isinstance(column, DateColumn):
                numbers.append((index, width, column.seconds))
                self.dates.append((index, width + 1 + column.seconds.indicator, column.cycles))
            else:
                numbers.append((index, width, column))
            width += len(column.features(""))
        self.width = width
        self.numbers = [index for index, _, _ in numbers]
        self.center, self.factor, median = (
            np.array([getattr(column, key) for _, _, column in numbers]) for key in ("center", "factor", "median")
        )
        self.filling = (median - self.center) * self.factor
        self.slots = np.array([slot for _, slot, _ in numbers], np.intp)
        self.marked = np.flatnonzero([column.indicator for _, _, column in numbers])
        self.only_numbers = len(numbers) == width

    def dense(self, table: Table) -> Array:
        """The features of a table, (rows, features)."""
        out = np.empty((table.rows, self.width), self.dtype)
        sources = self._sources(table)
        step = max(1, BATCH // max(1, len(self.numbers)))
        for start in range(0, table.rows if self.numbers else 0, step):
            rows = slice(start, min(start + step, table.rows))
            self._numbers(table, sources, rows, out)
        for index, slot, lookup in self.categories:
            lookup.write(table.column(index), table.label(index), out[:, slot : slot + lookup.width])
        for index, slot, cycles in self.dates:
            dates = kinds.dates(table.column(index), table.label(index))
            for place, cycle in enumerate(cycles):
                out[:, slot + 2 * place], out[:, slot + 2 * place + 1] = kinds.phases(dates, cycle)
        return out

    def _sources(self, table: Table) -> list[Array]:
        """The columns of numbers, one by one, where they do not come as a matrix."""
        if table.matrix is not None or table.sparse is not None:
            return []
        dates = {index for index, _, _ in self.dates}
        return [
            kinds.seconds(kinds.dates(table.column(i), table.label(i)))
            if i in dates
            else kinds.numbers(table.column(i), table.label(i))
            for i in self.numbers
        ]

    def _numbers(self, table: Table, sources: list[Array], rows: slice, out: Array) -> None:
        """Write the features of the columns of numbers for some rows."""
        with np.errstate(over="ignore", invalid="ignore"):
            x = self._gathered(table, sources, rows)
            missing = None if np.isfinite(np.add.reduce(x, axis=None)) else self._missing(x, table)
            scale(x, self.center, self.factor)
            if missing is not None:
                np.copyto(x, self.filling, where=missing)
            small = self._bent(x)
        if self.only_numbers:
            out[rows] = small
            return
        out[rows, self.slots] = small
        if len(self.marked):
            out[rows, self.slots[self.marked] + 1] = 0 if missing is None else missing[:, self.marked]

    def _gathered(self, table: Table, sources: list[Array], rows: slice) -> Array:
        """Some rows of the columns of numbers, float64, in memory of their own."""
        if table.matrix is None and table.sparse is None:
            x = np.empty((rows.stop - rows.start, len(self.numbers)))
            for place, source in enumerate(sources):
                x[:, place] = source[rows]
            return x
        whole = table.sparse[rows].toarray() if table.matrix is None else table.matrix[rows]
        return np.array(whole if len(self.numbers) == table.width else whole[:, self.numbers], np.float64, order="C")

    def _bent(self, x: Array) -> Array:
        """Scaled numbers as features."""
        small: Array = x.astype(self.dtype)
        if self.clip is not None:
            bend(small, self.clip)
        elif not np.isfinite(small).all():
            raise ValueError(f"Input X contains a value too large for dtype('{self.dtype}') after scaling")
        return small

    def _missing(self, x: Array, table: Table) -> Array | None:
        """Where numbers are missing, if any are; the sum was not finite, perhaps for their size only."""
        infinities = np.isinf(x)
        if infinities.any():
            raise infinite(table.label(self.numbers[int(np.flatnonzero(infinities.any(axis=0))[0])]))
        missing = np.isnan(x)
        return missing if missing.any() else None

    def sparse(self, table: Table) -> Any:
        """The features of a sparse table: the numbers that it stores, scaled; missing ones become 0."""
        result = table.sparse.astype(np.float64, copy=True)
        result.sum_duplicates()
        if np.isinf(result.data).any():
            raise infinite(table.label(int(result.indices[np.isinf(result.data)][0])))
        with np.errstate(over="ignore"):
            data = self._bent(np.nan_to_num(result.data) * self.factor[result.indices])
        result.data = data
        return result


class Lookup:
    """From categories to features."""

    def __init__(self, column: CategoryColumn) -> None:
        self.width = len(column.features(""))
        self.places: dict[Any, int] = {value: i for i, value in enumerate(column.values)}
        self.texts = {cells.text(value): i for i, value in reversed(list(enumerate(column.values)))}
        self.other = len(column.values) if column.rare and column.values else -1
        self.missing = self.width - 1 if column.missing else -1

    def place(self, value: cells.Category | None) -> int:
        """Which feature a category sets, -1 for none; 1 in one table is "1" in another."""
        if value is None:
            return self.missing
        found = self.places.get(value)
        return self.texts.get(cells.text(value), self.other) if found is None else found

    def write(self, column: Column, label: str, out: Array) -> None:
        """Write the features of a column."""
        out[...] = 0
        codes, values = kinds.codes(column, label)
        places = np.array([self.place(value) for value in values] + [self.missing], np.intp)[codes]
        rows = np.flatnonzero(places >= 0)
        out[rows, places[rows]] = 1
