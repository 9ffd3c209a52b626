from __future__ import annotations

import threading

import numpy as np
import pytest

from dlcore import layers
from dlcore.autodiff import GradientTape, Tensor, reduce_sum
from dlcore.layers import Layer

X = np.float32([[1.0, 2.0], [3.0, -4.0], [0.5, 0.0]])


class Scale(Layer):
    def build(self, input_shape):
        self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor


class Recorder(Layer):
    """Remembers the training flag it was called with."""

    def call(self, inputs, training=None):
        self.seen = training
        return inputs


def test_custom_layers():
    layer = Scale(name="scale")
    assert np.array_equal(layer(X), X)
    layer.factor.assign([2, 3])
    assert np.array_equal(layer(X), X * [2, 3])
    assert layer.get_config() == {"name": "scale", "trainable": True, "dtype": "float32"}
    assert layer.factor.path == "scale/factor"
    assert layer.path == "scale"
    assert repr(layer) == "<Scale name=scale, built=True>"
    with pytest.raises(NotImplementedError, match=r"'scale' \(Scale\) has no kernel"):
        layer.describe([])
    with pytest.raises(NotImplementedError, match="must define call"):
        Layer()(X)
    with pytest.raises(NotImplementedError, match="`compute_output_shape` method"):
        Layer().compute_output_shape((2, 3))


# --- Calling ---


def test_training_reaches_the_layers_within():
    class Outer(Layer):
        def __init__(self, given=None):
            super().__init__()
            self.inner, self.given = Recorder(), given

        def call(self, inputs):
            return self.inner(inputs) if self.given is None else self.inner(inputs, training=self.given)

    one = Outer()
    for outer in (one, layers.Lambda(lambda x: one(x))):
        for training in (True, False, None):
            outer(X, training=training)
            assert one.inner.seen is training
    explicit = Outer(given=False)
    explicit(X, training=True)
    assert explicit.inner.seen is False


def test_a_call_that_fails_leaves_no_flag_behind():
    class Failing(Layer):
        def call(self, inputs, training=None):
            raise RuntimeError("oops")

    with pytest.raises(RuntimeError, match="oops"):
        Failing()(X, training=True)
    recorder = Recorder()
    recorder(X)
    assert recorder.seen is None


def test_threads_have_flags_of_their_own():
    recorder, other = Recorder(), Recorder()

    class Waiting(Layer):
        def call(self, inputs):
            thread = threading.Thread(target=other, args=(X,))
            thread.start()
            thread.join()
            return recorder(inputs)

    Waiting()(X, training=True)
    assert recorder.seen is True
    assert other.seen is None


def test_only_what_call_names_is_passed_on():
    class Plain(Layer):
        def call(self, inputs):
            return inputs

    class Masked(Layer):
        def call(self, inputs, mask=None):
            return inputs if mask is None else inputs * np.asarray(mask)[:, None]

    assert np.array_equal(Plain()(X, training=True, mask=np.zeros(3)), X)
    assert np.array_equal(Masked()(X, mask=np.float32([1, 0, 1])), X * [[1], [0], [1]])
    with pytest.raises(TypeError, match="unexpected keyword argument 'extra'"):
        Plain()(X, extra=3)


def test_inputs_are_brought_to_the_dtype():
    class Types(Layer):
        def call(self, a, b=None):
            self.seen = [a.dtype.name, getattr(b, "dtype", None)]
            return a

    layer = Types()
    layer(X.astype(np.float64), b=np.float64([1, 2]))
    assert layer.seen == ["float32", "float32"]
    layer(np.int32([1, 2]), b=np.array([True]))
    assert layer.seen == ["int32", "bool"]
    layer([[1.0, 2.0], [3.0, 4.0]])
    assert layer.seen[0] == "float32"
    loose = Types(autocast=False)
    loose(X.astype(np.float64))
    assert loose.seen[0] == "float64"
    for bad in (True, "text", layers.Dense(2), abs):
        with pytest.raises(ValueError, match="Only input tensors may be passed as positional arguments"):
            layer(bad)
    with pytest.raises(ValueError, match="stack layers in a Sequential"):
        layer(layers.Input((2,)))


def test_several_inputs():
    class Total(Layer):
        def build(self, input_shape):
            self.shapes = input_shape

        def call(self, inputs):
            parts = inputs.values() if isinstance(inputs, dict) else inputs
            return sum(parts, start=Tensor(np.float32(0)))

    layer = Total()
    assert np.array_equal(layer([X, 2 * X]), 3 * X)
    assert layer.shapes == [(3, 2), (3, 2)]
    assert layer.compute_output_shape([(None, 2), (None, 2)]) == (None, 2)
    named = Total()
    assert np.array_equal(named({"a": X, "b": X}), 2 * X)
    assert named.shapes == {"a": (3, 2), "b": (3, 2)}


