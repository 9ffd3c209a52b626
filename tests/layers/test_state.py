from __future__ import annotations

import copy
import gc
import weakref

import numpy as np
import pytest

from dlcore import Sequential, Variable, layers, metrics
from dlcore.autodiff import reduce_sum
from dlcore.layers import Layer
from dlcore.random import SeedGenerator, normal

X = np.float32([[1.0, 2.0], [3.0, -4.0], [0.5, 0.0]])


def test_what_attributes_hold_belongs_to_the_layer():
    class Holder(Layer):
        def __init__(self):
            super().__init__()
            self.one = layers.Dense(1)
            self.more = [layers.Dense(1), {"deep": (layers.Dense(1),)}]
            self.table = {"w": Variable([1.0]), "frozen": Variable([2.0], trainable=False)}
            self.own = Variable([3.0])
            self.seed = SeedGenerator(1)
            self.metric = metrics.Mean()
            self.again = self.one

        def call(self, inputs):
            return self.one(inputs) + self.more[0](inputs) + self.more[1]["deep"][0](inputs)

    layer = Holder()
    layer(X)
    assert len(layer.weights) == 9
    assert len(layer.trainable_weights) == len(layer.trainable_variables) == 8
    assert len(layer.non_trainable_weights) == 1
    assert layer.non_trainable_variables[-1] is layer.seed.state or layer.seed.state in layer.non_trainable_variables
    assert len(layer.variables) == 10
    assert layer.metrics == [layer.metric]
    assert layer.count_params() == 12
    twin = copy.deepcopy(layer)
    twin.own.assign([7.0])
    assert float(layer.own) == 3
    assert any(weight is twin.own for weight in twin.weights)
    del layer.own
    assert len(layer.weights) == 8


def test_trainable():
    layer = layers.Dense(2)
    layer(X)
    assert layer.trainable_weights == [layer.kernel, layer.bias]
    layer.bias.trainable = False
    assert layer.trainable_weights == [layer.kernel]
    assert layer.non_trainable_weights == [layer.bias]
    layer.trainable = False
    assert layer.trainable_variables == []
    assert layer.non_trainable_weights == layer.variables == layer.weights

    class Block(Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = layers.BatchNormalization()

        def call(self, inputs):
            return self.inner(inputs)

    block = Block()
    block(X)
    block.trainable = False
    assert not block.inner.trainable
    assert not block.inner.gamma.trainable
    block.trainable = True
    assert [w.name for w in block.trainable_weights] == ["gamma", "beta"]


def test_add_weight():
    layer = Layer(name="bare")
    assert layer.add_weight().shape == ()
    assert layer.add_weight(dtype="int", trainable=False).dtype == "int32"
    assert float(layer.add_weight(dtype="bool", trainable=False)) == 0
    weight = layer.add_weight((2,), "ones", "float64", regularizer="l2", constraint="non_neg", name="w")
    assert weight.dtype == "float64"
    assert float(weight.regularizer(weight)) == pytest.approx(0.02)
    assert type(weight.constraint).__name__ == "NonNeg"
    assert layer.weights[0].path.startswith("bare/")
    with pytest.raises(ValueError, match="`name` must be passed as a keyword"):
        layer.add_weight("kernel", shape=(2,))
    with pytest.raises(ValueError, match="`shape` was passed both"):
        layer.add_weight((2,), shape=(2,))
    with pytest.raises(TypeError, match="at most 3 positional"):
        layer.add_weight((2,), "ones", "float32", "w")
    assert len(layer.weights) == 4


def test_count_params_of_what_is_not_there():
    with pytest.raises(ValueError, match="isn't built"):
        layers.Dense(2).count_params()


def test_stateless_call():
    class Counting(Layer):
        def __init__(self):
            super().__init__()
            self.factor = self.add_weight((), "ones", regularizer="l1")
            self.count = self.add_weight((), "zeros", trainable=False)
            self.seed = SeedGenerator(5)

        def call(self, inputs):
            self.count.assign_add(1)
            self.add_loss(reduce_sum(inputs))
            return inputs * self.factor + normal(inputs.shape, seed=self.seed)

    layer, same = Counting(), Counting()
    layer.built = True
    y, state, losses = layer.stateless_call([3.0], [0.0, [5, 0]], X, return_losses=True)
    assert [np.asarray(value).tolist() for value in state] == [1.0, [5, 1]]
    np.testing.assert_allclose([float(loss) for loss in losses], [2.5, 0.03])
    assert float(layer.count) == 0
    assert layer.seed.state.tolist() == [5, 0]
    same.factor.assign(3.0)
    assert np.array_equal(same(X), y)
    for bad in ([], [[1.0, 2.0]]):
        with pytest.raises(ValueError, match="trainable"):
            layer.stateless_call(bad, [0.0, [5, 0]], X)
    with pytest.raises(ValueError, match="must be built"):
        layers.Dense(2).stateless_call([], [], X)


def test_what_a_constructor_was_given_is_not_yet_held():
    class Copying(Layer):
        def __init__(self, pattern):
            super().__init__()
            self.inner = layers.deserialize(layers.serialize(pattern))

        def call(self, inputs):
            return self.inner(inputs)

    pattern = layers.Dense(2, name="pattern")
    pattern(X)
    layer = Copying(pattern)
    layer(X)
    assert layer.weights == layer.inner.weights


def test_what_an_attribute_holds_is_seen_whenever_it_is_set():
    layer = layers.Identity()
    assert layer.weights == []
    layer.parts = [1, 2]
    assert layer._flatten_layers(include_self=False) == []
    layer.parts.append(layers.Dense(2))
    assert layer._flatten_layers(include_self=False) == layer.parts[2:]
    layer.parts = (1, [])
    assert layer._flatten_layers(include_self=False) == []
    layer.parts[1].append(layers.Dense(3))
    assert layer._flatten_layers(include_self=False) == layer.parts[1]
    del layer.parts
    assert layer._flatten_layers(include_self=False) == []


def test_a_model_that_was_called_is_freed_at_once():
    model = Sequential([layers.Input((3,)), layers.Dropout(0.5), layers.Dense(2)])
    model(np.ones((2, 3)), training=True)
    model.predict(np.ones((2, 3)))
    gone = weakref.ref(model)
    gc.disable()
    try:
        del model
        assert gone() is None
    finally:
        gc.enable()
