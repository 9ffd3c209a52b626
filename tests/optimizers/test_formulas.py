"""Every optimizer against its formula in float64, and against the numbers that Keras's users know."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from dlcore import optimizers
from dlcore.optimizers import (
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Ftrl,
    Lamb,
    Lion,
    Nadam,
    RMSprop,
    ScheduleFreeAdamW,
)
from dlcore.variable import Variable
from optimizers import formulas

GRADIENTS = [
    np.array([[1.0, -2.0, 0.5], [0.1, 3.0, -0.2]]),
    np.array([[0.3, 0.0, -4.0], [1.0, -1.0, 0.5]]),
    np.array([[-1.0, 1e-3, 2.0], [0.2, 0.3, 5.0]]),
]

CASES: list[tuple[type, Any, dict[str, Any]]] = [
    (SGD, formulas.sgd, {}),
    (SGD, formulas.sgd, {"momentum": 0.9}),
    (SGD, formulas.sgd, {"momentum": 0.9, "nesterov": True}),
    (SGD, formulas.sgd, {"nesterov": True}),
    (Adagrad, formulas.adagrad, {}),
    (Adagrad, formulas.adagrad, {"initial_accumulator_value": 0.0, "epsilon": 1e-3}),
    (RMSprop, formulas.rmsprop, {}),
    (RMSprop, formulas.rmsprop, {"momentum": 0.5, "rho": 0.8}),
    (RMSprop, formulas.rmsprop, {"centered": True}),
    (RMSprop, formulas.rmsprop, {"centered": True, "momentum": 0.5}),
    (Adam, formulas.adam, {}),
    (Adam, formulas.adam, {"amsgrad": True, "beta_2": 0.5}),
    (Adam, formulas.adam, {"beta_1": 0.5, "epsilon": 1e-3}),
    (Adamax, formulas.adamax, {}),
    (Adamax, formulas.adamax, {"beta_1": 0.5, "beta_2": 0.7, "epsilon": 1e-3}),
    (Nadam, formulas.nadam, {}),
    (Nadam, formulas.nadam, {"beta_1": 0.5, "beta_2": 0.7, "epsilon": 1e-3}),
    (Adadelta, formulas.adadelta, {}),
    (Adadelta, formulas.adadelta, {"rho": 0.5, "epsilon": 1e-3}),
    (Ftrl, formulas.ftrl, {}),
    (Ftrl, formulas.ftrl, {"l1_regularization_strength": 0.4, "beta": 0.2, "initial_accumulator_value": 0.5}),
    (Ftrl, formulas.ftrl, {"l2_regularization_strength": 0.3, "l2_shrinkage_regularization_strength": 0.1}),
    (Ftrl, formulas.ftrl, {"learning_rate_power": -0.2, "l1_regularization_strength": 0.4, "beta": 0.2}),
    (Ftrl, formulas.ftrl, {"learning_rate_power": 0.0, "l2_shrinkage_regularization_strength": 0.1}),
    (Lion, formulas.lion, {}),
    (Lion, formulas.lion, {"beta_1": 1.0, "beta_2": 0.5}),
    (Lamb, formulas.lamb, {}),
    (Lamb, formulas.lamb, {"beta_1": 0.5, "beta_2": 0.7, "epsilon": 1e-3}),
    (Adafactor, formulas.adafactor, {}),
    (Adafactor, formulas.adafactor, {"beta_2_decay": -0.5, "clip_threshold": 0.5, "epsilon_1": 1e-3, "epsilon_2": 3.0}),
    (ScheduleFreeAdamW, formulas.schedule_free_adamw, {}),
    (ScheduleFreeAdamW, formulas.schedule_free_adamw, {"beta_1": 0.6, "beta_2": 0.7, "warmup_steps": 2}),
]


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("weight_decay", [None, 0.02])
@pytest.mark.parametrize("shape", [(2, 3), (6,), (1, 2, 3)])
@pytest.mark.parametrize(("cls", "formula", "arguments"), CASES)
def test_formulas(cls, formula, arguments, shape, weight_decay):
    start = np.array([[1.0, 2.0, -3.0], [0.5, -0.1, 0.0]]).reshape(shape)
    optimizer = cls(0.1, weight_decay=weight_decay, **arguments)
    variable, expected, state = Variable(start), start.copy(), {"start": start}
    for t, g in enumerate(GRADIENTS, 1):
        optimizer.apply([g.reshape(shape)], [variable])
        decayed = expected * (1 - 0.1 * (weight_decay or 0))
        expected = formula(decayed, g.reshape(shape), state, t, 0.1, **arguments)
        np.testing.assert_allclose(variable, expected, rtol=1e-11, atol=1e-13)
    assert optimizer.iterations == 3


@pytest.mark.parametrize(("cls", "formula", "arguments"), CASES)
def test_float32_stays_float32_and_is_near(cls, formula, arguments):
    start = np.array([1.0, 2.0, -3.0, 0.5, -0.1, 0.0])
    optimizer, variable, expected, state = cls(0.1, **arguments), Variable(start.astype(np.float32)), start, {}
    memory = variable.array
    for t, g in enumerate(GRADIENTS, 1):
        optimizer.apply([g.astype(np.float32).ravel()], [variable])
        expected = formula(expected, g.ravel(), state, t, 0.1, **arguments)
    np.testing.assert_allclose(variable, expected, rtol=2e-5, atol=2e-5)
    assert variable.array is memory
    assert {v.dtype.name for v in optimizer.variables[2:]} <= {"float32"}


def test_schedule_free_adamw_averages_where_it_descended():
    optimizer, w, places = ScheduleFreeAdamW(0.1, beta_1=0.7), Variable(np.array([2.0, -1.0])), []
    for t in range(1, 8):
        optimizer.apply([np.array([np.sin(t), 1.0])], [w])
        places.append(optimizer.variables[2].numpy())
        np.testing.assert_allclose(w, 0.3 * places[-1] + 0.7 * np.mean(places, axis=0), rtol=1e-12)


@pytest.mark.parametrize("epsilon", [1e-7, 1e-3])
def test_nadam_far_from_its_start(epsilon):
    """Its momentum is a function of the step, and must go on where the schedule has long settled."""
    optimizer, state, w = Nadam(0.1, epsilon=epsilon), {}, np.array([1.0])
    variable = Variable(w)
    for t in range(1, 1401):
        w = formulas.nadam(w, g := np.array([np.sin(t) + 0.1]), state, t, 0.1, epsilon=epsilon)
        optimizer.apply([g], [variable])
    np.testing.assert_allclose(variable, w, rtol=1e-9)


#: What Keras gives for one step from 1, 2, 3, 4 along 1, 6, 7, 2 with a rate of 0.5.
ONE_STEP = [
    (Adamax(0.5), [0.5, 1.5, 2.5, 3.5]),
    (Nadam(0.5), [0.4686, 1.4686, 2.4686, 3.4686]),
    (Adadelta(0.5), [0.9993, 1.9993, 2.9993, 3.9993]),
    (Ftrl(0.5), [0.2218, 1.3954, 2.3651, 2.8814]),
    (Lion(0.5), [0.5, 1.5, 2.5, 3.5]),
    (Lamb(0.5), [-0.3693, 0.6306, 1.6306, 2.6306]),
    (Adafactor(0.5), [-0.3693, 0.6307, 1.6307, 2.6307]),
]

#: What Keras gives for steps from 1, the first along 0.01, the others along 0.1, 0.2, …, 1.0: the first and the last.
FIVE_STEPS = [
    (Adamax(0.2, 0.85, 0.95, 1e-6), [0.8, 0.6827, 0.5333, 0.368, 0.1933], [0.8, 0.691, 0.5466, 0.3848, 0.2126]),
    (
        Nadam(0.5, 0.5, 0.67, 1e-5),
        [0.4281, -0.1738, -0.7115, -1.2335, -1.7492],
        [0.4281, -0.1717, -0.7084, -1.2299, -1.7454],
    ),
    (Adadelta(1.0, 0.8, 1e-6), [0.9978, 0.9947, 0.9915, 0.9882, 0.9849], [0.9978, 0.9947, 0.9915, 0.9882, 0.9849]),
    (
        Ftrl(0.05, -0.2, 0.4, 0.05, 0.15, 0.01, 0.3),
        [0.0, -0.0034, -0.0078, -0.0121, -0.0164],
        [0.0, -0.0354, -0.0685, -0.0999, -0.1299],
    ),
    (Lion(), [0.999, 0.998, 0.997, 0.996, 0.995], [0.999, 0.998, 0.997, 0.996, 0.995]),
    (Lamb(), [0.999, 0.9982, 0.9974, 0.9965, 0.9955], [0.999, 0.9982, 0.9974, 0.9965, 0.9955]),
    (
        Adafactor(0.5, -0.65, 1e-15, 1e-4, 0.9, False),
        [0.55, 0.3031, 0.1671, 0.0923, 0.0554],
        [0.55, 0.3024, 0.1663, 0.0914, 0.0545],
    ),
]


@pytest.mark.parametrize(("optimizer", "expected"), ONE_STEP, ids=lambda value: getattr(value, "name", ""))
def test_one_step_of_keras(optimizer, expected):
    v = Variable([1.0, 2.0, 3.0, 4.0])
    optimizer.apply_gradients([([1.0, 6.0, 7.0, 2.0], v)])
    np.testing.assert_allclose(v, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("optimizer", "first", "last"), FIVE_STEPS, ids=lambda value: getattr(value, "name", ""))
def test_five_steps_of_keras(optimizer, first, last):
    v = Variable(np.ones(10, np.float32))
    for step in range(5):
        optimizer.apply([np.full(10, 0.01) if step == 0 else np.arange(1, 11) / 10], [v])
        np.testing.assert_allclose(v[0], first[step], rtol=5e-4, atol=5e-4)
        np.testing.assert_allclose(v[-1], last[step], rtol=5e-4, atol=5e-4)


#: The arguments that every optimizer of Keras ends with; AdamW and Muon have weight_decay earlier.
COMMON = [
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
    "name",
]


ELSE = ("KernelOptimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap")


@pytest.mark.parametrize("name", [n for n in optimizers.__all__ if n[0].isupper() and n not in ELSE])
def test_arguments_in_keras_s_order(name):
    parameters = inspect.signature(getattr(optimizers, name)).parameters
    given = [n for n in parameters if n in COMMON]
    assert given == COMMON
    assert next(iter(parameters)) == "learning_rate"
    defaults = [parameters[n].default for n in COMMON[1:]]
    assert defaults == [None, None, None, False, 0.99, None, None, None, None]
    if name in ("AdamW", "Muon"):
        assert parameters["weight_decay"].default == 0.004
    elif name != "Optimizer":
        assert list(parameters)[-10:] == COMMON


@pytest.mark.usefixtures("backend")
def test_adamw_decays_by_default():
    plain, decayed = Variable(np.array([4.0])), Variable(np.array([4.0]))
    Adam(0.1).apply([np.ones(1)], [plain])
    AdamW(0.1).apply([np.ones(1)], [decayed])
    np.testing.assert_allclose(plain - decayed, [4.0 * 0.1 * 0.004])
    with pytest.raises(ValueError, match="weight_decay"):
        AdamW(weight_decay=None)


def test_lamb_of_zeros():
    """Where a norm is 0, the step is Adam's."""
    v = Variable(np.zeros(2))
    Lamb(0.1).apply([np.ones(2)], [v])
    np.testing.assert_allclose(v, [-0.1, -0.1], rtol=1e-6)


def test_adafactor_keeps_rows_and_columns_only():
    optimizer, w, b = Adafactor(), Variable(np.ones((3, 5))), Variable(np.ones(5))
    optimizer.build([w, b])
    assert [v.shape for v in optimizer.variables[2:]] == [(3,), (5,), (5,)]


def test_ftrl_has_a_kernel_for_one_power():
    assert Ftrl().kind == "ftrl"
    assert Ftrl(learning_rate_power=-0.2).kind is None
