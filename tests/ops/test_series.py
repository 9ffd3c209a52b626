"""Running averages and random orders."""

from __future__ import annotations

import numpy as np
import pytest
from backends import reference

from dlcore import ops


def test_weighted_average(backend, disguise, dtype):
    y = np.array([4, 2, 6, 8], dtype)
    assert np.allclose(ops.exponentially_weighted_average(disguise(y), 0.5), [2, 2, 4, 6])
    corrected = ops.exponentially_weighted_average(disguise(y), 0.5, bias_correction=True)
    assert np.allclose(corrected, [4, 2 / 0.75, 4 / 0.875, 6 / 0.9375])
    out = np.empty(4, dtype)
    assert ops.exponentially_weighted_average(y, out=out) is out


def test_weighted_average_refuses():
    for message, call in {
        r"beta must lie in \[0, 1\); got 1": lambda: ops.exponentially_weighted_average([1.0], 1),
        r"y must have one axis, a series of numbers; got shape \(1, 1\)": lambda: ops.exponentially_weighted_average(
            [[1]]
        ),
    }.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_permutation(backend):
    order = ops.permutation(100, 3)
    assert sorted(order.tolist()) == list(range(100))
    assert order.tolist() == reference.permutation(3, 0, 100)
    assert ops.permutation(100, 3, stream=1).tolist() == reference.permutation(3, 1, 100)
    assert ops.permutation(0, 3).size == 0


def test_permutation_refuses():
    for message, call in {
        "n must lie between 0 and": lambda: ops.permutation(-1, 0),
        "seed must lie between 0 and 18446744073709551615; got -1": lambda: ops.permutation(3, -1),
        "stream must lie between": lambda: ops.permutation(3, 0, stream=2**64),
    }.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match=r"n must be an integer; got 3.0"):
        ops.permutation(3.0, 0)
