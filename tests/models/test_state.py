from __future__ import annotations

import numpy as np
import pytest

from dlcore import Sequential, layers, load_model, optimizers
from dlcore.models.state import Drawer, Restoring, filled, optimizer_variables, places, variables_of


def test_the_variables_of_a_layer():
    layer = layers.Dense(2)
    layer.build((None, 3))
    assert variables_of(layer) == {"kernel": layer.kernel, "bias": layer.bias}
    twin = layers.Layer()
    first, second = twin.add_weight(name="w"), twin.add_weight(name="w")
    assert variables_of(twin) == {"w": first, "w_1": second}
    drops = layers.Dropout(0.5)
    assert list(variables_of(drops).values()) == [drops.seed_generator.state]


def test_places():
    shared = layers.Dense(1, name="shared")
    inner = Sequential([layers.Dense(2, name="a"), shared], name="inner")
    model = Sequential([inner, layers.Dense(1, name="optimizer")], name="m")
    assert list(places(model)) == ["inner", "inner/a", "inner/shared", "layer optimizer", "m"]
    assert places(model)["inner/shared"] is shared


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


def made():
    return Sequential([layers.Input((2,)), layers.Dense(2, name="d"), OwnFormat(name="own")])


def test_a_layer_may_have_a_format_of_its_own(tmp_path):
    model = made()
    model.layers[1].kept.assign([1, 2])
    assert [(drawer.place, sorted(drawer.arrays)) for _, drawer in filled(model)] == [
        ("d", ["bias", "kernel"]),
        ("own", ["twice"]),
    ]
    model.save(tmp_path / "m")
    found = load_model(tmp_path / "m", {"OwnFormat": OwnFormat})
    assert found.layers[1].kept.array.tolist() == [1, 2]
    assert np.array_equal(found.layers[0].get_weights()[0], model.layers[0].get_weights()[0])


def restored(model, twice):
    restoring = Restoring("x")
    drawers = [Drawer("d", {"kernel": np.ones((2, 2)), "bias": np.ones(2)}), Drawer("own", {"twice": twice})]
    restoring.layers(model, drawers)
    restoring.carry_out()


def test_a_layer_that_refuses_its_arrays_leaves_all_as_it_was():
    model = made()
    before = model.get_weights()
    with pytest.raises(ValueError, match="shape"):
        restored(model, np.zeros(5))
    assert all(np.array_equal(p, q) for p, q in zip(before, model.get_weights(), strict=True))
    restored(model, np.full(2, 6.0))
    assert [weight.tolist() for weight in model.get_weights()] == [[[1, 1], [1, 1]], [1, 1], [3, 3], [9, 9]]


def test_the_names_of_an_optimizers_variables():
    model = Sequential(
        [layers.Input((2,)), layers.Dense(2, name="a"), layers.Dense(1, name="a_b"), layers.Dense(1, trainable=False)]
    )
    optimizer = optimizers.SGD(0.1, momentum=0.9)
    assert list(optimizer_variables(optimizer, model)) == ["iteration", "learning_rate"]
    optimizer.build(model.trainable_weights)
    names = optimizer_variables(optimizer, model)
    slots = [f"{layer}/{weight}/momentum" for layer in ("a", "a_b") for weight in ("kernel", "bias")]
    assert list(names) == ["iteration", "learning_rate", *slots]
    assert names["a_b/kernel/momentum"].shape == (2, 1)
