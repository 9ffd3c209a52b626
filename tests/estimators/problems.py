"""Small problems that a net learns in a moment."""

from __future__ import annotations

import numpy as np


def rings(rows=150, seed=0):
    """Two classes that no straight line parts."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (rows, 2))
    return x, (np.hypot(*x.T) < 0.7).astype(int)


def blobs(rows=150, classes=3, seed=0):
    """Classes that are easy to tell apart, called by letters."""
    rng = np.random.default_rng(seed)
    numbers = np.arange(rows) % classes
    angle = 2 * np.pi * numbers / classes
    x = np.column_stack([np.cos(angle), np.sin(angle)]) + 0.2 * rng.standard_normal((rows, 2))
    return x, np.array(list("abcdefgh"))[numbers]


def waves(rows=200, columns=1, seed=0):
    """Targets far from 0, of another size each."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (rows, 3))
    y = np.column_stack([100 * (k + 1) + 10 * np.sin(x[:, 0] + k) + 3 * x[:, 1] for k in range(columns)])
    return x, y[:, 0] if columns == 1 else y
