"""Optimizers written in Python, and those that do more than a kernel: they train in fit as the mathematics says."""

from __future__ import annotations

import numpy as np

from dlcore import optimizers
from dlcore.models.forms import EngineForm

from .problem import ONE_HOT, ROWS, X, net


def fitted(model):
    model.fit(X, ONE_HOT, verbose=0, epochs=2)
    return model


def close(model, twin):
    for p, q in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-5, atol=1e-6)


class Plain(optimizers.Optimizer):
    def update_step(self, gradient, variable, learning_rate):
        self.assign_sub(variable, learning_rate * gradient)


def test_an_optimizer():
    model = fitted(net("linear", loss="mse", optimizer=Plain(learning_rate=0.1), metrics=[]))
    twin = fitted(net("linear", loss="mse", optimizer=optimizers.SGD(0.1), metrics=[]))
    close(model, twin)
    assert model.optimizer.iterations == twin.optimizer.iterations
    assert isinstance(model._form(X, ONE_HOT)[0], EngineForm)


class Momentum(optimizers.Optimizer):
    def build(self, variables):
        super().build(variables)
        self.speeds = self.add_optimizer_variables(variables, "speed")

    def update_step(self, gradient, variable, learning_rate):
        speed = self.speeds[self._get_variable_index(variable)]
        self.assign(speed, 0.9 * speed - learning_rate * gradient)
        self.assign_add(variable, speed)


def test_the_state_of_an_optimizer_outlives_what_is_compiled():
    optimizer = Momentum(learning_rate=0.1)
    model = fitted(net("linear", loss="mse", optimizer=optimizer, metrics=[]))
    variables, before = optimizer.variables, [v.array.copy() for v in optimizer.variables]
    model.compile(optimizer, "mse", metrics=["mae"])
    model.evaluate(X, ONE_HOT, verbose=0)
    assert len(optimizer.variables) == len(variables)
    for variable, known, value in zip(optimizer.variables, variables, before, strict=True):
        assert variable is known
        assert np.array_equal(variable, value)
    twin = net("linear", loss="mse", optimizer=optimizers.SGD(0.1, momentum=0.9), metrics=[])
    close(fitted(model), fitted(fitted(twin)))


def test_averaged_weights_are_the_weights_in_the_end():
    """With use_ema and no overwrite frequency the averages take over when the training is over, as in Keras.

    They start as the weights after the first step.
    """
    model = net("linear", loss="mse", optimizer=optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), metrics=[])
    twin = net("linear", loss="mse", optimizer=optimizers.SGD(0.1), metrics=[])
    average = None
    for _ in range(3):
        twin.fit(X, ONE_HOT, batch_size=ROWS, verbose=0, shuffle=False)
        now = [w.astype(np.float64) for w in twin.get_weights()]
        average = now if average is None else [0.5 * a + 0.5 * w for a, w in zip(average, now, strict=True)]
    model.fit(X, ONE_HOT, batch_size=ROWS, epochs=3, verbose=0, shuffle=False)
    for p, q in zip(model.get_weights(), average, strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-5, atol=1e-6)
