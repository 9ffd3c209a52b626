"""Optimizers of one's own, in Keras's form."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from dlcore import Sequential, layers, optimizers
from dlcore.optimizers import SGD, Adam, Optimizer, schedules
from dlcore.variable import Variable


class Momentum(Optimizer):
    def __init__(self, learning_rate=0.1, momentum=0.9, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.momentum = momentum

    def build(self, variables):
        super().build(variables)
        self.speeds = self.add_optimizer_variables(variables, "speed")

    def update_step(self, gradient, variable, learning_rate):
        speed = self.speeds[self._get_variable_index(variable)]
        self.assign(speed, self.momentum * speed - learning_rate * gradient)
        self.assign_add(variable, speed)

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum}


def test_a_custom_optimizer():
    mine, known = Variable([1.0, 2.0], name="w"), Variable([1.0, 2.0])
    custom, builtin = Momentum(weight_decay=0.1, clipnorm=0.5), SGD(0.1, 0.9, weight_decay=0.1, clipnorm=0.5)
    for t in range(4):
        custom.apply([[1.0 + t, -1.0]], [mine])
        builtin.apply([[1.0 + t, -1.0]], [known])
        np.testing.assert_allclose(mine, known, rtol=1e-6)
    assert (custom.kind, custom.fusable) == (None, False)
    assert [v.name for v in custom.variables] == ["iteration", "learning_rate", "w_speed"]
    again = optimizers.deserialize(optimizers.serialize(custom), custom_objects={"Momentum": Momentum})
    assert again.get_config() == custom.get_config()
    assert pickle.loads(pickle.dumps(custom)).speeds[0].tolist() == custom.speeds[0].tolist()
    for call in (lambda: custom.hyper(0.1, 1), lambda: custom.slots(mine)):
        with pytest.raises(NotImplementedError, match="Momentum has no update kernel"):
            call()


def test_a_custom_schedule_in_a_config():
    class Constant(schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.25

        def get_config(self):
            return {}

    config = optimizers.serialize(Adam(Constant()))
    assert optimizers.deserialize(config, {"Constant": Constant}).learning_rate == 0.25
    with pytest.raises(ValueError, match="Unknown learning-rate schedule 'Constant'"):
        optimizers.deserialize(config)


def test_what_a_custom_optimizer_forgets():
    v = Variable(1.0)
    with pytest.raises(NotImplementedError, match="must define update_step"):
        Optimizer(0.1).apply([1.0], [v])

    class Careless(Optimizer):
        def __init__(self):
            self.speed = self.add_variable(())

    with pytest.raises(RuntimeError, match=r"Careless.__init__ must call super\(\).__init__\(\)"):
        Careless()

    class Unbuilt(SGD):
        def build(self, variables):
            self.first = variables[0]

    with pytest.raises(RuntimeError, match=r"Unbuilt.build must call super\(\).build\(variables\)"):
        Unbuilt().apply([1.0], [v])
    assert v == 1


def test_fit_takes_a_custom_optimizer():
    x = np.random.default_rng(0).standard_normal((40, 3)).astype(np.float32)
    weights = []
    for optimizer in (Momentum(0.05), SGD(0.05, 0.9)):
        model = Sequential([layers.Input((3,)), layers.Dense(2, kernel_initializer="ones")])
        model.compile(optimizer, "mse")
        model.fit(x, x[:, :2], epochs=2, batch_size=8, shuffle=False, verbose=0)
        weights.append(model.get_weights())
        assert model.optimizer.iterations == 10
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
