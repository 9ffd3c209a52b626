"""The normalization that kernels carry out, on the tape: derivatives of two orders, and what it shares with others."""

from __future__ import annotations

import numpy as np
import pytest
from autodiff.differences import check

from dlcore import layers
from dlcore.autodiff import GradientTape, Tensor
from dlcore.backends.contract import NORMALIZATIONS
from dlcore.layers.normalize import ALONG, normalize
from dlcore.layers.standardize import standardize
from dlcore.variable import Variable

X = np.random.default_rng(3).normal(size=(4, 3))
GAMMA, BETA = np.array([0.5, -1.0, 2.0]), np.array([0.1, 0.2, -0.3])
FACTORS = np.cos(np.arange(12.0)).reshape(4, 3)


@pytest.mark.parametrize("kind", NORMALIZATIONS)
def test_derivatives(backend, kind):
    check(lambda x: normalize(x, kind, None, None, 0.1)[0] * FACTORS, X)
    check(lambda x, gamma: normalize(x, kind, gamma, None, 0.1)[0] * FACTORS, X, GAMMA)
    check(lambda x, beta: normalize(x, kind, None, beta, 0.1)[0] * FACTORS, X, BETA)
    check(lambda x, gamma, beta: normalize(x, kind, gamma, beta, 0.1)[0] * FACTORS, X, GAMMA, BETA)


@pytest.mark.parametrize("kind", NORMALIZATIONS)
def test_it_is_what_numpy_makes(backend, dtype, kind):
    """Of the same matrix, transposed in memory as well."""
    wide = np.random.default_rng(0).normal(2, 3, (600, 7)).astype(dtype)
    for x in (wide, np.asfortranarray(wide)):
        y, mean, variance = normalize(Tensor(x), kind, None, None, 0.01)
        expected, middle, spread = standardize(Tensor(x), (ALONG[kind],), 0.01)
        tight = {"rtol": 1e-4, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-12, "atol": 1e-12}
        for ours, numpy in ((y, expected), (mean, middle.ravel()), (variance, spread.ravel())):
            assert ours.dtype == dtype
            np.testing.assert_allclose(ours, numpy, **tight)


@pytest.mark.parametrize("kind", [layers.BatchNormalization, layers.LayerNormalization])
def test_features_of_more_axes_are_rows(kind):
    """(2, 3, 4) is normalized as (6, 4) is."""
    x = np.random.default_rng(1).normal(size=(2, 3, 4)).astype(np.float32)
    with GradientTape(persistent=True) as tape:
        v, flat = Variable(x), Variable(x.reshape(6, 4))
        layer, twin = kind(), kind()
        y, rows = layer(v, training=True), twin(flat, training=True)
    assert np.asarray(y).tobytes() == np.asarray(rows).tobytes()
    factors = np.sin(np.arange(24, dtype=np.float32))
    found = tape.gradient(y, [v, *layer.trainable_weights], factors.reshape(2, 3, 4))
    expected = tape.gradient(rows, [flat, *twin.trainable_weights], factors.reshape(6, 4))
    for ours, theirs in zip(found, expected, strict=True):
        assert np.asarray(ours).tobytes() == np.asarray(theirs).tobytes()
