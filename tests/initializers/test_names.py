from __future__ import annotations

import numpy as np
import pytest

from dlcore import initializers, utils

RANDOM = ["RandomUniform", "RandomNormal", "GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal"]


def test_constants():
    assert np.array_equal(initializers.Zeros()((2, 3)), np.zeros((2, 3)))
    assert np.array_equal(initializers.Ones()((2,), dtype="float64"), np.ones(2))
    assert np.array_equal(initializers.Constant(3)((2, 2)), np.full((2, 2), 3))
    assert np.array_equal(initializers.Constant([1, 2])((2, 2)), [[1, 2], [1, 2]])
    assert initializers.Zeros()((1,)).dtype == np.float32


@pytest.mark.parametrize("name", RANDOM)
def test_a_seed_is_a_value(name):
    cls = getattr(initializers, name)
    a = cls(seed=3)((40, 30))
    assert a.dtype == np.float32
    assert a.shape == (40, 30)
    assert np.array_equal(a, cls(seed=3)((40, 30)))
    assert not np.any(a == cls(seed=4)((40, 30)))
    np.testing.assert_array_equal(a, cls(seed=3)((40, 30), dtype="float64").astype(np.float32))
    assert cls.from_config(cls(seed=3).get_config())((40, 30))[0, 0] == a[0, 0]


def test_unseeded_ones_differ_but_follow_the_global_seed():
    utils.set_random_seed(1)
    a, b = initializers.GlorotUniform(), initializers.GlorotUniform()
    assert not np.any(a((5, 5)) == b((5, 5)))
    assert np.array_equal(a((5, 5)), a((5, 5)))
    utils.set_random_seed(1)
    assert np.array_equal(initializers.GlorotUniform()((5, 5)), a((5, 5)))


@pytest.mark.parametrize(
    ("name", "stddev", "limit"),
    [
        ("RandomUniform", 0.1 / np.sqrt(12), 0.05),
        ("RandomNormal", 0.05, np.inf),
        ("GlorotUniform", np.sqrt(2 / 500), np.sqrt(6 / 500)),
        ("GlorotNormal", np.sqrt(2 / 500), 2 * np.sqrt(2 / 500) / 0.8796),
        ("HeUniform", np.sqrt(2 / 300), np.sqrt(6 / 300)),
        ("HeNormal", np.sqrt(2 / 300), 2 * np.sqrt(2 / 300) / 0.8796),
    ],
)
def test_spread(name, stddev, limit):
    values = getattr(initializers, name)(seed=0)((300, 200), dtype="float64")
    assert abs(values.mean()) < 4 * stddev / np.sqrt(values.size)
    assert values.std() == pytest.approx(stddev, rel=0.01)
    assert np.abs(values).max() <= limit * 1.0001


def test_fans():
    assert initializers.compute_fans((3, 4)) == (3, 4)
    assert initializers.compute_fans((5,)) == (5, 5)
    assert initializers.compute_fans(()) == (1, 1)
    assert initializers.compute_fans((2, 3, 4)) == (6, 8)


def test_names():
    for name in [*RANDOM, "Zeros", "Ones", "Constant"]:
        found = initializers.get(name)
        assert type(found).__name__ == name
        again = initializers.deserialize(initializers.serialize(found))
        assert again.get_config() == found.get_config()
    assert isinstance(initializers.get("he_normal"), initializers.HeNormal)
    assert isinstance(initializers.get("zero"), initializers.Zeros)
    assert initializers.get(None) is None
    with pytest.raises(ValueError, match="Did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrom")


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5])
def test_bad_seeds(seed):
    with pytest.raises((ValueError, TypeError), match="seed must be"):
        initializers.HeNormal(seed=seed)
