from __future__ import annotations

import numpy as np
import pytest

from dlcore import Sequential, initializers, layers, ops
from dlcore.models import Model, clone_model


def test_a_clone_has_the_layers_and_weights_of_its_own():
    model = Sequential([layers.Input((3,)), layers.Dense(4, "relu", name="a"), layers.Dense(1)], name="m")
    model.compile("adam", "mse")
    clone = clone_model(model)
    assert clone.get_config() == model.get_config()
    assert clone.built
    assert clone.get_compile_config() == model.get_compile_config()
    assert clone.optimizer is not model.optimizer
    assert all(a is not b for a, b in zip(clone.layers, model.layers, strict=True))
    assert not np.array_equal(clone.get_weights()[0], model.get_weights()[0])
    clone.set_weights(model.get_weights())
    assert np.array_equal(clone.predict(np.ones((2, 3))), model.predict(np.ones((2, 3))))


def test_models_built_later_and_never():
    model = Sequential([layers.Dense(2)])
    assert not clone_model(model).built
    model.build((None, 5))
    assert clone_model(model).input_shape == (None, 5)


def test_a_function_may_make_the_layers():
    model = Sequential([layers.Input((3,)), layers.Dense(4), layers.Dense(1)])

    def wider(layer):
        return layers.Dense(layer.units * 2, name="wide_" + layer.name)

    assert [layer.units for layer in clone_model(model, clone_function=wider).layers] == [8, 2]
    with pytest.raises((TypeError, ValueError), match=r"(?i)layer"):
        clone_model(model, clone_function=lambda layer: 3)


def test_subclasses_stay_what_they_are():
    class Mine(Sequential):
        pass

    assert type(clone_model(Mine([layers.Dense(1)]))) is Mine


def test_models_within_models():
    model = Sequential([layers.Input((3,)), Sequential([layers.Dense(2)], name="inner"), layers.Dense(1)])

    def wider(layer):
        return layers.Dense(layer.units * 2) if isinstance(layer, layers.Dense) else Sequential([layers.Dense(9)])

    for clone, units in (
        (clone_model(model), 2),
        (clone_model(model, clone_function=wider, recursive=True), 4),
        (clone_model(model, clone_function=wider), 9),
    ):
        assert clone.layers[0].layers[0].units == units
        assert clone.layers[0] is not model.layers[0]


def test_models_of_a_class_of_their_own():
    class Own(Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = layers.Dense(2)

        def call(self, inputs):
            return self.inner(inputs)

    model = Own(name="own")
    clone = clone_model(model)
    assert type(clone) is Own
    assert clone.name == "own"
    assert clone.inner is not model.inner
    with pytest.raises(ValueError, match="clone_function is for a Sequential"):
        clone_model(model, clone_function=lambda layer: layer)


def test_refusals():
    with pytest.raises(TypeError, match="model must be a Sequential or another Model"):
        clone_model(layers.Dense(1))
    model = Sequential([layers.Dense(1)])
    for argument in ({"input_tensors": [1]}, {"call_function": len}):
        with pytest.raises(ValueError, match="functional models"):
            clone_model(model, **argument)


def test_a_clone_needs_no_registration_of_what_the_model_holds():
    class Half(initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return np.full(shape, 0.5, dtype)

    def bent(x):
        return x * ops.sigmoid(x)

    def worst(y_true, y_pred):
        return ops.max(ops.abs(y_true - y_pred), axis=-1)

    model = Sequential([layers.Input((3,)), layers.Dense(4, bent, kernel_initializer=Half())])
    model.compile("sgd", worst, metrics=[worst])
    clone = clone_model(model)
    assert clone.layers[0].activation is bent
    assert np.array_equal(clone.get_weights()[0], np.full((3, 4), 0.5, np.float32))
    x, y = np.ones((4, 3)), np.zeros((4, 4))
    assert clone.evaluate(x, y, verbose=0) == model.evaluate(x, y, verbose=0)
    with pytest.raises(ValueError, match="Unknown activation 'bent'"):
        Sequential.from_config(model.get_config())  # a file's description is another matter
