from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers, utils
from dlcore.autodiff import GradientTape, Tensor

X = np.full((300, 400), 2.0, np.float32)
KINDS = {
    "dropout": lambda **kw: layers.Dropout(0.4, **kw),
    "alpha": lambda **kw: layers.AlphaDropout(0.4, **kw),
    "gaussian_dropout": lambda **kw: layers.GaussianDropout(0.4, **kw),
    "noise": lambda **kw: layers.GaussianNoise(0.4, **kw),
}


@pytest.mark.parametrize("kind", KINDS)
def test_only_training_is_disturbed(kind):
    layer = KINDS[kind](seed=3)
    assert layer.built
    assert np.array_equal(layer(X), X)
    assert np.array_equal(layer(X, training=False), X)
    y = layer(X, training=True)
    assert y.shape == X.shape
    assert y.dtype == "float32"
    assert not np.array_equal(y, X)
    assert layer.weights == []
    assert [v.tolist() for v in layer.non_trainable_variables] == [[3, 1]]


@pytest.mark.parametrize("kind", KINDS)
def test_one_seed_gives_one_sequence(kind):
    first, second = KINDS[kind](seed=3), KINDS[kind](seed=3)
    drawn = [np.asarray(first(X[:5], training=True)) for _ in range(3)]
    assert not np.array_equal(drawn[0], drawn[1])
    assert all(np.array_equal(y, second(X[:5], training=True)) for y in drawn)
    first.variables[0].assign([3, 1])
    assert np.array_equal(first(X[:5], training=True), drawn[1])
    utils.set_random_seed(8)
    unseeded = [KINDS[kind](), KINDS[kind]()]
    drawn = [np.asarray(layer(X[:5], training=True)) for layer in unseeded]
    assert not np.array_equal(*drawn)
    utils.set_random_seed(8)
    assert np.array_equal(KINDS[kind]()(X[:5], training=True), drawn[0])


def test_dropout():
    y = np.asarray(layers.Dropout(0.4, seed=1)(X, training=True))
    assert abs((y == 0).mean() - 0.4) < 0.005
    np.testing.assert_allclose(y[y != 0], 2 / 0.6, rtol=1e-6)
    rows = np.asarray(layers.Dropout(0.4, noise_shape=(None, 1), seed=1)(X, training=True))
    assert np.array_equal(rows, np.broadcast_to(rows[:, :1], X.shape))


def test_alpha_dropout_keeps_mean_and_variance(rng):
    x = rng.normal(size=(500, 600))
    y = np.asarray(layers.AlphaDropout(0.3, seed=1, dtype="float64")(x, training=True))
    assert abs(y.mean()) < 0.01
    assert abs(y.std() - 1) < 0.01
    values, counts = np.unique(y, return_counts=True)
    assert abs(counts.max() / y.size - 0.3) < 0.005
    lowest = -1.7580993408473766
    scale = (0.7 * (1 + 0.3 * lowest**2)) ** -0.5
    np.testing.assert_allclose(values[counts.argmax()], scale * lowest - scale * lowest * 0.3, rtol=1e-12)


def test_gaussian_noises():
    y = np.asarray(layers.GaussianDropout(0.2, seed=1)(X, training=True))
    assert abs(y.mean() - 2) < 0.01
    assert abs(y.std() - 2 * 0.5) < 0.01
    z = np.asarray(layers.GaussianNoise(0.3, seed=1)(X, training=True))
    assert abs((z - X).std() - 0.3) < 0.005


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_follow_what_was_drawn(kind, rng):
    """All are affine in the input: the slope is the difference quotient for the same draw."""
    layer = KINDS[kind](seed=5, dtype="float64")
    x = Tensor(rng.normal(size=(3, 4)))
    with GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=True)
    layer.variables[0].assign([5, 0])
    moved = layer(x + 1.0, training=True)
    np.testing.assert_allclose(tape.gradient(y, x), moved - y, rtol=1e-9)


def test_nothing_to_do():
    for layer in (layers.Dropout(0), layers.GaussianNoise(0.0)):
        assert np.array_equal(layer(X, training=True), X)
        assert layer.variables == []
    assert not np.any(layers.Dropout(1.0)(X, training=True))
    assert layers.Dropout(0.5)(np.ones((2, 3), int), training=True).dtype == "float32"


@pytest.mark.parametrize("rate", [-0.1, 1.5, "half", None])
def test_bad_rates(rate):
    for kind in (layers.Dropout, layers.AlphaDropout, layers.GaussianDropout, layers.GaussianNoise):
        with pytest.raises(ValueError, match="between 0 and 1"):
            kind(rate)


@pytest.mark.parametrize("noise_shape", ["ab", 3, (2.0,), (0,), (-1, None)])
def test_bad_noise_shapes(noise_shape):
    with pytest.raises(ValueError, match="`noise_shape`"):
        layers.Dropout(0.5, noise_shape=noise_shape)
