"""The course's table, row by row, with its numbers, on every backend."""

from __future__ import annotations

import numpy as np
import pytest

import dlcore
from dlcore.compat import tf

pytestmark = pytest.mark.usefixtures("backend")


def printed(value: object, digits: str) -> bool:
    """Whether a number, rounded to the digits the course prints, is what it prints."""
    return f"{float(value):.{len(digits.partition('.')[2])}f}" == digits


# --- Losses ---


@pytest.mark.parametrize(
    ("loss", "y_true", "y_pred", "number"),
    [
        ("CategoricalCrossentropy", [[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]], 1.1769392),
        ("BinaryCrossentropy", [[0.0], [1.0]], [[0.4], [0.6]], 0.5108254),
        ("MeanAbsoluteError", [[0.0], [0.0]], [[1.0], [1.0]], 1.0),
        ("MeanSquaredError", [[0.0], [1.0]], [[1.0], [1.0]], 0.5),
        ("Huber", [[0.0], [1.0]], [[0.6], [0.4]], 0.18),
        ("SmoothL1", [[0.0], [1.0]], [[0.6], [0.4]], 0.18),
    ],
)
def test_losses(loss, y_true, y_pred, number):
    value = getattr(tf.keras.losses, loss)()(y_true, y_pred)
    assert value.dtype == "float32"
    assert float(value) == pytest.approx(number, abs=1e-6)
    assert float(value.numpy()) == pytest.approx(number, abs=1e-6)


def test_the_multi_class_loss_prints_as_in_the_course():
    loss = tf.keras.losses.CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]])
    assert float(loss) == pytest.approx(1.1769392, abs=1.2e-7)  # one unit of float32's last place


# --- Optimizers: minimize var² / 2 from 1.0 ---


def positions(optimizer: dlcore.optimizers.Optimizer, steps: int) -> list[np.float32]:
    var = tf.Variable(1.0)
    found = [var.numpy()]
    for step in range(steps):
        assert optimizer.minimize(lambda: (var**2) / 2.0, [var]).numpy() == step + 1
        found.append(var.numpy())
    return found


def test_gradient_descent():
    assert positions(tf.keras.optimizers.SGD(learning_rate=0.1), 1)[1] == np.float32(0.9)


@pytest.mark.parametrize(("nesterov", "lengths"), [(False, ("0.1", "0.18")), (True, ("0.19", "0.2349"))])
def test_momentum(nesterov, lengths):
    optimizer = tf.keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=nesterov)
    first, second, third = positions(optimizer, 2)
    assert printed(first - second, lengths[0])
    assert printed(second - third, lengths[1])


def test_adagrad():
    optimizer = tf.keras.optimizers.Adagrad(learning_rate=0.1, initial_accumulator_value=0.1, epsilon=1e-07)
    assert printed(positions(optimizer, 1)[1], "0.9046537")


def test_rmsprop():
    _, first, second = positions(tf.keras.optimizers.RMSprop(learning_rate=0.1), 2)
    assert printed(first, "0.6837724")
    assert printed(second, "0.4988708")


def test_adam_has_the_reference_s_bits():
    _, first, second = positions(tf.keras.optimizers.Adam(learning_rate=0.1), 2)
    assert first == np.float32(0.900001)
    assert second == np.float32(0.80041444)


# --- Batch, stochastic and mini-batch descent ---


@pytest.mark.parametrize(("batch_size", "iterations"), [(500, 1), (None, 16), (1, 500), (64, 8)])
def test_the_three_descents(batch_size, iterations):
    x = np.linspace(-1, 1, 500, dtype=np.float32).reshape(-1, 1)
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
    model.compile(optimizer="sgd", loss="mse")
    model.fit(x, 3 * x, batch_size=batch_size, epochs=2, verbose=0)
    assert int(model.optimizer.iterations) == 2 * iterations


