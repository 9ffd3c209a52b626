from __future__ import annotations

import numpy as np
import pytest

from dlcore.optimizers.clipping import Clipping

G = [np.float32([3, -4]), np.float32([[0.1, 0.2]]), np.float32(12)]


def test_no_bound():
    assert not Clipping()
    assert all(a is b for a, b in zip(Clipping().apply(G), G, strict=True))


def test_clipvalue():
    found = Clipping(clipvalue=0.15).apply(G)
    assert [g.tolist() for g in found] == [
        np.float32([0.15, -0.15]).tolist(),
        np.float32([[0.1, 0.15]]).tolist(),
        float(np.float32(0.15)),
    ]


def test_clipnorm_bounds_each():
    found = Clipping(clipnorm=1.0).apply(G)
    np.testing.assert_allclose(found[0], [0.6, -0.8], rtol=1e-6)
    assert found[1] is G[1]
    np.testing.assert_allclose(found[2], 1.0, rtol=1e-6)


def test_global_clipnorm_bounds_all_together():
    norm = np.sqrt(25 + 0.05 + 144)
    found = Clipping(global_clipnorm=1.0).apply(G)
    for a, b in zip(found, G, strict=True):
        np.testing.assert_allclose(a, b / norm, rtol=1e-6)
        assert a.dtype == np.float32
    assert all(a is b for a, b in zip(Clipping(global_clipnorm=100.0).apply(G), G, strict=True))


def test_what_is_given_is_not_changed():
    copies = [g.copy() for g in G]
    for bound in ({"clipnorm": 0.1}, {"clipvalue": 0.1}, {"global_clipnorm": 0.1}):
        Clipping(**bound).apply(G)
    assert all(np.array_equal(a, b) for a, b in zip(G, copies, strict=True))


@pytest.mark.parametrize("bounds", [{"clipnorm": 1.0, "clipvalue": 1.0}, {"clipnorm": 0.0}, {"clipvalue": -1.0}])
def test_bad_bounds(bounds):
    with pytest.raises(ValueError, match="clip"):
        Clipping(**bounds)
