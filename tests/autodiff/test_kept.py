from __future__ import annotations

import numpy as np
import pytest

from dlcore.autodiff import GradientTape, Tensor
from dlcore.autodiff.kept import kept


@pytest.mark.parametrize("where_shape", [(3, 4), (1, 4), (3, 1)])
def test_kept(dtype, rng, where_shape):
    x = rng.normal(size=(3, 4)).astype(dtype)
    where = rng.integers(0, 2, where_shape).astype(bool)
    with GradientTape(persistent=True) as outer:
        t = Tensor(x)
        outer.watch(t)
        with GradientTape() as tape:
            tape.watch(t)
            y = kept(t, where, 2.5)
            squares = y * y
        g = tape.gradient(squares, t)
    assert y.dtype == dtype
    np.testing.assert_allclose(y, np.where(where, x * 2.5, 0), rtol=1e-6)
    np.testing.assert_allclose(g, np.where(where, 2 * 2.5**2 * x, 0), rtol=1e-6)
    np.testing.assert_allclose(outer.gradient(g, t), np.where(where, 2 * 2.5**2, np.zeros_like(x)), rtol=1e-6)


def test_what_is_not_kept_leaves_nothing():
    x = np.array([np.inf, np.nan, -np.inf, 1.0], np.float32)
    assert np.array_equal(kept(x, [False, False, False, True]), [0, 0, 0, 1])
    assert np.array_equal(kept(x[::-1], [True, False, False, False]), [1, 0, 0, 0])