def test_iterations_of_a_large_data_set():
    x, y = np.ones((50000, 1), np.float32), np.zeros((50000, 1), np.float32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
    model.compile(optimizer="sgd", loss="mse")
    seen = []

    class Counter(tf.keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((int(self.model.optimizer.iterations), self.params["steps"]))

    model.fit(x, y, batch_size=256, epochs=10, verbose=0, shuffle=False, callbacks=[Counter()])
    assert seen == [(196 * epoch, 196) for epoch in range(1, 11)]
    assert seen[-1] == (1960, 196)


# --- Exponentially weighted average ---


def test_a_year_of_temperatures():
    days = np.arange(365)
    noise = np.random.default_rng(1).standard_normal(365)
    temperatures = 10 - 12 * np.cos(2 * np.pi * days / 365) + 3 * noise
    smooth = dlcore.ops.exponentially_weighted_average(temperatures, beta=0.9)
    s, expected = 0.0, []
    for y in temperatures:
        s = 0.9 * s + 0.1 * y
        expected.append(s)
    np.testing.assert_allclose(smooth, expected, rtol=1e-12)
    assert smooth[0] == pytest.approx(0.1 * temperatures[0])
    assert smooth[1] == pytest.approx(0.09 * temperatures[0] + 0.1 * temperatures[1])
    assert smooth[2] == pytest.approx(0.081 * temperatures[0] + 0.09 * temperatures[1] + 0.1 * temperatures[2])
    assert np.abs(np.diff(smooth)).mean() < np.abs(np.diff(temperatures)).mean() / 5


# --- Schedules ---


def test_piecewise_constant_decay():
    schedule = tf.keras.optimizers.schedules.PiecewiseConstantDecay(
        boundaries=[100000, 110000], values=[0.5, 0.1, 0.05]
    )
    assert [float(schedule(step)) for step in (0, 100000, 100001, 110000, 110001, 10**6)] == [
        0.5,
        0.5,
        0.1,
        0.1,
        0.05,
        0.05,
    ]


def test_exponential_decay():
    schedule = tf.keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=0.1, decay_rate=1e-7)
    assert float(schedule(0.1)) == pytest.approx(1e-8, rel=1e-14)


def test_inverse_time_decay():
    schedule = tf.keras.optimizers.schedules.InverseTimeDecay(0.1, decay_steps=0.1, decay_rate=1e-7)
    assert float(schedule(0.1)) == pytest.approx(0.1 / (1 + 1e-7), rel=1e-15)


# --- Gradients ---


def test_the_chain_rule():
    """f = σ(w·x + b) as a graph of elementary operations, and with the sigmoid as one of them."""
    w, b, x = tf.Variable(0.0), tf.Variable(0.0), tf.constant(1.0)
    with tf.GradientTape(persistent=True) as tape:
        product = w * x
        total = product + b
        opposite = -total
        power = tf.exp(opposite)
        denominator = 1 + power
        f = 1 / denominator
        direct = tf.sigmoid(w * x + b)
    assert float(f) == 0.5
    assert float(tape.gradient(f, w)) == 0.25
    assert float(tape.gradient(f, b)) == 0.25
    assert float(tape.gradient(direct, w)) == pytest.approx(0.25, abs=1e-7)
    steps = [tape.gradient(f, value) for value in (denominator, power, opposite, total, product)]
    assert [float(step) for step in steps] == [-0.25, -0.25, -0.25, 0.25, 0.25]


W1, W2 = [[0.15, 0.25], [0.20, 0.30]], [[0.40, 0.50], [0.45, 0.55]]
W1_AFTER = [[0.149780716, 0.24975114], [0.19956143, 0.29950229]]
W2_AFTER = [[0.35891648, 0.511301270], [0.408666186, 0.561370121]]


@pytest.mark.parametrize("frozen_biases", [True, False])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 5.1e-9), ("float32", 1e-7)])
def test_backpropagation_2_2_2(dtype, tolerance, frozen_biases):
    """All gradients use the weights before the step, so whether the biases stay changes no weight of the first step."""
    layers = tf.keras.layers
    hidden = layers.Dense(2, activation="sigmoid", dtype=dtype, input_shape=(2,))
    output = layers.Dense(2, activation="sigmoid", dtype=dtype)
    model = tf.keras.Sequential([hidden, output])
    model.set_weights([W1, [0.35, 0.35], W2, [0.60, 0.60]])
    for layer in (hidden, output):
        layer.bias.trainable = not frozen_biases
    model.compile(optimizer=tf.keras.optimizers.SGD(0.5), loss="mse")
    x, t = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
    np.testing.assert_allclose(model.predict(x), [[0.75136507, 0.772928465]], rtol=0, atol=tolerance)
    # The mean over two outputs of (t - o)² is the sum of ½(t - o)².
    history = model.fit(x, t, epochs=1, verbose=0)
    assert history.history["loss"][0] == pytest.approx(0.298371109, abs=tolerance)
    w1, b1, w2, b2 = model.get_weights()
    np.testing.assert_allclose(w2, W2_AFTER, rtol=0, atol=tolerance)
    np.testing.assert_allclose(w1, W1_AFTER, rtol=0, atol=tolerance)
    assert (np.array_equal(b1, np.full(2, 0.35, dtype)) and np.array_equal(b2, np.full(2, 0.6, dtype))) == frozen_biases
