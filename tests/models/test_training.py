"""compile, fit, evaluate and predict on every backend."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest

import dlcore
from dlcore import Sequential, layers, losses, optimizers, utils
from dlcore.autodiff import GradientTape
from dlcore.backends import use_backend

from .problem import LABELS, ONE_HOT, ROWS, WEIGHT, X, net, same_weights

# --- fit does what it says ---


@pytest.mark.parametrize(
    ("loss", "last", "y"),
    [
        ("sparse_categorical_crossentropy", "softmax", LABELS),
        ("categorical_crossentropy", "softmax", ONE_HOT),
        (losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), "linear", ONE_HOT),
        ("binary_crossentropy", "sigmoid", ONE_HOT),
        ("mse", "linear", ONE_HOT),
        ("mae", "relu", ONE_HOT),
        (losses.Huber(0.3), "gelu", ONE_HOT),
        (losses.SmoothL1(0.3, reduction="sum"), "silu", ONE_HOT),
    ],
)
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_fit_is_minimize_batch_by_batch(backend, loss, last, y, weight):
    model = net(last, loss=loss, metrics=[], optimizer=optimizers.SGD(0.1), dtype="float64")
    twin = net(last, loss=loss, metrics=[], optimizer=optimizers.SGD(0.1), dtype="float64")
    history = model.fit(X, y, batch_size=16, epochs=2, verbose=0, shuffle=False, sample_weight=weight)
    function = losses.as_object(loss)
    function = type(function).from_config({**function.get_config(), "dtype": "float64"})
    seen = []
    for _ in range(2):
        total = 0.0
        for start in range(0, ROWS, 16):
            rows = slice(start, start + 16)
            with GradientTape() as tape:
                value = function(y[rows], twin(X[rows]), None if weight is None else weight[rows])
            gradients = tape.gradient(value, twin.trainable_weights)
            twin.optimizer.apply(gradients, twin.trainable_weights)
            total += float(value) * len(X[rows])
        seen.append(total / ROWS)
    np.testing.assert_allclose(history.history["loss"], seen, rtol=1e-6)
    for p, q in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-6, atol=1e-9)


@pytest.mark.usefixtures("backend")
def test_a_net_learns():
    model = net(optimizer=optimizers.Adam(0.03))
    history = model.fit(X, LABELS, batch_size=10, epochs=60, verbose=0)
    assert history.epoch == list(range(60))
    assert history is model.history
    assert history.history["loss"][-1] < history.history["loss"][0] / 4
    assert history.history["accuracy"][-1] > 0.95
    loss, accuracy = model.evaluate(X, LABELS, verbose=0)
    assert accuracy > 0.95
    assert np.mean(model.predict(X).argmax(axis=1) == LABELS) == pytest.approx(accuracy)
    assert model.evaluate(X, LABELS, verbose=0, return_dict=True) == {"loss": loss, "accuracy": accuracy}


@pytest.mark.usefixtures("backend")
def test_evaluate_against_numpy():
    model = net()
    p = model.predict(X)
    assert p.shape == (ROWS, 3)
    assert p.dtype == np.float32
    each = -np.log(p[np.arange(ROWS), LABELS])
    loss, accuracy = model.evaluate(X, LABELS, verbose=0)
    assert loss == pytest.approx(each.mean(), rel=1e-5)
    assert accuracy == pytest.approx(np.mean(p.argmax(axis=1) == LABELS))
    weighted = model.evaluate(X, LABELS, verbose=0, sample_weight=WEIGHT)
    assert weighted[0] == pytest.approx((each * WEIGHT).mean(), rel=1e-5)
    assert weighted[1] == accuracy  # as in Keras, sample_weight does not touch ``metrics``
    for batch_size in (1, 7, None, 1000):
        assert model.evaluate(X, LABELS, batch_size=batch_size, verbose=0)[0] == pytest.approx(loss, rel=1e-6)
    assert isinstance(net(metrics=None).evaluate(X, LABELS, verbose=0), float)


@pytest.mark.usefixtures("backend")
def test_metrics_while_training_see_the_weights_before_each_step():
    model = net(optimizer=optimizers.SGD(0.5))
    loss, accuracy = model.evaluate(X, LABELS, verbose=0)
    history = model.fit(X, LABELS, batch_size=ROWS, verbose=0)
    assert history.history["loss"][0] == pytest.approx(loss, rel=1e-6)
    assert history.history["accuracy"][0] == pytest.approx(accuracy)


@pytest.mark.usefixtures("backend")
def test_metrics_of_every_kind():
    model = net("sigmoid", loss="binary_crossentropy", metrics=["binary_accuracy", "accuracy", "mae", "mse"])
    p = model.predict(X)
    found = model.evaluate(X, ONE_HOT, verbose=0, return_dict=True)
    assert found["binary_accuracy"] == pytest.approx(np.mean((p > 0.5) == ONE_HOT))
    assert found["accuracy"] == pytest.approx(np.mean(p.argmax(1) == LABELS))
    assert found["mae"] == pytest.approx(np.mean(np.abs(p - ONE_HOT)), rel=1e-5)
    assert found["mse"] == pytest.approx(np.mean((p - ONE_HOT) ** 2), rel=1e-5)
    history = model.fit(X, ONE_HOT, batch_size=ROWS, verbose=0)
    assert {name: values[0] for name, values in history.history.items()} == pytest.approx(found, rel=1e-5)


# --- Counting, shuffling, seeds ---


@pytest.mark.parametrize("batch_size", [1, 7, 32, 50, 1000, None, np.int64(8)])
def test_iterations(batch_size):
    model = net()
    model.fit(X, LABELS, batch_size=batch_size, epochs=3, verbose=0)
    assert model.optimizer.iterations == 3 * -(-ROWS // min(batch_size or 32, ROWS))


@pytest.mark.usefixtures("backend")
def test_two_epochs_are_twice_one():
    once, twice = net(), net()
    history = once.fit(X, LABELS, epochs=2, verbose=0)
    first = twice.fit(X, LABELS, verbose=0)
    second = twice.fit(X, LABELS, epochs=2, initial_epoch=1, verbose=0)
    assert same_weights(once, twice)
    assert history.history["loss"] == first.history["loss"] + second.history["loss"]
    assert second.epoch == [1]


@pytest.mark.usefixtures("backend")
def test_shuffling_follows_the_seed_and_the_epoch():
    a, b = net(), net()
    a.fit(X, LABELS, verbose=0)
    b.fit(X, LABELS, verbose=0)
    assert same_weights(a, b)
    c = net()
    utils.set_random_seed(4)
    c.fit(X, LABELS, verbose=0)
    assert not same_weights(a, c)
    d = net()
    d.fit(X, LABELS, verbose=0, shuffle=False)
    assert not same_weights(a, d)
    e = net()
    orders = []
    for _ in range(2):
        orders.append(e._orders(ROWS)().copy())
        e.epochs_trained += 1
    assert not np.array_equal(*orders)
    assert sorted(orders[0]) == list(range(ROWS))


def test_schedules_run_over_steps():
    schedule = optimizers.schedules.PiecewiseConstantDecay([3, 8], [0.1, 0.0, 0.2])
    model, twin = net(optimizer=optimizers.SGD(schedule)), net(optimizer=optimizers.SGD(0.1))
    model.fit(X, LABELS, batch_size=10, verbose=0, shuffle=False)  # steps 0-4, of which 0-3 move
    twin.fit(X[:40], LABELS[:40], batch_size=10, verbose=0, shuffle=False)
    assert same_weights(model, twin)
    model.fit(X, LABELS, batch_size=10, verbose=0, shuffle=False)  # steps 5-9, of which 9 moves
    assert not same_weights(model, twin)
    assert model.optimizer.learning_rate == 0.2


def test_the_learning_rate_can_change_between_fits():
    model = net(optimizer=optimizers.SGD(0.1))
    model.fit(X, LABELS, verbose=0)
    before = model.get_weights()
    model.optimizer.learning_rate = 0.0
    model.fit(X, LABELS, verbose=0)
    assert all(np.array_equal(p, q) for p, q in zip(before, model.get_weights(), strict=True))


def test_the_engine_is_kept_while_nothing_changes():
    model = net()
    model.fit(X, LABELS, verbose=0)
    plan = model._plan
    model.fit(X, LABELS, verbose=0)
    model.evaluate(X, LABELS, verbose=0)
    assert model._plan is plan
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    assert np.allclose(model.predict(X), 1 / 3)
    model.fit(X, LABELS, verbose=0)
    assert model._plan is plan
    with use_backend("numpy"):
        model.fit(X, LABELS, verbose=0)
        assert model._plan.backend.name == "numpy"


def test_training_goes_on_across_backends():
    model, twin = net(), net()
    twin.fit(X, LABELS, epochs=2, verbose=0)
    for name in ("numpy", dlcore.backends.get_backend().name):
        with use_backend(name):
            model.fit(X, LABELS, verbose=0)
    for p, q in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-3, atol=1e-5)


# --- Validation, weights, freezing, clipping ---


@pytest.mark.usefixtures("backend")
def test_validation():
    model, twin = net(), net()
    split = model.fit(X, LABELS, epochs=2, validation_split=0.2, verbose=0)
    given = twin.fit(X[:40], LABELS[:40], epochs=2, validation_data=(X[40:], LABELS[40:]), verbose=0)
    assert same_weights(model, twin)
    assert split.history == given.history
    assert list(split.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert split.history["val_loss"][-1] == pytest.approx(model.evaluate(X[40:], LABELS[40:], verbose=0)[0])
    weighted = net().fit(X, LABELS, validation_data=(X, LABELS, np.zeros(ROWS)), verbose=0)
    assert weighted.history["val_loss"] == [0.0]
    assert weighted.history["val_accuracy"][0] > 0


@pytest.mark.usefixtures("backend")
def test_rows_of_weight_zero_do_not_count():
    model, twin = net(optimizer=optimizers.SGD(0.1)), net(optimizer=optimizers.SGD(0.1))
    weight = np.r_[np.full(25, 2.0), np.zeros(25)]
    model.fit(X, LABELS, batch_size=ROWS, verbose=0, sample_weight=weight, shuffle=False)
    twin.fit(X[:25], LABELS[:25], batch_size=ROWS, verbose=0, shuffle=False)
    for p, q in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-5, atol=1e-7)


def test_frozen_layers_stay():
    model = net()
    model.layers[0].trainable = False
    model.compile("adam", "sparse_categorical_crossentropy")
    before = model.get_weights()
    model.fit(X, LABELS, verbose=0)
    after = model.get_weights()
    assert [np.array_equal(p, q) for p, q in zip(before, after, strict=True)] == [True, True, False, False]
    assert len(model.optimizer.variables) == 2 + 2 * 2


def test_clipping_bounds_the_step():
    model = net(optimizer=optimizers.SGD(1.0, global_clipnorm=1e-3))
    before = model.get_weights()
    model.fit(X, LABELS, batch_size=ROWS, verbose=0)
    moved = sum(np.sum((p - q) ** 2) for p, q in zip(before, model.get_weights(), strict=True))
    assert np.sqrt(moved) == pytest.approx(1e-3, rel=1e-3)


# --- Models that are not built, compiled or plain ---


def test_the_first_data_builds_the_model():
    model = Sequential([layers.Dense(3)])
    model.compile("sgd", "mse")
    model.fit(X, ONE_HOT, verbose=0)
    assert model.weights[0].shape == (4, 3)
    late = Sequential([layers.Dense(3)])
    assert late.predict(X).shape == (ROWS, 3)
    assert late.predict(X[:0]).shape == (0, 3)


def test_activation_layers_and_crossentropy_by_shape():
    model = Sequential([layers.Dense(3, input_shape=(4,)), layers.Activation("softmax")])
    model.compile("sgd", "crossentropy", metrics=["acc"])
    assert "acc" in model.fit(X, LABELS, verbose=0).history
    model.compile("sgd", "crossentropy", metrics=["acc"])
    assert "acc" in model.fit(X, ONE_HOT, verbose=0).history
    np.testing.assert_allclose(model.predict(X).sum(axis=1), 1, rtol=1e-6)


def test_one_output_takes_flat_targets():
    model = Sequential([layers.Dense(1, "sigmoid", input_shape=(4,))])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(X, X[:, 0] > 0, epochs=3, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]


# --- Ctrl-C ---


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_stops_a_fit_and_leaves_a_usable_model(backend):
    model = net()
    x, y = np.tile(X, (40, 1)), np.tile(LABELS, 40)
    model.fit(x, y, batch_size=1, verbose=0)  # whatever is compiled at first use is compiled now
    before = int(model.optimizer.iterations)
    pressed = []

    def press():
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.3, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=1, epochs=10**6, verbose=0)
    assert time.perf_counter() - pressed[0] < 0.25
    timer.join()
    steps = int(model.optimizer.iterations) - before
    assert steps > 0
    assert all(np.isfinite(w).all() for w in model.get_weights())
    model.fit(X, LABELS, verbose=0)
    assert model.predict(X).shape == (ROWS, 3)


def test_steps_of_an_epoch_cut_short_are_counted(monkeypatch):
    model = net()
    model.fit(X, LABELS, verbose=0)

    class Cut:
        taken = 40

        def train(self, *arguments):
            self.taken += 7
            raise KeyboardInterrupt

    monkeypatch.setattr(model, "_plan", model._plan._replace(engine=Cut()))
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, LABELS, batch_size=1, verbose=0)
    assert model.optimizer.iterations == 2 + 7
    assert model.epochs_trained == 1
