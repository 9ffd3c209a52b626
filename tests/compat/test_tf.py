"""Cells as courses write them for TensorFlow, unchanged but for where tf comes from."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.compat import tf

pytestmark = pytest.mark.usefixtures("backend")


def test_momentum_cell():
    opt = tf.keras.optimizers.SGD(learning_rate=0.1, momentum=0.9)
    var = tf.Variable(1.0)
    val0 = var.value()
    loss = lambda: (var**2) / 2.0  # noqa: E731
    step_count = opt.minimize(loss, [var]).numpy()
    val1 = var.value()
    assert step_count == 1
    assert (val0 - val1).numpy() == pytest.approx(0.1)
    step_count = opt.minimize(loss, [var]).numpy()
    val2 = var.value()
    assert step_count == 2
    assert (val1 - val2).numpy() == pytest.approx(0.18)
    assert val0.numpy() == 1.0


def test_loss_cells():
    y_true, y_pred = [[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    cce = tf.keras.losses.CategoricalCrossentropy()
    assert cce(y_true, y_pred).numpy() == pytest.approx(1.1769392, abs=2e-7)
    sum_reduced = tf.keras.losses.CategoricalCrossentropy(reduction="sum")
    assert sum_reduced(y_true, y_pred).numpy() == pytest.approx(2.3538785, abs=3e-7)
    weighted = cce(y_true, y_pred, sample_weight=tf.constant([0.3, 0.7]))
    assert weighted.numpy() == pytest.approx(0.8135988, abs=2e-7)
    h = tf.keras.losses.Huber()
    assert h(np.array([[0.0], [1.0]]), np.array([[0.6], [0.4]])).numpy() == pytest.approx(0.18)


def test_gradient_tape_cell():
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = tf.square(x)
    assert tape.gradient(y, x).numpy() == 6.0
    c = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(c)
        y = tf.reduce_sum(tf.matmul(c, c))
    assert np.array_equal(tape.gradient(y, c).numpy(), [[7, 11], [9, 13]])


def test_model_cell():
    tf.random.set_seed(0)
    model = tf.keras.models.Sequential(
        [
            tf.keras.layers.Input(shape=(2,)),
            tf.keras.layers.Dense(8, activation=tf.nn.relu),
            tf.keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate=0.05),
        loss=tf.keras.losses.BinaryCrossentropy(),
        metrics=["accuracy"],
    )
    x = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    history = model.fit(x, x[:, 0] > x[:, 1], epochs=20, batch_size=20, verbose=0)
    assert history.history["accuracy"][-1] > 0.9


def test_schedule_cell():
    schedule = tf.keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=100000, decay_rate=0.96, staircase=True)
    opt = tf.keras.optimizers.SGD(learning_rate=schedule)
    var = tf.Variable([1.0, 2.0])
    opt.apply_gradients([(tf.ones(2), var)])
    np.testing.assert_allclose(var.numpy(), [0.9, 1.9])
    np.testing.assert_allclose(var.read_value(), [0.9, 1.9])


def test_constants():
    source = np.ones(2)
    constant = tf.constant(source)
    source[0] = 5
    assert constant.dtype == tf.float64
    assert constant.numpy().tolist() == [1, 1]
    assert tf.constant([1.5]).dtype == tf.float32
    assert tf.constant([1, 2]).dtype == tf.int64
    assert tf.constant(1, dtype=tf.float32).dtype == tf.float32
    assert tf.constant(2.0, shape=(2, 2)).shape == (2, 2)
    assert tf.convert_to_tensor([1.0]) == [1.0]
    assert tf.zeros((2, 3)).shape == (2, 3)


def test_functions():
    x = tf.constant([0.25, 4.0])
    assert np.array_equal(tf.sqrt(x), [0.5, 2])
    assert np.array_equal(tf.math.sqrt(x), tf.sqrt(x))
    assert np.array_equal(tf.pow(x, 2), [0.0625, 16])
    assert np.array_equal(tf.abs(-x), x)
    np.testing.assert_allclose(tf.math.log(tf.exp(x)), x, rtol=1e-6)
    np.testing.assert_allclose(tf.sigmoid(x), 1 / (1 + np.exp(-x.numpy())), rtol=1e-6)
    np.testing.assert_allclose(tf.nn.softmax(x), np.exp(x) / np.sum(np.exp(x)), rtol=1e-6)
    assert float(tf.reduce_mean(x)) == 2.125
    assert tf.cast(x, tf.float64).dtype == tf.float64


def test_everything_it_says_it_has_is_there():
    for name in tf.__all__:
        assert getattr(tf, name) is not None


def test_arrays():
    x = tf.constant([[1.0, 5.0], [3.0, 2.0]])
    assert np.array_equal(tf.concat([x, x], 1), np.hstack([x, x]))
    assert np.array_equal(tf.argmax(x), [1, 0])
    assert np.array_equal(tf.argmax(x, axis=1), [1, 0])
    assert [part.shape for part in tf.split(tf.zeros((6, 2)), 3)] == [(2, 2)] * 3
    assert [part.shape for part in tf.split(tf.zeros((6, 2)), [1, 2, 3])] == [(1, 2), (2, 2), (3, 2)]
    assert np.array_equal(tf.one_hot([1, 0], 3), [[0, 1, 0], [1, 0, 0]])
    assert np.array_equal(tf.clip_by_value(x, 2.0, 3.0), [[2, 3], [3, 2]])
    assert np.array_equal(tf.range(3), [0, 1, 2])
    assert tf.range(3).dtype == tf.int32
    assert np.array_equal(tf.range(1.0, 2.0, 0.5), [1, 1.5])
    assert np.array_equal(tf.linspace(0.0, 1.0, 3), [0, 0.5, 1])
    assert np.array_equal(tf.eye(2), [[1, 0], [0, 1]])
    assert np.array_equal(tf.where(x > 2, x, tf.zeros_like(x)), [[0, 5], [3, 0]])
    assert tf.is_tensor(x)
    assert not tf.is_tensor(1.0)
    assert tf.cast(x > 2, tf.bool).dtype == tf.bool
    assert tf.executing_eagerly()


def test_a_function_may_be_decorated():
    @tf.function
    def plain(x):
        return x**2

    @tf.function(jit_compile=True)
    def told(x):
        return x**3

    with tf.GradientTape() as tape:
        x = tf.Variable(2.0)
        y = plain(x) + told(x)
    assert float(tape.gradient(y, x)) == 16


def test_random_numbers_repeat():
    tf.random.set_seed(3)
    first = tf.random.normal((2, 3), stddev=2.0), tf.random.uniform((4,), 1.0, 2.0)
    tf.random.set_seed(3)
    again = tf.random.normal((2, 3), stddev=2.0), tf.random.uniform((4,), 1.0, 2.0)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert np.all((np.asarray(first[1]) >= 1) & (np.asarray(first[1]) < 2))


def test_keras_names_are_there():
    for name in ("backend.epsilon", "losses.mse", "initializers.he_normal", "utils.pad_sequences", "ops.matmul"):
        room, _, member = name.partition(".")
        assert callable(getattr(getattr(tf.keras, room), member))
