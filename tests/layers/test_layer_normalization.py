from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore import layers
from layers.differences import check_gradients

KINDS = [
    lambda: layers.LayerNormalization(dtype="float64"),
    lambda: layers.LayerNormalization(axis=[1, 2], dtype="float64", scale=False),
    lambda: layers.LayerNormalization(axis=1, dtype="float64", center=False),
    lambda: layers.RMSNormalization(dtype="float64"),
    lambda: layers.RMSNormalization(axis=[-2, -1], dtype="float64"),
    lambda: layers.UnitNormalization(dtype="float64"),
    lambda: layers.GroupNormalization(groups=2, dtype="float64"),
    lambda: layers.GroupNormalization(groups=-1, axis=1, dtype="float64"),
]


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_gradients(rng, kind):
    layer = KINDS[kind]()
    x = rng.normal(size=(2, 3, 4))
    layer(x)
    for weight in layer.weights:
        weight.assign(rng.uniform(0.5, 2, weight.shape))
    check_gradients(layer, x)


@given(st.integers(1, 4), st.integers(1, 5), st.integers(2, 6))
def test_layer_normalization(rows, steps, columns):
    x = np.random.default_rng(columns).normal(2, 3, size=(rows, steps, columns))
    layer = layers.LayerNormalization(epsilon=0.01)
    y = layer(x)
    assert layer.gamma.shape == layer.beta.shape == (columns,)
    expected = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 0.01)
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)
    assert np.array_equal(np.concatenate([layer(row[None]) for row in x]), y)


def test_rms_normalization(rng):
    x = rng.normal(size=(4, 5))
    layer = layers.RMSNormalization(dtype="float64")
    np.testing.assert_allclose(layer(x), x / np.sqrt(np.mean(x**2, -1, keepdims=True) + 1e-6), rtol=1e-12)
    layer.scale.assign(np.arange(5.0))
    np.testing.assert_allclose(layer(x)[:, 2], 2 * x[:, 2] / np.sqrt(np.mean(x**2, -1) + 1e-6), rtol=1e-12)


def test_rms_scaling_is_deprecated(rng):
    x = rng.normal(5, 1, size=(4, 5))
    with pytest.warns(UserWarning, match="rms_scaling=True"):
        layer = layers.LayerNormalization(rms_scaling=True, dtype="float64")
    np.testing.assert_allclose(layer(x), x / np.sqrt(x.var(-1, keepdims=True) + 1e-3), rtol=1e-12)
    assert layer.beta is None


def test_unit_normalization(rng):
    x = rng.normal(size=(4, 5))
    x[2] = 0
    y = np.asarray(layers.UnitNormalization(dtype="float64")(x))
    np.testing.assert_allclose(np.linalg.norm(y, axis=-1), [1, 1, 0, 1], rtol=1e-12)


def test_group_normalization(rng):
    x = rng.normal(size=(3, 7, 6))
    y = np.asarray(layers.GroupNormalization(groups=3, dtype="float64")(x)).reshape(3, 7, 3, 2)
    groups = x.reshape(3, 7, 3, 2)
    expected = groups - groups.mean((1, 3), keepdims=True)
    np.testing.assert_allclose(y, expected / np.sqrt(groups.var((1, 3), keepdims=True) + 1e-3), rtol=1e-10)


def test_errors():
    with pytest.raises(TypeError, match="'axis'"):
        layers.LayerNormalization(axis="last")
    with pytest.raises(ValueError, match="Duplicate axes"):
        layers.LayerNormalization(axis=[1, -1])(np.ones((2, 3)))
    with pytest.raises(ValueError, match="out of bounds"):
        layers.LayerNormalization(axis=5).compute_output_shape((2, 3))
    with pytest.raises(ValueError, match="known lengths on axes"):
        layers.LayerNormalization().build((None, None))
    with pytest.raises(ValueError, match="argument `groups`"):
        layers.GroupNormalization(groups=0)
    for groups, match in ((8, "cannot be more than"), (4, "must be a multiple")):
        with pytest.raises(ValueError, match=match):
            layers.GroupNormalization(groups)(np.ones((2, 6)))
    layer = layers.LayerNormalization(name="norm")
    layer(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"'norm' takes inputs of shape \(rows, 3\); got \(rows, 4\)"):
        layer(np.ones((2, 4)))
