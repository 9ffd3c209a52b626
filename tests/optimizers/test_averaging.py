"""Moving averages of the weights, and gradients gathered over several calls."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.optimizers import SGD, Adadelta, Adafactor, Adam, AdamW, Ftrl, Lamb, Lion, Nadam, ScheduleFreeAdamW
from dlcore.variable import Variable


def test_the_average_follows_and_overwrites():
    v, ones = Variable([[3.0, 4.0], [5.0, 6.0]]), np.ones((2, 2))
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3)
    optimizer.apply([ones], [v])
    (average,) = optimizer._model_variables_moving_average
    np.testing.assert_allclose(average, [[2, 3], [4, 5]])
    optimizer.apply([ones])
    np.testing.assert_allclose(v, [[1, 2], [3, 4]])
    np.testing.assert_allclose(average, [[1.9, 2.9], [3.9, 4.9]], rtol=1e-6)
    optimizer.apply([ones])
    np.testing.assert_allclose(v, [[1.71, 2.71], [3.71, 4.71]], rtol=1e-6)
    np.testing.assert_array_equal(v, average)


def test_the_average_at_the_end():
    v, w = Variable([1.0]), Variable([2.0])
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.5)
    with pytest.raises(ValueError, match="var_list"):
        optimizer.finalize_variable_values([v])
    optimizer.build([v, w])
    for _ in range(3):
        optimizer.apply([[1.0], [1.0]])
    with pytest.raises(ValueError, match="must hold the 2 variables"):
        optimizer.finalize_variable_values([v])
    with pytest.raises(ValueError, match="unknown variable 'other'"):
        optimizer.finalize_variable_values([v, Variable([1.0], name="other")])
    assert (v.tolist(), w.tolist()) == ([-2], [-1])
    optimizer.finalize_variable_values([w, v])
    assert (v.tolist(), w.tolist()) == ([-1.25], [-0.25])
    SGD().finalize_variable_values([v])
    assert v.tolist() == [-1.25]


def test_state_of_the_averages():
    v = Variable([1.0], name="v")
    optimizer = Adam(use_ema=True, gradient_accumulation_steps=2)
    optimizer.build([v])
    names = ["iteration", "learning_rate", "v_average", "v_gradient_accumulator", "v_momentum", "v_velocity"]
    assert [found.name for found in optimizer.variables] == names


def test_accumulation():
    v, ones = Variable([[1.0, 2.0], [3.0, 4.0]]), np.ones((2, 2))
    optimizer = SGD(1.0, gradient_accumulation_steps=3)
    seen = []
    for call in range(1, 5):
        assert optimizer.apply_gradients([(call * ones, v)]) == call
        seen.append((float(v[0, 0]), int(optimizer.iterations), optimizer._accumulated_gradients[0].tolist()[0][0]))
    assert seen == [(1, 0, 1), (1, 0, 3), (-1, 1, 0), (-1, 1, 4)]


@pytest.mark.parametrize("cls", [SGD, AdamW, Adadelta, Nadam, Lion, Ftrl, Lamb, Adafactor, ScheduleFreeAdamW])
def test_accumulated_steps_are_steps_along_the_mean(cls):
    rng = np.random.default_rng(0)
    at_once, in_parts = (Variable(np.array([[0.9], [0.5]])) for _ in range(2))
    one, three = cls(weight_decay=0.05), cls(weight_decay=0.05, gradient_accumulation_steps=3)
    for _ in range(8):
        gradients = rng.random((3, 2, 1))
        one.apply([gradients.mean(axis=0)], [at_once])
        for gradient in gradients:
            three.apply([gradient], [in_parts])
    np.testing.assert_allclose(at_once, in_parts, rtol=1e-6)


def test_clipping_comes_after_accumulation():
    v, optimizer = Variable([0.0]), SGD(1.0, clipvalue=1.0, gradient_accumulation_steps=2)
    optimizer.apply([[3.0]], [v])
    optimizer.apply([[-2.0]], [v])
    assert v.tolist() == [-0.5]


@pytest.mark.parametrize(("name", "value"), [("use_ema", True), ("gradient_accumulation_steps", 2)])
def test_averages_cannot_be_switched_on_later(name, value):
    v, optimizer = Variable([0.0]), SGD(1.0)
    setattr(optimizer, name, value)
    optimizer.build([v])
    setattr(optimizer, name, None)
    with pytest.raises(ValueError, match=f"{name} cannot be switched off"):
        optimizer.apply([[1.0]])
    optimizer = SGD(1.0)
    optimizer.build([v])
    setattr(optimizer, name, value)
    with pytest.raises(ValueError, match=f"{name} cannot be switched on"):
        optimizer.apply([[1.0]])
    assert v.tolist() == [0]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"ema_momentum": 1.5}, "ema_momentum"),
        ({"ema_overwrite_frequency": 0}, "ema_overwrite_frequency"),
        ({"gradient_accumulation_steps": 1}, "gradient_accumulation_steps"),
        ({"loss_scale_factor": 0.0}, "loss_scale_factor"),
    ],
)
def test_bad_arguments(arguments, match):
    with pytest.raises(ValueError, match=match):
        SGD(**arguments)
    with pytest.raises(TypeError, match="ema_overwrite_frequency must be an integer"):
        SGD(ema_overwrite_frequency=1.5)
