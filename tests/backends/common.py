"""Sizes, random arrays and the comparison that all contract tests share."""

from __future__ import annotations

import numpy as np

#: One less, the same and one more than the lanes of every vector register, in both dtypes, and some between.
SIZES = (0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65)
SHAPES = [(m, n) for n in SIZES for m in (0, 1, 3, 17)]


def random(rng, dtype, *shape, scale=2.0):
    return np.asarray(scale * rng.standard_normal(shape), dtype)


def wide(array):
    return array.astype(np.float64)


def close(got, expected, dtype, ulps, scale=0.0):
    """Each number within ``ulps`` units of its own size, or of ``scale`` where it is the outcome of a cancellation."""
    eps = np.finfo(dtype).eps
    bound = ulps * eps * np.maximum(np.abs(expected), scale) + np.finfo(dtype).tiny
    wrong = ~(np.abs(got - expected) <= bound)
    assert got.shape == expected.shape
    assert not wrong.any(), (got[wrong][:5], expected[wrong][:5], np.argwhere(wrong)[:5])
