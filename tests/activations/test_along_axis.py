"""softmax, log_softmax, sparsemax and glu along any axes."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest

from dlcore import Variable, activations
from dlcore.autodiff import GradientTape

pytestmark = pytest.mark.usefixtures("backend")

AXES = [*chain.from_iterable(combinations(range(3), n) for n in (1, 2, 3)), (2, 0), (-1,), (-3, -2)]


def numbers(*shape):
    return np.random.default_rng(5).standard_normal(shape) * 3


@pytest.mark.parametrize("axes", AXES)
def test_softmax_over_any_axes(axes):
    x = numbers(2, 3, 4)
    e = np.exp(x)
    expected = e / e.sum(axis=axes, keepdims=True)
    for axis in (axes, list(axes), *axes[: len(axes) == 1], *([None] if len(axes) == 3 else [])):
        np.testing.assert_allclose(activations.softmax(x, axis=axis), expected, rtol=1e-12)
        np.testing.assert_allclose(activations.log_softmax(x, axis=axis), np.log(expected), rtol=1e-11)


def projected(x):
    """The nearest point of the simplex to a vector, by bisection for the shift."""
    low, high = x.max() - 1, x.max()
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if np.maximum(x - middle, 0).sum() > 1 else (low, middle)
    return np.maximum(x - low, 0)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_sparsemax(axis):
    x = numbers(4, 3, 5)
    expected = np.apply_along_axis(projected, axis, x)
    np.testing.assert_allclose(activations.sparsemax(x, axis=axis), expected, rtol=1e-9, atol=1e-12)


def test_sparsemax_at_ties_and_ends():
    np.testing.assert_allclose(activations.sparsemax([3.0, 3, 3, 3]), [0.25] * 4)
    np.testing.assert_allclose(activations.sparsemax([5.0]), [1])
    np.testing.assert_allclose(activations.sparsemax([0.0, -np.inf, 0.5]), [0.25, 0, 0.75])
    assert np.isnan(np.asarray(activations.sparsemax([np.nan, 1.0]))).all()
    assert activations.sparsemax(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_glu(axis):
    x = numbers(4, 2, 6)
    a, b = np.split(x, 2, axis)
    np.testing.assert_allclose(activations.glu(x, axis=axis), a / (1 + np.exp(-b)), rtol=1e-12)


CASES = {
    "softmax": lambda x: activations.softmax(x, axis=0),
    "softmax, two axes": lambda x: activations.softmax(x, axis=(0, 2)),
    "log_softmax": lambda x: activations.log_softmax(x, axis=1),
    "sparsemax": lambda x: activations.sparsemax(x, axis=1),
    "glu": lambda x: activations.glu(x, axis=-1),
}


@pytest.mark.parametrize("name", CASES)
def test_derivatives(name):
    function, x, direction = CASES[name], numbers(2, 3, 4), np.cos(np.arange(24.0)).reshape(2, 3, 4)
    variable, h = Variable(x), 1e-6
    with GradientTape() as tape:
        y = function(variable)
    g = np.sin(np.arange(y.size)).reshape(y.shape)
    found = np.sum(np.asarray(tape.gradient(y, variable, output_gradients=g)) * direction)
    change = (np.asarray(function(x + h * direction)) - np.asarray(function(x - h * direction))) / (2 * h)
    assert found == pytest.approx(np.sum(g * change), rel=1e-6, abs=1e-9)


def test_dtypes_and_empty_arrays():
    for function in (activations.softmax, activations.log_softmax, activations.sparsemax, activations.glu):
        assert function(np.zeros((2, 4), np.float16), axis=0).dtype == "float16"
        assert function([[1, 2], [3, 4]]).dtype == "float32"
        for shape in ((0,), (0, 4), (4, 0)):
            assert function(np.zeros(shape)).shape[0] == shape[0]


def test_bad_axes():
    x = numbers(3, 3)
    for axis in (2, -3, (0, 0), (0, 5)):
        with pytest.raises(ValueError, match="axis must name axes of x"):
            activations.softmax(x, axis=axis)
    with pytest.raises(ValueError, match="axis must name axes of x"):
        activations.sparsemax(1.0)
    with pytest.raises(ValueError, match="axis size must be divisible by 2"):
        activations.glu(x)