def test_build_gets_shapes_by_name():
    class Pair(Layer):
        def build(self, b_shape, a_shape):
            self.shapes = a_shape, b_shape

        def call(self, a, b):
            return a + reduce_sum(b)

    class Misnamed(Pair):
        def build(self, a_shape, other_shape):
            pass

    class Unnamed(Pair):
        def build(self, a_shape, other):
            pass

    layer = Pair()
    layer(X, np.ones((5,)))
    assert layer.shapes == ((3, 2), (5,))
    with pytest.raises(ValueError, match=r"`call\(\)` does not have argument `other`"):
        Misnamed()(X, X)
    with pytest.raises(ValueError, match="argument `other`, which does not end in `_shape`"):
        Unnamed()(X, X)


def test_same_bits_as_in_a_model(rng):
    stack = [layers.Dense(5, "relu"), layers.LayerNormalization(), layers.Dense(3, "softmax")]
    x = rng.normal(size=(7, 4)).astype(np.float32)
    whole = x
    for layer in stack:
        whole = layer(whole)
    for i in range(len(x)):
        row = x[i : i + 1]
        for layer in stack:
            row = layer(row)
        assert np.array_equal(row[0], whole[i])


# --- Building ---


def test_a_build_that_fails_leaves_nothing():
    class Picky(Layer):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(2)

        def build(self, input_shape):
            self.early = self.add_weight((2,))
            self.inner.build(input_shape)
            if input_shape[-1] != 2:
                raise ValueError("no")

        def call(self, inputs):
            return self.inner(inputs) + self.early

    layer = Picky()
    with pytest.raises(ValueError, match="no"):
        layer(np.ones((2, 3)))
    assert not layer.built
    assert not layer.inner.built
    assert layer.weights == []
    layer(X)
    assert len(layer.weights) == 3
    layer.unbuild()
    assert layer.weights == []
    assert not layer.built


def test_weights_are_made_before_the_first_call_or_in_it_but_not_later():
    class Late(Layer):
        def call(self, inputs):
            self.late = self.add_weight(())
            return inputs

    with pytest.raises(ValueError, match="cannot add new elements of state"):
        Late()(X)
    layer = layers.Dense(2)
    layer.build((None, 2))
    with pytest.raises(ValueError, match="cannot add new elements of state"):
        layer.build((None, 2))
    assert len(layer.weights) == 2


def test_layers_within_are_built_by_a_trial():
    class Block(Layer):
        def __init__(self, name):
            super().__init__(name=name)
            self.dense, self.norm = layers.Dense(4), layers.BatchNormalization()
            self.dropout = layers.Dropout(0.5, seed=3)

        def call(self, inputs):
            self.add_loss(reduce_sum(inputs))
            return self.dropout(self.norm(self.dense(inputs)))

    layer = Block("block")
    with GradientTape() as tape:
        layer.build((None, 3))
        assert len(tape.watched_variables()) == 0
    assert layer.built
    assert layer.weights[0].path == f"block/{layer.dense.name}/kernel"
    assert len(layer.weights) == 6
    assert layer.losses == []
    assert layer.dropout.variables[0].tolist() == [3, 0]
    assert layer.compute_output_shape((None, 3)) == (None, 4)
    assert layer.compute_output_shape((5, 3)) == (5, 4)


# --- Losses ---


def test_losses_are_those_of_the_last_call():
    class Sum(Layer):
        def call(self, inputs):
            self.add_loss([reduce_sum(inputs), reduce_sum(inputs * 2)])
            return inputs

    class Outer(Layer):
        def __init__(self):
            super().__init__(activity_regularizer="l2")
            self.inner = Sum()

        def call(self, inputs):
            return self.inner(self.inner(inputs))

    layer = Outer()
    for _ in range(2):
        layer(X)
        assert len(layer.losses) == 5
    assert len(layer.inner.losses) == 4
    with pytest.raises(ValueError, match="on a tensor input"):
        layer.add_loss("much")
    assert layer(X[:0]).shape == (0, 2)
    assert float(layer.losses[0]) == 0


# --- Configuration ---


def test_configs_of_layers_that_define_none():
    class Given(Layer):
        def __init__(self, units, flag=False, **kwargs):
            super().__init__(**kwargs)
            self.units = units

    class Strict(Layer):
        def __init__(self, units):
            super().__init__()

    layer = Given(3, flag=True, name="g", trainable=False)
    assert layer.get_config() == {"name": "g", "trainable": False, "dtype": "float32", "units": 3, "flag": True}
    assert Given.from_config(layer.get_config()).units == 3
    assert Strict(4).get_config() == {"units": 4}
    with pytest.raises(NotImplementedError, match=r"no config can hold \(units\).*must define get_config"):
        Given(layers.Dense(2)).get_config()


def test_activity_regularizers_in_configs():
    config = layers.Dense(2, activity_regularizer="l2").get_config()
    assert type(layers.Dense.from_config(config).activity_regularizer).__name__ == "L2"
    assert "activity_regularizer" not in layers.Dense(2).get_config()
