"""Layers in models: what training does to them, and that one seed gives one training."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import Input, Sequential, layers, losses, utils


@pytest.fixture(autouse=True)
def _restore():
    yield
    utils.set_random_seed(0)


def data(rows=64, columns=6, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(2, 3, size=(rows, columns)).astype(np.float32)
    return x, (x[:, :1] - x[:, 1:2] > 0).astype(np.float32)


def noisy_model():
    utils.set_random_seed(7)
    model = Sequential(
        [
            Input((6,)),
            layers.BatchNormalization(),
            layers.Dense(16, activation="relu", kernel_regularizer="l2"),
            layers.Dropout(0.2),
            layers.LayerNormalization(),
            layers.PReLU(),
            layers.GaussianNoise(0.1),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def test_one_seed_gives_one_training():
    x, y = data()
    runs = []
    for _ in range(2):
        model = noisy_model()
        history = model.fit(x, y, batch_size=16, epochs=3, verbose=0)
        runs.append((history.history, model.get_weights(), model.predict(x, verbose=0)))
    assert runs[0][0] == runs[1][0]
    assert all(np.array_equal(a, b) for a, b in zip(runs[0][1], runs[1][1], strict=True))
    assert np.array_equal(runs[0][2], runs[1][2])


def test_it_learns_and_goes_on_as_if_it_had_never_stopped(tmp_path):
    x, y = data()
    whole = noisy_model()
    first = whole.fit(x, y, batch_size=16, epochs=4, verbose=0).history
    assert first["loss"][-1] < first["loss"][0]
    part = noisy_model()
    part.fit(x, y, batch_size=16, epochs=2, verbose=0)
    part.save_state(tmp_path / "half.safetensors")
    rest = noisy_model()
    rest.fit(x[:16], y[:16], batch_size=16, epochs=1, verbose=0)
    rest.load_state(tmp_path / "half.safetensors")
    again = rest.fit(x, y, batch_size=16, initial_epoch=2, epochs=4, verbose=0).history
    assert again["loss"] == first["loss"][2:]
    assert all(np.array_equal(a, b) for a, b in zip(whole.get_weights(), rest.get_weights(), strict=True))


def test_statistics_follow_the_batches():
    x, y = data()
    model = Sequential([Input((6,)), layers.BatchNormalization(momentum=0.5), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, batch_size=64, epochs=1, verbose=0, shuffle=False)
    norm = model.layers[0]
    np.testing.assert_allclose(norm.moving_mean, 0.5 * x.mean(0), rtol=1e-4)
    np.testing.assert_allclose(norm.moving_variance, 0.5 + 0.5 * x.var(0), rtol=1e-4)
    before = norm.get_weights()
    model.evaluate(x, y, verbose=0)
    model.predict(x, verbose=0)
    norm.trainable = False
    model.compile("sgd", "mse")
    model.fit(x, y, epochs=1, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, norm.get_weights(), strict=True))


def test_masked_steps_do_not_count():
    steps = np.float32([[[1, 5], [2, 5], [-3, -3], [-3, -3]]] * 10)
    model = Sequential([Input((4, 2)), layers.Masking(-3), layers.BatchNormalization(momentum=0.0)])
    model.compile("rmsprop", loss=losses.MeanSquaredError())
    model.fit(steps, steps, batch_size=10, epochs=2, verbose=0)
    np.testing.assert_allclose(model.layers[1].moving_mean, [1.5, 5.0], rtol=1e-5)
    np.testing.assert_allclose(model.layers[1].moving_variance, [0.25, 0.0], atol=1e-5)


def test_embeddings_learn():
    rng = np.random.default_rng(3)
    words = rng.integers(0, 20, (200, 4))
    y = (words < 10).mean(1, keepdims=True).astype(np.float32)
    model = Sequential([Input((4,), dtype="int32"), layers.Embedding(20, 3), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(words, y, epochs=30, batch_size=20, verbose=0)
    assert history.history["loss"][-1] < 0.1 * history.history["loss"][0]


def test_what_runs_in_the_engine_gives_the_same_bits_on_the_tape():
    x, y = data()
    results = []
    for extra in ([], [layers.Dropout(0.0)]):
        utils.set_random_seed(5)
        model = Sequential([Input((6,)), layers.Dense(8), layers.ReLU(), layers.Identity(), *extra, layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(x, y, epochs=2, verbose=0)
        results.append(model.get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(*results, strict=True))
