from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers
from dlcore.autodiff import GradientTape
from layers.differences import check_gradients


def made(rng, columns=4, dtype="float64", **arguments):
    layer = layers.BatchNormalization(dtype=dtype, **arguments)
    layer.build((None, columns))
    for weight in layer.weights:
        weight.assign(rng.uniform(0.5, 2.0, weight.shape))
    return layer


def test_training_takes_the_batch_and_follows_it(rng):
    layer = made(rng, momentum=0.9)
    mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
    gamma, beta = layer.gamma.numpy(), layer.beta.numpy()
    x = rng.normal(3, 2, size=(50, 4))
    expected = gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3) + beta
    np.testing.assert_allclose(layer(x, training=True), expected, rtol=1e-12)
    np.testing.assert_allclose(layer.moving_mean, 0.9 * mean + 0.1 * x.mean(0), rtol=1e-12)
    np.testing.assert_allclose(layer.moving_variance, 0.9 * variance + 0.1 * x.var(0), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_inference_takes_the_moving_statistics(rng, dtype):
    layer = made(rng, dtype=dtype)
    gamma, beta, mean, variance = (w.astype(np.float64) for w in layer.get_weights())
    x = rng.normal(size=(5, 4))
    expected = gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    for call in ({}, {"training": False}):
        y = layer(x, **call)
        np.testing.assert_allclose(y, expected, rtol=tolerance, atol=tolerance)
        assert y.dtype == dtype
    np.testing.assert_array_equal(layer.moving_mean, mean)
    assert np.array_equal(np.concatenate([layer(x[i : i + 1]) for i in range(5)]), layer(x))


def test_frozen_means_inference(rng):
    layer = made(rng)
    x = rng.normal(size=(5, 4))
    layer.trainable = False
    assert np.array_equal(layer(x, training=True), layer(x))
    assert layer.trainable_weights == []
    layer.trainable = True
    assert [w.name for w in layer.trainable_weights] == ["gamma", "beta"]
    assert [w.name for w in layer.non_trainable_weights] == ["moving_mean", "moving_variance"]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("options", [{}, {"scale": False}, {"center": False, "axis": 1}])
def test_gradients(rng, training, options):
    check_gradients(made(rng, **options), rng.normal(size=(6, 4)), training=training)


def test_gradients_with_more_axes(rng):
    layer = layers.BatchNormalization(axis=1, dtype="float64")
    x = rng.normal(size=(3, 2, 4))
    np.testing.assert_allclose(np.asarray(layer(x, training=True)).mean((0, 2)), 0, atol=1e-12)
    assert layer.gamma.shape == (2,)
    check_gradients(layer, x, training=True)
    check_gradients(layer, x)


def test_the_mask_says_what_counts(rng):
    x = rng.normal(size=(6, 3, 4))
    mask = np.array([[True, True, False]] * 6)
    layer = layers.BatchNormalization(momentum=0.0, dtype="float64")
    y = layer(np.where(mask[..., None], x, 99.0), training=True, mask=mask)
    seen = x[mask]
    np.testing.assert_allclose(layer.moving_mean, seen.mean(0), rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, seen.var(0), rtol=1e-6)
    np.testing.assert_allclose(np.asarray(y)[mask], (seen - seen.mean(0)) / np.sqrt(seen.var(0) + 1e-3), rtol=1e-5)
    check_gradients(layer, x, training=True, mask=mask)
    with pytest.raises(ValueError, match="one dimension less"):
        layer(x, training=True, mask=np.ones(6, bool))


def test_regularizers_and_constraints(rng):
    layer = layers.BatchNormalization(gamma_regularizer="l2", beta_constraint="non_neg")
    with GradientTape() as tape:
        layer(rng.normal(size=(4, 3)), training=True)
        (loss,) = layer.losses
    assert float(loss) == pytest.approx(0.03)
    np.testing.assert_allclose(tape.gradient(loss, layer.gamma), [0.02] * 3)
    assert type(layer.beta.constraint).__name__ == "NonNeg"


def test_errors():
    layer = layers.BatchNormalization(name="norm")
    layer(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"'norm' takes inputs of shape \(rows, 3\); got \(rows, 4\)"):
        layer(np.ones((2, 4)))
    for arguments in ({"renorm": True}, {"synchronized": True}):
        with pytest.raises(ValueError, match="not supported"):
            layers.BatchNormalization(**arguments)
    with pytest.raises(ValueError, match="Axis 3 is out of bounds"):
        layers.BatchNormalization(axis=3)(np.ones((2, 4)))
