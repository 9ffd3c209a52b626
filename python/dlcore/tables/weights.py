"""How much rows weigh while something is learned of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.floats import Array, numbers


def positive_rows(sample_weight: Any, rows: int) -> tuple[Array | None, Array | None]:
    """Which rows weigh anything, None for all of them, and what these weigh, None if all weigh the same.

    Raises
    ------
    TypeError, ValueError
        If the weights are no numbers of the shape (rows,), if one is negative, infinite or NaN, or all are 0.
    """
    if sample_weight is None:
        return None, None
    weights = numbers("sample_weight", sample_weight).astype(np.float64)
    if weights.ndim == 0:
        return None, None
    if weights.shape != (rows,):
        raise ValueError(f"sample_weight must have the shape ({rows},), a weight a row; got {weights.shape}")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("sample_weight must hold finite numbers, 0 or more")
    kept = np.flatnonzero(weights)
    if rows and not len(kept):
        raise ValueError("sample_weight is 0 for every row")
    weights = weights[kept]
    same = bool(len(weights)) and bool((weights == weights[0]).all())
    return None if len(kept) == rows else kept, None if same else weights
