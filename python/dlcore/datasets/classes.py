"""Points in the plane with the number of their class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.checks import number, whole
from dlcore.datasets.draws import Draws, sample_count, sin_pi, spread
from dlcore.portable import cos_pi

Points = tuple[NDArray[np.float32], NDArray[np.int64]]


def spirals(
    n_samples: int = 300, n_classes: int = 3, noise: float = 0.03, turns: float = 0.75, seed: Any = 0
) -> Points:
    """Arms that wind around the origin, one for each class.

    Parameters
    ----------
    n_samples : int
        Rows, shared evenly among the classes and in random order.
    n_classes : int
        2 or more.
    noise : float
        Standard deviation of what is added to each coordinate.
    turns : float
        How often an arm goes around on its way from radius 0.1 to radius 1.
    seed : int, SeedGenerator or None
        An int gives the same points at every call; None follows from :func:`dlcore.utils.set_random_seed`.

    Returns
    -------
    x : (n_samples, 2) array of float32
        About within [-1, 1].
    y : (n_samples,) array of int64
        The class of each row, from 0 on.

    Examples
    --------
    >>> x, y = dlcore.datasets.spirals(300, n_classes=3)
    >>> np.bincount(y)
    array([100, 100, 100])
    """
    count, classes = sample_count(n_samples), whole("n_classes", n_classes, 2, 2**31 - 1)
    windings, deviation = number("turns", turns), spread(noise)
    draws = Draws(seed)
    y = draws.labels(count, classes)
    radius = 0.1 + 0.9 * draws.uniform(count)
    angle = 2 * (y / classes + windings * radius)
    return _noisy(radius * cos_pi(angle), radius * sin_pi(angle), deviation, draws), y


def moons(n_samples: int = 200, noise: float = 0.1, seed: Any = 0) -> Points:
    """Two half circles that reach into each other.

    Parameters
    ----------
    n_samples : int
        Rows, shared evenly among the two classes and in random order.
    noise : float
        Standard deviation of what is added to each coordinate.
    seed : int, SeedGenerator or None
        See :func:`spirals`.

    Returns
    -------
    x : (n_samples, 2) array of float32
        The upper half of the unit circle around (0, 0), and the lower half of the one around (1, ½).
    y : (n_samples,) array of int64
        0 for the upper half, 1 for the lower.

    Examples
    --------
    >>> x, y = dlcore.datasets.moons(200, noise=0.05, seed=1)
    """
    count, deviation = sample_count(n_samples), spread(noise)
    draws = Draws(seed)
    y = draws.labels(count, 2)
    along = draws.uniform(count)
    across, up = cos_pi(along), sin_pi(along)
    return _noisy(np.where(y, 1 - across, across), np.where(y, 0.5 - up, up), deviation, draws), y


def circles(n_samples: int = 200, noise: float = 0.05, factor: float = 0.5, seed: Any = 0) -> Points:
    """A small circle within a large one.

    Parameters
    ----------
    n_samples : int
        Rows, shared evenly among the two classes and in random order.
    noise : float
        Standard deviation of what is added to each coordinate.
    factor : float in (0, 1)
        The radius of the inner circle; that of the outer one is 1.
    seed : int, SeedGenerator or None
        See :func:`spirals`.

    Returns
    -------
    x : (n_samples, 2) array of float32
    y : (n_samples,) array of int64
        0 for the outer circle, 1 for the inner.

    Examples
    --------
    >>> x, y = dlcore.datasets.circles(200, factor=0.4)
    """
    count, deviation = sample_count(n_samples), spread(noise)
    inner = number("factor", factor, 0, 1, open_low=True)
    draws = Draws(seed)
    y = draws.labels(count, 2)
    radius, angle = np.where(y, inner, 1.0), 2 * draws.uniform(count)
    return _noisy(radius * cos_pi(angle), radius * sin_pi(angle), deviation, draws), y


def xor(n_samples: int = 200, noise: float = 0.15, seed: Any = 0) -> Points:
    """Points around the corners of the unit square; a class is two corners across from each other.

    No straight line separates them: a net needs a hidden layer.

    Parameters
    ----------
    n_samples : int
        Rows, shared evenly among the four corners and in random order.
    noise : float
        Standard deviation of what is added to each coordinate. ``xor(4, noise=0)`` is the table of truth values.
    seed : int, SeedGenerator or None
        See :func:`spirals`.

    Returns
    -------
    x : (n_samples, 2) array of float32
    y : (n_samples,) array of int64
        1 where exactly one coordinate of the corner is 1, else 0.

    Examples
    --------
    >>> x, y = dlcore.datasets.xor(4, noise=0)
    >>> sorted((int(a), int(b), int(label)) for (a, b), label in zip(x, y))
    [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    """
    count, deviation = sample_count(n_samples), spread(noise)
    draws = Draws(seed)
    corner = draws.labels(count, 4)
    first, second = corner // 2, corner % 2
    return _noisy(first.astype(np.float64), second.astype(np.float64), deviation, draws), first ^ second


def blobs(n_samples: int = 300, n_classes: int = 3, noise: float = 0.25, seed: Any = 0) -> Points:
    """Round heaps of points, one for each class, their centres evenly spaced on the unit circle.

    Parameters
    ----------
    n_samples : int
        Rows, shared evenly among the classes and in random order.
    n_classes : int
        2 or more.
    noise : float
        Standard deviation of each coordinate within a heap.
    seed : int, SeedGenerator or None
        See :func:`spirals`.

    Returns
    -------
    x : (n_samples, 2) array of float32
    y : (n_samples,) array of int64
        The class of each row, from 0 on.

    Examples
    --------
    >>> x, y = dlcore.datasets.blobs(300, n_classes=4)
    """
    count, classes = sample_count(n_samples), whole("n_classes", n_classes, 2, 2**31 - 1)
    deviation = spread(noise)
    draws = Draws(seed)
    y = draws.labels(count, classes)
    angle = 2 * y / classes
    return _noisy(cos_pi(angle), sin_pi(angle), deviation, draws), y


def _noisy(
    first: NDArray[np.float64], second: NDArray[np.float64], deviation: float, draws: Draws
) -> NDArray[np.float32]:
    """Two coordinates as rows of float32, with noise on both."""
    points = np.stack([first, second], axis=1)
    return (points + deviation * draws.normal(*points.shape)).astype(np.float32)
