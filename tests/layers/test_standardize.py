from __future__ import annotations

import numpy as np
import pytest

from dlcore.autodiff import GradientTape, Tensor, reduce_sum
from dlcore.layers.standardize import standardize


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("axes", [(0,), (1,), (0, 2), (1, 2)])
def test_against_float64(dtype, rng, axes, center):
    x = (3 + 2 * rng.normal(size=(6, 5, 4))).astype(dtype)
    y, mean, variance = standardize(Tensor(x), axes, 0.01, center)
    exact = x.astype(np.float64)
    shifted = exact - exact.mean(axes, keepdims=True) if center else exact
    expected = shifted / np.sqrt(np.mean(shifted**2, axes, keepdims=True) + 0.01)
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)
    assert y.dtype == dtype
    assert (mean is None) == (not center)
    np.testing.assert_allclose(variance, np.mean(shifted**2, axes, keepdims=True), rtol=1e-5)


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("axes", [(0,), (1,)])
def test_first_and_second_derivatives(rng, axes, center):
    x, factors, direction = (Tensor(rng.normal(size=(4, 3))) for _ in range(3))

    def slope(at):
        """The gradient's part along a direction, of a weighted sum."""
        with GradientTape() as tape:
            tape.watch(at)
            total = reduce_sum(standardize(at, axes, 0.1, center)[0] * factors)
        return reduce_sum(tape.gradient(total, at) * direction)

    def value(array):
        return float(reduce_sum(standardize(Tensor(array), axes, 0.1, center)[0] * factors))

    step = 1e-5 * np.asarray(direction)
    difference = (value(x.array + step) - value(x.array - step)) / 2e-5
    assert abs(float(slope(x)) - difference) < 1e-8
    with GradientTape() as outer:
        outer.watch(x)
        along = slope(x)
    second = np.asarray(outer.gradient(along, x))
    for place in np.ndindex(second.shape):
        move = np.zeros((4, 3))
        move[place] = 1e-5
        difference = float(slope(Tensor(x.array + move)) - slope(Tensor(x.array - move))) / 2e-5
        assert abs(second[place] - difference) < 1e-7
