"""How initializers are found, named, saved and called."""

from __future__ import annotations

import json

import numpy as np
import pytest

import dlcore
from dlcore import Variable, initializers, random
from dlcore.naming import snake_case

ALL = [name for name in initializers.__all__ if name[0].isupper() and not name.endswith("Initializer")]
RANDOM = [name for name in ALL if issubclass(getattr(initializers, name), initializers.RandomInitializer)]


@pytest.mark.parametrize("name", ALL)
def test_names_and_configs(name):
    found = initializers.get(name)
    assert type(found).__name__ == name
    assert type(initializers.get(dlcore.naming.snake_case(name))) is type(found)
    assert type(initializers.get(type(found))) is type(found)
    assert initializers.get(found) is found
    saved = json.loads(json.dumps(initializers.serialize(found)))
    assert initializers.deserialize(saved).get_config() == found.get_config()
    assert initializers.get(saved).get_config() == found.get_config()
    assert found.clone().get_config() == found.get_config()


def test_other_names():
    for name, cls in {
        "zero": initializers.Zeros,
        "one": initializers.Ones,
        "uniform": initializers.RandomUniform,
        "normal": initializers.RandomNormal,
        "IdentityInitializer": initializers.Identity,
        "OrthogonalInitializer": initializers.Orthogonal,
    }.items():
        assert type(initializers.get(name)) is cls
    assert initializers.get(None) is None
    assert dlcore.Initializer is initializers.Initializer
    with pytest.raises(ValueError, match="Did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrom")


def test_functions_and_values():
    halves = initializers.get(lambda shape, dtype=None: np.full(shape, 0.5, dtype))
    np.testing.assert_array_equal(Variable(halves, (2, 3)), np.full((2, 3), 0.5))
    values = np.arange(6.0).reshape(2, 3)
    for given in (values, Variable(values)):
        given_ones = initializers.get(given)
        assert given_ones((2, 3)).dtype == np.float32
        np.testing.assert_array_equal(given_ones([2, 3], dtype="float64"), values)
        with pytest.raises(ValueError, match="Expected `shape` to be"):
            given_ones((3, 2))


def test_a_class_of_one_s_own():
    class Twos(initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return np.full(shape, 2, dtype)

    layer = dlcore.layers.Dense(3, kernel_initializer=Twos())
    assert np.asarray(layer(np.ones((1, 4)))).tolist() == [[8, 8, 8]]
    assert isinstance(Twos().clone(), Twos)
    with pytest.raises(NotImplementedError, match="must define __call__"):
        initializers.Initializer()((2,))


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
    assert cls(seed=3).clone()((40, 30))[0, 0] == a[0, 0]
    assert not np.any(cls().clone()((40, 30)) == a)


def test_unseeded_ones_differ_but_follow_the_global_seed():
    dlcore.utils.set_random_seed(1)
    a, b = initializers.GlorotUniform(), initializers.GlorotUniform()
    assert not np.any(a((5, 5)) == b((5, 5)))
    assert np.array_equal(a((5, 5)), a((5, 5)))
    dlcore.utils.set_random_seed(1)
    assert np.array_equal(initializers.GlorotUniform()((5, 5)), a((5, 5)))


@pytest.mark.parametrize("name", RANDOM)
def test_a_generator_gives_others_at_every_call(name):
    cls = getattr(initializers, name)
    one = cls(seed=random.SeedGenerator(5))
    first, second = one((6, 6)), one((6, 6))
    assert not np.any(first == second)
    again = initializers.deserialize(json.loads(json.dumps(initializers.serialize(one))))
    np.testing.assert_array_equal(again((6, 6)), first)
    np.testing.assert_array_equal(again((6, 6)), second)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "1", True])
def test_bad_seeds(seed):
    with pytest.raises((ValueError, TypeError), match="seed must be"):
        initializers.HeNormal(seed=seed)


@pytest.mark.parametrize("name", RANDOM)
def test_random_numbers_are_floating(name):
    initializer = getattr(initializers, name)(seed=1)
    assert initializer((3, 3), dtype="float16").dtype == np.float16
    for wrong in ("int32", "complex64", "bool"):
        with pytest.raises(ValueError, match="dtype must be floating"):
            initializer((3, 3), dtype=wrong)
    with pytest.raises(ValueError, match="dtype must be the name of a dtype"):
        initializer((3, 3), dtype="float7")


@pytest.mark.parametrize("name", ALL)
def test_classes_have_keras_other_names(name):
    assert getattr(initializers, snake_case(name)) is getattr(initializers, name)


def test_shown_with_what_makes_them():
    class Own(initializers.Initializer):
        def get_config(self):
            raise NotImplementedError

    assert repr(initializers.RandomNormal(seed=3)) == "<RandomNormal {'seed': 3, 'mean': 0.0, 'stddev': 0.05}>"
    assert repr(Own()) == "<Own>"
