"""Running averages and random orders."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.backends import get_backend
from dlcore.backends.contract import Array

__all__ = [
    "exponentially_weighted_average",
    "permutation",
]

_UINT64_MAX = 2**64 - 1


def exponentially_weighted_average(
    y: Any, beta: float = 0.9, bias_correction: bool = False, *, out: Array | None = None
) -> Array:
    """s_t = beta · s_{t-1} + (1 - beta) · y_t with s_0 = 0, for every t of a series.

    Parameters
    ----------
    y : (n,)
        The series.
    beta : float in [0, 1)
        How much of the past stays: about 1 / (1 - beta) terms count.
    bias_correction : bool
        Divide s_t by 1 - beta^t, which makes up for the start at 0.
    out : (n,) array, optional
        Where the result goes.

    Returns
    -------
    (n,) array

    Raises
    ------
    ValueError
        If y is no series, beta is out of bounds, or out does not fit.
    TypeError
        If an argument is of a wrong kind.
    """
    series = checks.one_input("y", y)
    if series.ndim != 1:
        raise ValueError(f"y must have one axis, a series of numbers; got shape {series.shape}")
    number = checks.number("beta", beta, 0, 1)
    result = checks.output("out", out, series.shape, series.dtype)
    if out is not None:
        checks.apart(("out", "y"), out, y)
    get_backend().weighted_average(series, number, bool(bias_correction), result)
    return result


def permutation(n: int, seed: int, *, stream: int = 0) -> Array:
    """The numbers 0 … n-1 in the random order that seed and stream stand for, the same on every machine and backend.

    Parameters
    ----------
    n : int
        How many.
    seed, stream : int from 0 to 2**64 - 1
        Different streams of one seed are independent, one for each epoch, say.

    Returns
    -------
    (n,) array of int64

    Raises
    ------
    ValueError
        If a number is out of bounds.
    TypeError
        If a number is no integer.

    Notes
    -----
    Philox-4x32-10 and the Fisher-Yates shuffle; :meth:`dlcore.backends.contract.Backend.permutation` gives the detail.
    """
    out = np.empty(checks.whole("n", n, 0, 2**32 - 1), np.int64)
    key = checks.whole("seed", seed, 0, _UINT64_MAX), checks.whole("stream", stream, 0, _UINT64_MAX)
    get_backend().permutation(*key, out)
    return out
