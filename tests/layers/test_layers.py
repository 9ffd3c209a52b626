from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers, utils
from dlcore.autodiff import GradientTape, Tensor
from dlcore.backends.contract import DenseSpec

X = np.float32([[1.0, 2.0], [3.0, -4.0], [0.5, 0.0]])


@pytest.mark.usefixtures("backend")
def test_dense():
    layer = layers.Dense(3, activation="relu")
    assert not layer.built
    y = layer(X)
    assert layer.built
    assert isinstance(y, Tensor)
    kernel, bias = layer.get_weights()
    assert kernel.shape == (2, 3)
    assert np.array_equal(bias, np.zeros(3))
    np.testing.assert_allclose(y, np.maximum(X @ kernel + bias, 0), rtol=1e-6)
    layer.set_weights([np.ones((2, 3)), [1.0, 2.0, -9.0]])
    np.testing.assert_allclose(layer(X), np.maximum(X.sum(1, keepdims=True) + np.array([1, 2, -9]), 0))
    assert layer.count_params() == 9
    assert layer.compute_output_shape((None, 2)) == (None, 3)


def test_dense_without_bias():
    layer = layers.Dense(3, use_bias=False, kernel_initializer="ones")
    np.testing.assert_allclose(layer(X), np.repeat(X.sum(1, keepdims=True), 3, axis=1))
    assert len(layer.weights) == 1
    assert layer.bias is None


def test_dense_differentiates():
    layer = layers.Dense(2, activation="tanh")
    with GradientTape() as tape:
        y = layer(X)
    gradients = tape.gradient(y, layer.trainable_weights)
    slope = 1 - np.asarray(y) ** 2
    np.testing.assert_allclose(gradients[0], X.T @ slope, rtol=1e-5)
    np.testing.assert_allclose(gradients[1], slope.sum(axis=0), rtol=1e-5)


def test_dtype():
    layer = layers.Dense(3, dtype="float64")
    assert layer(X).dtype == "float64"
    assert layer.kernel.dtype == "float64"
    assert layers.Dense(3)(X.astype(np.float64)).dtype == "float32"
    with pytest.raises(ValueError, match="dtype"):
        layers.Dense(3, dtype="int32")


def test_activation():
    np.testing.assert_allclose(layers.Activation("relu")(X), np.maximum(X, 0))
    np.testing.assert_allclose(layers.Activation(lambda x: x * 2)(X), 2 * X)


def test_input():
    assert layers.Input((4,)).batch_input_shape == (None, 4)
    assert layers.Input(4).batch_input_shape == (None, 4)
    assert np.array_equal(layers.Input((2,))(X), X)
    assert layers.Dense(2, input_dim=5).batch_input_shape == (None, 5)
    assert layers.Input((None, 3)).batch_shape == (None, None, 3)
    for shape in [(0,), (-1,), (2.5,)]:
        with pytest.raises(ValueError, match="shape"):
            layers.Input(shape)


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


def test_custom_layers():
    class Scale(layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")

        def call(self, inputs):
            return inputs * self.factor

    layer = Scale(name="scale")
    assert np.array_equal(layer(X), X)
    layer.factor.assign([2, 3])
    assert np.array_equal(layer(X), X * [2, 3])
    assert layer.get_config() == {"name": "scale", "trainable": True, "dtype": "float32"}
    with pytest.raises(NotImplementedError, match="'scale' is a Scale"):
        layer.describe([])
    with pytest.raises(NotImplementedError, match="must define call"):
        layers.Layer()(X)


def test_what_layers_are_to_an_engine():
    chain: list[DenseSpec] = []
    for layer in (layers.Input((2,)), layers.Dense(4, "leaky_relu"), layers.Dense(3), layers.Activation("softmax")):
        layer.describe(chain)
    assert chain == [DenseSpec(4, "leaky_relu", 0.2), DenseSpec(3, "softmax")]
    for bad in (layers.Activation("relu"), layers.Dense(3, activation=np.tanh), layers.Activation(np.tanh)):
        with pytest.raises(NotImplementedError, match="has no kernel|right after a Dense"):
            bad.describe(chain)
    assert len(chain) == 2


def test_configs():
    utils.clear_session()
    for layer in (
        layers.Input((3,)),
        layers.Dense(4, "relu", use_bias=False, kernel_initializer="he_normal"),
        layers.Activation("tanh"),
    ):
        again = layers.deserialize(layers.serialize(layer))
        assert type(again) is type(layer)
        assert again.get_config() == layer.get_config()
    assert layers.Dense(1).name == "dense_1"
    assert layers.Input((1,)).name == "input_layer_1"


@pytest.mark.parametrize("units", [0, -1, 2.5, "three", True, None])
def test_bad_units(units):
    with pytest.raises(ValueError, match="units"):
        layers.Dense(units)


def test_shapes_that_do_not_fit():
    layer = layers.Dense(2, name="hidden")
    with pytest.raises(ValueError, match=r"'hidden' takes inputs of shape \(rows, columns\); got \(rows,\)"):
        layer(np.ones(3))
    assert not layer.built
    layer(X)
    with pytest.raises(ValueError, match=r"'hidden' takes inputs of shape \(rows, 2\); got \(rows, 5\)"):
        layer(np.ones((3, 5)))


@pytest.mark.parametrize(
    ("weights", "error", "match"),
    [
        ([np.ones((2, 3))], ValueError, "has 2 weights; weights holds 1"),
        ([np.ones((2, 3)), np.ones(4)], ValueError, r"weights\[1\] must have the shape \(3,\)"),
        ([np.ones((2, 3)), np.array(["a", "b", "c"])], TypeError, r"weights\[1\] must hold real numbers"),
    ],
)
def test_weights_that_do_not_fit_change_nothing(weights, error, match):
    layer = layers.Dense(3)
    layer(X)
    before = layer.get_weights()
    with pytest.raises(error, match=match):
        layer.set_weights(weights)
    assert all(np.array_equal(a, b) for a, b in zip(before, layer.get_weights(), strict=True))
