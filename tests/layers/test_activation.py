from __future__ import annotations

import numpy as np
import pytest

from dlcore import activations, layers
from dlcore.backends.network import DenseSpec
from layers.differences import check_gradients

X = np.float32([[1.0, 2.0], [3.0, -4.0], [0.5, 0.0]])


def test_activation():
    np.testing.assert_allclose(layers.Activation("relu")(X), np.maximum(X, 0))
    np.testing.assert_allclose(layers.Activation(lambda x: x * 2)(X), 2 * X)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.ReLU(), np.maximum(X, 0)),
        (layers.ReLU(2.0, 0.5, 1.0), np.where(X >= 2, 2, np.where(X > 1, X, 0.5 * (X - 1)))),
        (layers.LeakyReLU(), np.where(X > 0, X, 0.3 * X)),
        (layers.ELU(2.0), np.where(X > 0, X, 2 * np.expm1(np.minimum(X, 0)))),
        (layers.Softmax(0), np.exp(X) / np.exp(X).sum(0)),
        (layers.Softmax([0, 1]), np.exp(X) / np.exp(X).sum()),
    ],
)
def test_values(layer, expected):
    np.testing.assert_allclose(layer(X), expected, rtol=1e-5)
    assert layer.built
    assert layer.weights == []


def test_arguments_are_attributes():
    relu = layers.ReLU(2.0, 0.5, 1.0)
    assert (relu.max_value, relu.negative_slope, relu.threshold) == (2.0, 0.5, 1.0)
    assert layers.LeakyReLU(alpha=0.5).negative_slope == 0.5
    assert layers.Softmax(0).axis == 0
    with pytest.raises(AttributeError, match="no attribute 'slope'"):
        _ = relu.slope


def test_softmax_hides_what_the_mask_hides():
    mask = np.array([[True, False], [True, True], [False, False]])
    y = np.asarray(layers.Softmax()(X, mask=mask))
    np.testing.assert_allclose(y[0], [1, 0])
    np.testing.assert_allclose(y[1], np.exp(X[1] - 3) / np.exp(X[1] - 3).sum(), rtol=1e-6)
    np.testing.assert_allclose(y[2], [0, 0])
    assert np.array_equal(layers.Softmax()(X, mask=mask.astype(np.float32)), y)
    check_gradients(layers.Softmax(dtype="float64"), X, mask=mask)
    for bad in (np.ones((2, 3, 2)), np.ones((2, 2))):
        with pytest.raises(ValueError, match="must be broadcastable"):
            layers.Softmax()(X, mask=bad)


def test_prelu(rng):
    layer = layers.PReLU(alpha_initializer="random_uniform", dtype="float64", alpha_regularizer="l2")
    x = rng.normal(size=(3, 4, 2))
    y = layer(x)
    assert layer.alpha.shape == (4, 2)
    np.testing.assert_allclose(y, np.where(x > 0, x, layer.alpha.numpy() * x), rtol=1e-12)
    check_gradients(layer, x)
    assert len(layer.losses) == 1
    shared = layers.PReLU(shared_axes=1)
    shared(x)
    assert shared.alpha.shape == (1, 2)
    with pytest.raises(ValueError, match="takes inputs of shape"):
        shared(x[..., :1])


def test_what_they_are_to_an_engine():
    chain: list[DenseSpec] = []
    for layer in (layers.Dense(4), layers.LeakyReLU(0.1), layers.Dense(4), layers.ReLU(6), layers.Dense(3)):
        layer.describe(chain)
    layers.Softmax().describe(chain)
    assert chain == [DenseSpec(4, "leaky_relu", 0.1), DenseSpec(4, "relu6"), DenseSpec(3, "softmax")]
    with pytest.raises(NotImplementedError, match="'late' does not come right after a Dense"):
        layers.Activation("relu", name="late").describe(chain)
    chain[-1] = DenseSpec(3)
    for layer in (layers.Activation(np.tanh), layers.Softmax(0), layers.ReLU(1, threshold=0.5)):
        with pytest.raises(NotImplementedError, match="has no kernel"):
            layer.describe(chain)
    with pytest.raises(NotImplementedError, match=r"\(PReLU\) has no kernel"):
        layers.PReLU().describe(chain)
    assert chain[-1] == DenseSpec(3)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: layers.ReLU(-1), "max_value"),
        (lambda: layers.ReLU(negative_slope=-1), "negative_slope"),
        (lambda: layers.ReLU(negative_slope=None), "negative_slope"),
        (lambda: layers.ReLU(threshold=-0.1), "threshold"),
        (lambda: layers.LeakyReLU(None), "negative_slope"),
        (lambda: layers.Activation("relo"), "Did you mean 'relu"),
    ],
)
def test_bad_arguments(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_activations_keep_their_names():
    assert layers.Activation("swish").get_config()["activation"] == "silu"
    assert layers.Activation(activations.relu).get_config()["activation"] == "relu"
