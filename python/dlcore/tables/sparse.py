"""What is learned of a sparse matrix without making it dense: a factor for each column, and no center."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.floats import Array
from dlcore.tables.columns import NumberColumn
from dlcore.tables.intake import Table
from dlcore.tables.learning import infinite
from dlcore.tables.scaling import factor
from dlcore.tables.spread import LARGEST


def learn_sparse(table: Table, weights: Array | None, scaling: str | None) -> list[NumberColumn]:
    """The columns of a sparse matrix.

    The numbers that are not 0 come, by their typical size, to 1: the median of their sizes ("robust"), the root of the
    mean of their squares ("standard"), or the largest ("minmax"). What is missing becomes 0, as what is not stored.

    Raises
    ------
    ValueError
        If a number is infinite, or nearly so.
    """
    matrix: Any = table.sparse.astype(np.float64, copy=True)
    matrix.sum_duplicates()
    too_large = np.abs(matrix.data) > LARGEST
    if too_large.any():
        raise infinite(table.label(int(matrix.indices[too_large][0])))
    rows = np.repeat(np.arange(table.rows), np.diff(matrix.indptr))
    missing = np.bincount(matrix.indices[np.isnan(matrix.data)], minlength=table.width)
    stored = (matrix.data != 0) & ~np.isnan(matrix.data)
    columns, data = matrix.indices[stored], matrix.data[stored]
    share = np.ones(len(data)) if weights is None else weights[rows[stored]]
    low, high = np.zeros(table.width), np.zeros(table.width)
    np.minimum.at(low, columns, data)
    np.maximum.at(high, columns, data)
    size = _typical(scaling, columns, np.abs(data), share, np.maximum(-low, high))
    return [
        NumberColumn(0.0, 1.0 if scaling is None else factor(width, 0.0), 0.0, least, largest, gone, False)
        for width, least, largest, gone in zip(*(x.tolist() for x in (size, low, high, missing)), strict=True)
    ]


def _typical(scaling: str | None, columns: Array, sizes: Array, share: Array, largest: Array) -> Array:
    """The typical size of the numbers of each column that are not 0; 0 where there are none."""
    if scaling in ("minmax", None):
        return largest
    total = np.bincount(columns, share, len(largest))
    if scaling == "standard":
        unit = np.where(largest > 0, largest, 1.0)
        squares = np.bincount(columns, share * np.square(sizes / unit[columns]), len(largest))
        deviation: Array = np.sqrt(squares / np.where(total > 0, total, 1.0)) * unit
        return deviation
    order = np.lexsort((sizes, columns))
    columns, sizes, share = columns[order], sizes[order], share[order]
    end = np.cumsum(np.bincount(columns, minlength=len(largest)))
    running = np.cumsum(share)
    before = np.concatenate([[0.0], running])[np.concatenate([[0], end[:-1]])]
    middle = np.searchsorted(running, before + total / 2)
    median = np.zeros(len(largest))
    filled = total > 0
    median[filled] = sizes[np.minimum(middle, end - 1)[filled]]
    return median
