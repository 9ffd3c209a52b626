from __future__ import annotations

import numpy as np
import pytest

from dlcore import Sequential, Variable, layers, optimizers
from dlcore.models.state import (
    Drawer,
    Restoring,
    drawer_of,
    optimizer_variables,
    parts,
    unique,
    variables_of,
)


def test_unique():
    assert unique([]) == []
    assert unique(["a", "a", "b", "a"]) == ["a", "a_1", "b", "a_2"]
    assert unique(["a", "a_1", "a", "a"]) == ["a", "a_1", "a_2", "a_3"]
    assert unique(["a", "a", "a_1"]) == ["a", "a_1", "a_1_1"]


def test_the_variables_of_a_layer():
    layer = layers.Dense(2, input_shape=(3,))
    layer.build_once((None, 3))
    assert variables_of(layer) == {"kernel": layer.kernel, "bias": layer.bias}
    twin = layers.Layer()
    first, second = twin.add_weight((), "zeros", name="w"), twin.add_weight((), "ones", name="w")
    assert variables_of(twin) == {"w": first, "w_1": second}


def test_parts_are_the_layers_unless_the_model_has_weights_of_its_own():
    model = Sequential([layers.Input((3,)), layers.Dense(2)])
    assert parts(model) == model.layers

    class Odd:
        layers = ()

        def __init__(self):
            self.variables = self.weights = [Variable(1.0)]

    odd = Odd()
    assert parts(odd) == [odd]


class OwnFormat(layers.Layer):
    """Keeps one number of its two."""

    def build(self, input_shape):
        self.kept = self.add_weight((2,), "zeros", name="kept")
        self.other = self.add_weight((2,), "zeros", name="other")

    def call(self, inputs):
        return inputs + self.kept

    def save_own_variables(self, store):
        store["twice"] = self.kept.array * 2

    def load_own_variables(self, store):
        self.other.assign([9, 9])
        self.kept.assign(store["twice"] / 2)


def test_a_layer_may_have_a_format_of_its_own(tmp_path):
    model = Sequential([layers.Input((2,)), OwnFormat(name="own"), layers.Dense(1)])
    model.layers[0].kept.assign([1, 2])
    assert drawer_of(model.layers[0]).arrays["twice"].tolist() == [2, 4]
    model.save(tmp_path / "m")
    from dlcore import load_model

    found = load_model(tmp_path / "m", {"OwnFormat": OwnFormat})
    assert found.layers[0].kept.array.tolist() == [1, 2]
    assert np.array_equal(found.layers[1].get_weights()[0], model.layers[1].get_weights()[0])


def test_a_layer_that_refuses_its_arrays_leaves_all_as_it_was():
    model = Sequential([layers.Input((2,)), layers.Dense(1, name="d"), OwnFormat(name="own")])
    own, dense = model.layers[1], model.layers[0]
    before = model.get_weights()
    restoring = Restoring("x")
    kernel = {"kernel": np.ones((2, 1)), "bias": np.ones(1)}
    restoring.layers(model.layers, [Drawer("d", kernel), Drawer("own", {"twice": np.zeros(5)})])
    with pytest.raises(ValueError, match="shape"):
        restoring.carry_out()
    assert all(np.array_equal(p, q) for p, q in zip(before, model.get_weights(), strict=True))
    restoring = Restoring("x")
    restoring.layers(model.layers, [Drawer("d", kernel), Drawer("own", {"twice": np.full(2, 6.0)})])
    restoring.carry_out()
    assert own.kept.array.tolist() == [3, 3]
    assert dense.kernel.array.tolist() == [[1], [1]]


def test_the_names_of_an_optimizers_variables():
    model = Sequential([layers.Input((2,)), layers.Dense(2, name="a"), layers.Dense(1, name="b", trainable=False)])
    optimizer = optimizers.SGD(0.1, momentum=0.9)
    assert list(optimizer_variables(optimizer, model.layers)) == ["iteration", "learning_rate"]
    optimizer.build(model.trainable_weights)
    names = optimizer_variables(optimizer, model.layers)
    assert list(names) == ["iteration", "learning_rate", "a/kernel/momentum", "a/bias/momentum"]
    assert names["a/kernel/momentum"].shape == (2, 2)
