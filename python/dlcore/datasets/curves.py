"""Noisy points on a curve, for regressions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.checks import number
from dlcore.datasets.draws import Draws, sample_count, sin_pi, spread

Curve = tuple[NDArray[np.float32], NDArray[np.float32]]


def line(n_samples: int = 100, slope: float = 2.0, intercept: float = 1.0, noise: float = 0.3, seed: Any = 0) -> Curve:
    """Points about a straight line: y = slope · x + intercept + noise.

    Parameters
    ----------
    n_samples : int
        Rows.
    slope, intercept : float
        Of the line.
    noise : float
        Standard deviation of what is added to y.
    seed : int, SeedGenerator or None
        An int gives the same points at every call; None follows from :func:`dlcore.utils.set_random_seed`.

    Returns
    -------
    x : (n_samples, 1) array of float32
        Evenly spread over [-1, 1].
    y : (n_samples,) array of float32

    Examples
    --------
    >>> x, y = dlcore.datasets.line(50, slope=3, noise=0)
    >>> bool(np.allclose(y, 3 * x[:, 0] + 1))
    True
    """
    count, deviation = sample_count(n_samples), spread(noise)
    steepness, start = number("slope", slope), number("intercept", intercept)
    draws = Draws(seed)
    x = 2 * draws.uniform(count) - 1
    return _rows(x, steepness * x + start, deviation, draws)


def sine(n_samples: int = 200, periods: float = 1.0, noise: float = 0.1, seed: Any = 0) -> Curve:
    """Points about a sine: y = sin(periods · π · x) + noise.

    Parameters
    ----------
    n_samples : int
        Rows.
    periods : float
        How many the interval [-1, 1] holds.
    noise : float
        Standard deviation of what is added to y.
    seed : int, SeedGenerator or None
        See :func:`line`.

    Returns
    -------
    x : (n_samples, 1) array of float32
        Evenly spread over [-1, 1].
    y : (n_samples,) array of float32

    Examples
    --------
    >>> x, y = dlcore.datasets.sine(200, periods=2)
    """
    count, deviation, waves = sample_count(n_samples), spread(noise), number("periods", periods)
    draws = Draws(seed)
    x = 2 * draws.uniform(count) - 1
    return _rows(x, sin_pi(waves * x), deviation, draws)


def _rows(x: NDArray[np.float64], y: NDArray[np.float64], deviation: float, draws: Draws) -> Curve:
    """A column and its noisy targets, in float32."""
    noisy = y + deviation * draws.normal(len(y))
    return x.astype(np.float32)[:, None], noisy.astype(np.float32)
