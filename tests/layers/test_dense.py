from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers
from dlcore.autodiff import GradientTape, Tensor, reduce_sum
from dlcore.backends.network import DenseSpec
from layers.differences import check_gradients

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


def test_without_activation():
    layer = layers.Dense(3)
    layer.build((None, 2))
    before = layer(X)
    layer.activation = None
    assert np.array_equal(layer(X), before)
    chain: list[DenseSpec] = []
    layer.describe(chain)
    assert chain == [DenseSpec(3)]


def test_more_axes_are_rows(rng):
    layer = layers.Dense(5, "tanh", dtype="float64", bias_initializer="ones")
    x = rng.normal(size=(2, 3, 4))
    y = layer(x)
    assert y.shape == layer.compute_output_shape((2, 3, 4)) == (2, 3, 5)
    np.testing.assert_allclose(y, np.tanh(x @ layer.kernel.numpy() + 1), rtol=1e-12)
    check_gradients(layer, x)
    with pytest.raises(NotImplementedError, match="3 axes, not 2"):
        layer.describe([])


def test_dense_differentiates(rng):
    check_gradients(layers.Dense(3, "sigmoid", dtype="float64"), rng.normal(size=(4, 2)))


def test_dtype():
    layer = layers.Dense(3, dtype="float64")
    assert layer(X).dtype == "float64"
    assert layer.kernel.dtype == layer.dtype == layer.compute_dtype == layer.variable_dtype == "float64"
    assert layers.Dense(3)(X.astype(np.float64)).dtype == "float32"
    assert layers.Dense(3, dtype="float64")(np.ones((2, 2), int)).dtype == "float64"
    for dtype in ("int32", "float16", "mixed_float16"):
        with pytest.raises(ValueError, match="dtype must be one of float32, float64"):
            layers.Dense(3, dtype=dtype)


def test_penalties_and_constraints():
    layer = layers.Dense(
        2, kernel_initializer="ones", kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l1",
        kernel_constraint="max_norm", bias_constraint="non_neg", bias_initializer="ones",
    )  # fmt: skip
    with GradientTape() as tape:
        layer(X)
        losses = layer.losses
        total = losses[0] + losses[1] + losses[2]
    activity = 0.01 * 2 * np.abs(X.sum(1) + 1).sum() / 3
    np.testing.assert_allclose([float(loss) for loss in losses], [activity, 0.04, 0.02], rtol=1e-6)
    signs = np.sign(X.sum(1) + 1)
    np.testing.assert_allclose(tape.gradient(total, layer.bias), [0.01 + 0.01 * signs.sum() / 3] * 2, rtol=1e-6)
    assert type(layer.kernel.constraint).__name__ == "MaxNorm"
    assert type(layer.bias.constraint).__name__ == "NonNeg"
    layer.trainable = False
    assert len(layer.losses) == 1


def test_what_dense_is_to_an_engine():
    chain: list[DenseSpec] = []
    layers.Dense(4, "leaky_relu", kernel_regularizer="l2").describe(chain)
    layers.Dense(3, use_bias=False).describe(chain)
    assert chain == [DenseSpec(4, "leaky_relu", 0.2), DenseSpec(3, use_bias=False)]
    with pytest.raises(NotImplementedError, match="activation tanh of layer 'out' has no kernel"):
        layers.Dense(3, activation=np.tanh, name="out").describe(chain)
    assert len(chain) == 2


@pytest.mark.parametrize("units", [0, -1, 2.5, "three", True, None])
def test_bad_units(units):
    with pytest.raises(ValueError, match="units must be a positive integer"):
        layers.Dense(units)


@pytest.mark.parametrize("name", ["lora_rank", "lora_alpha", "quantization_config"])
def test_what_is_not_supported(name):
    with pytest.raises(ValueError, match=f"{name} is not supported"):
        layers.Dense(3, **{name: 2})


def test_shapes_that_do_not_fit():
    layer = layers.Dense(2, name="hidden")
    with pytest.raises(ValueError, match=r"'hidden' takes inputs of shape \(rows, columns\); got \(rows,\)"):
        layer(np.ones(3))
    assert not layer.built
    with pytest.raises(ValueError, match="last axis has a known length"):
        layer.build((None, None))
    layer(X)
    with pytest.raises(ValueError, match=r"'hidden' takes inputs of shape \(rows, 2\); got \(rows, 5\)"):
        layer(np.ones((3, 5)))
    with pytest.raises(ValueError, match=r"'hidden' takes inputs of shape \(rows, any, 2\); got \(rows, 4, 5\)"):
        layer(np.ones((3, 4, 5)))
    assert float(reduce_sum(layer(X * 0))) == 0


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
