"""Functions composed of others: NumPy's numbers, gradients by differences, plain arrays for plain arrays."""

from __future__ import annotations

import numpy as np
import pytest
from autodiff.differences import check

from dlcore import Tensor, ops

X = np.array([[1.0, -2.0, 3.0, 0.3], [4.0, 0.5, -6.0, 2.2]])
Y = np.array([[0.5, 2.0, -1.0, 7.0], [1.0, 1.5, 2.5, 0.1]])

CASES = {
    "hypot": (ops.hypot, np.hypot, (X, Y)),
    "deg2rad": (ops.deg2rad, np.deg2rad, (X,)),
    "rad2deg": (ops.rad2deg, np.rad2deg, (X,)),
    "ptp": (lambda x: ops.ptp(x, 0), lambda x: np.ptp(x, 0), (X,)),
    "median": (ops.median, np.median, (X,)),
    "median, axis": (lambda x: ops.median(x, 1, keepdims=True), lambda x: np.median(x, 1, keepdims=True), (X,)),
    "median, odd": (lambda x: ops.median(x, (0, -1)), np.median, (X[:, :3][:1],)),
    "cumprod": (ops.cumprod, np.cumprod, (X,)),
    "cumprod, zeros": (lambda x: ops.cumprod(x, 0), lambda x: np.cumprod(x, 0), (np.array([[0.0], [2], [0], [3]]),)),
}


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name):
    function, expected, inputs = CASES[name]
    np.testing.assert_allclose(function(*inputs), expected(*inputs), rtol=1e-12)
    assert not isinstance(function(*inputs), Tensor)
    assert type(function(*map(Tensor, inputs))) is Tensor
    check(function, *inputs)


def test_lengths_at_the_edges():
    big = np.array([1e300, np.inf, 0.0])
    assert ops.hypot(big, np.array([1e300, 1.0, 0.0])).tolist() == [np.hypot(1e300, 1e300), np.inf, 0]
    assert ops.hypot(np.array([np.inf]), np.array([np.nan])).tolist() == [np.inf]
    from dlcore.autodiff import GradientTape
    from dlcore.variable import Variable

    x = Variable([0.0, 3.0])
    with GradientTape() as tape:
        y = ops.hypot(x, np.array([0.0, 4.0]))
    np.testing.assert_allclose(tape.gradient(y, x), [0.0, 0.6], rtol=1e-6)


def test_truths():
    assert ops.allclose(X, X + 1e-12)
    assert not ops.allclose(X, Y)
    assert ops.isin([1, 2, 3], [2, 9]).tolist() == [False, True, False]
    assert ops.isin([1, 2, 3], [2, 9], invert=True).tolist() == [True, False, True]


def test_whole_steps_leave_a_range_in_floatx():
    assert ops.arange(0.5, 2).dtype == "float32"
    assert ops.arange(0, np.float64(2)).dtype == "float64"
    assert ops.arange(3).dtype == "int32"


def test_several_axes():
    np.testing.assert_array_equal(ops.roll(X, (1, 2), (0, 1)), np.roll(X, (1, 2), (0, 1)))
    np.testing.assert_allclose(ops.average(X, (0,), [1.0, 3.0]), np.average(X, 0, [1.0, 3.0]))
    np.testing.assert_allclose(ops.average(X, (1, 0), Y.T), np.average(X, None, Y))
