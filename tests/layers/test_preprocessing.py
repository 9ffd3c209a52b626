from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers
from layers.differences import check_gradients


def test_rescaling():
    x = np.array([[1, 2], [3, 4]], np.uint8)
    y = layers.Rescaling(1 / 255, offset=-0.5)(x)
    assert y.dtype == "float32"
    np.testing.assert_allclose(y, x / 255 - 0.5, rtol=1e-6)
    np.testing.assert_allclose(layers.Rescaling(np.array([1.0, 10.0]))(x), x * [1, 10])
    with pytest.raises(TypeError, match="scale must hold real numbers"):
        layers.Rescaling("big")


@pytest.mark.parametrize(("axis", "reduce"), [(-1, (0, 1)), (None, (0, 1, 2)), ((1, 2), (0,)), (1, (0, 2))])
@pytest.mark.parametrize("batches", [False, True])
def test_adapt(rng, axis, reduce, batches):
    x = rng.normal(1000, 0.5, size=(30, 4, 3))
    layer = layers.Normalization(axis=axis, dtype="float64")
    layer.adapt([x[:7], x[7:8], x[8:]] if batches else x)
    mean, deviation = x.mean(reduce, keepdims=True), x.std(reduce, keepdims=True)
    np.testing.assert_allclose(layer.mean, mean, rtol=1e-12)
    np.testing.assert_allclose(layer.variance, deviation**2, rtol=1e-9)
    np.testing.assert_allclose(layer(x), (x - mean) / deviation, rtol=1e-6, atol=1e-9)
    assert [w.name for w in layer.non_trainable_weights] == ["mean", "variance", "count"]
    inverse = (
        layers.Normalization(axis, layer.mean, layer.variance, invert=True, dtype="float64") if axis == -1 else None
    )
    if inverse is not None:
        shaped = layers.Normalization(-1, layer.adapt_mean, layer.adapt_variance, invert=True, dtype="float64")
        np.testing.assert_allclose(shaped(layer(x)), x, rtol=1e-9)


def test_given_statistics(rng):
    x = rng.normal(size=(5, 3))
    layer = layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 1.0, 0.0], dtype="float64")
    np.testing.assert_allclose(layer(x), (x - [1, 2, 3]) / [2, 1, 1e-7], rtol=1e-9)
    assert layer.weights == []
    check_gradients(layers.Normalization(mean=1.0, variance=4.0, dtype="float64"), x)
    again = layers.Normalization.from_config(layer.get_config())
    assert np.array_equal(again(x), layer(x))


def test_numbers_without_an_axis():
    layer = layers.Normalization(axis=None)
    layer.adapt(np.float32([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(np.asarray(layer(np.float32([2.0, 3.0]))).ravel(), [0, 1 / np.sqrt(2 / 3)], rtol=1e-6)


def test_before_it_is_adapted_nothing_changes(rng):
    x = rng.normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(layers.Normalization()(x), x)


def test_errors(rng):
    with pytest.raises(ValueError, match="may not be 0"):
        layers.Normalization(axis=0)
    with pytest.raises(ValueError, match="both `mean` and `variance`"):
        layers.Normalization(mean=1.0)
    with pytest.raises(ValueError, match=r"range \[-ndim, ndim\)"):
        layers.Normalization(axis=3)(np.ones((2, 2)))
    with pytest.raises(ValueError, match="known shape"):
        layers.Normalization().build((None, None))
    layer = layers.Normalization(name="scale")
    layer.adapt(np.ones((4, 3)))
    before = layer.get_weights()
    with pytest.raises(ValueError, match="'scale' was built for rows"):
        layer.adapt([np.zeros((4, 3)), np.zeros((4, 2))])
    assert all(np.array_equal(a, b) for a, b in zip(before, layer.get_weights(), strict=True))
    with pytest.raises(ValueError, match="empty iterable"):
        layer.adapt([])
    with pytest.raises(TypeError, match="Unsupported data type"):
        layer.adapt(3)
    with pytest.raises(TypeError, match="yields arrays"):
        layer.adapt([3])
