"""Every optimizer against its formula in float64, and what all of them share."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from dlcore import optimizers
from dlcore.autodiff import GradientTape
from dlcore.backends.contract import UPDATES
from dlcore.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, schedules
from dlcore.variable import Variable

ALL = [SGD, Adagrad, RMSprop, Adam, AdamW]
GRADIENTS = [np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.0, -4.0]), np.array([-1.0, 1e-3, 2.0])]


def sgd(g, state, t, lr, momentum=0.0, nesterov=False):
    m = state["m"] = momentum * state.get("m", 0) - lr * g
    return momentum * m - lr * g if nesterov else m


def adagrad(g, state, t, lr, initial_accumulator_value=0.1, epsilon=1e-7):
    a = state["a"] = state.get("a", initial_accumulator_value) + g * g
    return -lr * g / np.sqrt(a + epsilon)


def rmsprop(g, state, t, lr, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    v = state["v"] = rho * state.get("v", 0) + (1 - rho) * g * g
    a = state["a"] = rho * state.get("a", 0) + (1 - rho) * g
    m = state["m"] = momentum * state.get("m", 0) + lr * g / np.sqrt(v - a * a * centered + epsilon)
    return -m


def adam(g, state, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    m = state["m"] = beta_1 * state.get("m", 0) + (1 - beta_1) * g
    v = state["v"] = beta_2 * state.get("v", 0) + (1 - beta_2) * g * g
    top = state["top"] = np.maximum(state.get("top", 0), v)
    alpha = lr * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return -alpha * m / (np.sqrt(top if amsgrad else v) + epsilon)


CASES: list[tuple[type, Any, dict[str, Any]]] = [
    (SGD, sgd, {}),
    (SGD, sgd, {"momentum": 0.9}),
    (SGD, sgd, {"momentum": 0.9, "nesterov": True}),
    (SGD, sgd, {"nesterov": True}),
    (Adagrad, adagrad, {}),
    (Adagrad, adagrad, {"initial_accumulator_value": 0.0, "epsilon": 1e-3}),
    (RMSprop, rmsprop, {}),
    (RMSprop, rmsprop, {"momentum": 0.5, "rho": 0.8}),
    (RMSprop, rmsprop, {"centered": True}),
    (RMSprop, rmsprop, {"centered": True, "momentum": 0.5}),
    (Adam, adam, {}),
    (Adam, adam, {"amsgrad": True, "beta_2": 0.5}),
    (Adam, adam, {"beta_1": 0.5, "epsilon": 1e-3}),
]


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("weight_decay", [None, 0.02])
@pytest.mark.parametrize(("cls", "formula", "arguments"), CASES)
def test_formulas(cls, formula, arguments, weight_decay):
    start = np.array([1.0, 2.0, -3.0])
    optimizer = cls(0.1, weight_decay=weight_decay, **arguments)
    variable, expected, state = Variable(start), start.copy(), {}
    for t, g in enumerate(GRADIENTS, 1):
        optimizer.apply([g], [variable])
        expected = expected * (1 - 0.1 * (weight_decay or 0)) + formula(g, state, t, 0.1, **arguments)
        np.testing.assert_allclose(variable, expected, rtol=1e-12)
    assert optimizer.iterations == 3


@pytest.mark.usefixtures("backend")
def test_adamw_decays_by_default():
    plain, decayed = Variable(np.array([4.0])), Variable(np.array([4.0]))
    Adam(0.1).apply([np.ones(1)], [plain])
    AdamW(0.1).apply([np.ones(1)], [decayed])
    np.testing.assert_allclose(plain - decayed, [4.0 * 0.1 * 0.004])
    with pytest.raises(ValueError, match="weight_decay"):
        AdamW(weight_decay=None)


def test_keras_s_defaults():
    assert [float(cls().learning_rate) for cls in ALL] == [0.01, 0.001, 0.001, 0.001, 0.001]
    assert [cls().name for cls in ALL] == ["SGD", "adagrad", "rmsprop", "adam", "adamw"]
    assert AdamW().weight_decay == 0.004
    assert SGD(0.1, 0.9, True).kind == "nesterov"


@pytest.mark.parametrize("cls", ALL)
def test_state(cls):
    optimizer = cls()
    w, b = Variable(np.ones((2, 3), np.float32), name="w"), Variable(np.float64(1), name="b")
    assert [v.name for v in optimizer.variables] == ["iteration", "learning_rate"]
    optimizer.build([w, b])
    slots = [slot for v in (w, b) for slot in optimizer.slots(v)]
    names = UPDATES[optimizer.kind]
    assert [v.name for v in optimizer.variables[2:]] == [f"{v}_{s}" for v in ("w", "b") for s in names]
    assert all(a is v.array for a, v in zip(slots, optimizer.variables[2:], strict=True))
    for slot in optimizer.slots(w):
        assert slot.shape == (2, 3)
        assert slot.dtype == np.float32
        assert np.all(slot == np.float32(0.1 if cls is Adagrad else 0))


@pytest.mark.parametrize("cls", ALL)
def test_configs(cls):
    optimizer = cls(learning_rate=0.05, clipnorm=1.0)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert type(again) is cls
    assert again.get_config() == optimizer.get_config()
    assert again.clipping == optimizer.clipping
    scheduled = cls(learning_rate=schedules.ExponentialDecay(0.1, 10, 0.5))
    again = cls.from_config(scheduled.get_config())
    assert again.learning_rate == 0.1
    assert again.get_config() == scheduled.get_config()


def test_names_in_any_case():
    assert isinstance(optimizers.get("adam"), Adam)
    assert isinstance(optimizers.get("RMSprop"), RMSprop)
    assert isinstance(optimizers.get("sgd"), SGD)
    given = SGD()
    assert optimizers.get(given) is given
    with pytest.raises(ValueError, match="Did you mean 'adam'"):
        optimizers.get("adan")
    with pytest.raises(TypeError, match="optimizer"):
        optimizers.get(print)


# --- Learning rate ---


def test_the_learning_rate_can_be_set():
    optimizer = SGD(0.1)
    v = Variable(0.0)
    optimizer.learning_rate = 0.5
    optimizer.apply([np.float32(1)], [v])
    assert v == -0.5
    optimizer.learning_rate.assign(0.25)
    optimizer.apply([np.float32(1)], [v])
    assert v == -0.75
    assert optimizer.get_config()["learning_rate"] == 0.25


def test_schedules_count_steps():
    optimizer = SGD(schedules.PiecewiseConstantDecay([0, 1], [1.0, 0.5, 0.25]))
    v = Variable(0.0)
    places = [0.0]
    for _ in range(4):
        optimizer.apply([np.float32(1)], [v])
        places.append(float(v))
    assert [a - b for a, b in pairwise(places)] == [1.0, 0.5, 0.25, 0.25]
    assert optimizer.learning_rate == 0.25
    with pytest.raises(TypeError, match="schedule"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = schedules.ExponentialDecay(0.1, 1, 0.0)
    assert optimizer.learning_rate == 0.0


def test_callables():
    rates = iter([0.5, 0.25, 0.125])
    optimizer = SGD(lambda: next(rates))
    v = Variable(0.0)
    optimizer.apply([np.float32(1)], [v])
    assert v == -0.5
    assert optimizer.rates(2).tolist() == [0.25, 0.125]


@pytest.mark.parametrize(
    ("rate", "error"),
    [
        (-0.1, ValueError),
        (float("nan"), ValueError),
        (float("inf"), ValueError),
        ("fast", TypeError),
        (None, TypeError),
    ],
)
def test_bad_learning_rates_change_nothing(rate, error):
    with pytest.raises(error, match="learning_rate"):
        SGD(rate)
    optimizer = SGD(0.1)
    with pytest.raises(error, match="learning_rate"):
        optimizer.learning_rate = rate
    assert optimizer.learning_rate == 0.1


# --- minimize, apply_gradients, apply ---


def test_minimize_with_a_tape():
    v = Variable(1.0)
    with GradientTape() as tape:
        loss = v * v
    assert SGD(0.1).minimize(loss, [v], tape=tape) == 1
    assert v == pytest.approx(0.8)
    with pytest.raises(ValueError, match="tape is needed"):
        SGD(0.1).minimize(loss, [v])


def test_minimize_watches_what_it_is_given():
    v = Variable(1.0, trainable=False)
    SGD(0.1).minimize(lambda: v * v, v)
    assert v == pytest.approx(0.8)


def test_apply_gradients_returns_the_step_count():
    v = Variable(1.0)
    optimizer = SGD(0.1)
    assert optimizer.apply_gradients([(np.float32(1), v)]) == 1
    assert optimizer.apply_gradients(zip([np.float32(1)], [v], strict=True)).numpy() == 2


def test_clipping_is_applied():
    v = Variable([1.0, 1.0])
    SGD(1.0, clipvalue=0.5).apply([[3.0, -0.25]], [v])
    assert v.tolist() == [0.5, 1.25]
    w = Variable(1.0)
    SGD(1.0, global_clipnorm=1.0).apply([[0.0, 3.0], 4.0], [v, w])
    np.testing.assert_allclose(v, [0.5, 0.65], rtol=1e-6)
    np.testing.assert_allclose(w, 0.2, rtol=1e-6)


def test_gradients_of_none():
    v, w = Variable(1.0, name="v"), Variable(1.0, name="w")
    optimizer = SGD(0.1)
    with pytest.warns(UserWarning, match=r"\['w'\]"):
        optimizer.apply([np.float32(1), None], [v, w])
    assert v == pytest.approx(0.9)
    assert w == 1
    with pytest.raises(ValueError, match="No gradients provided"):
        optimizer.apply([None, None], [v, w])
    with pytest.raises(ValueError, match="No gradients provided"):
        SGD().minimize(lambda: v * 2, [w])


def test_failed_calls_change_nothing():
    v, w, other = Variable(1.0), Variable([1.0, 2.0]), Variable(5.0, name="other")
    optimizer = Adam(0.1)
    for grads, variables, error, match in [
        ([1.0, [1.0]], [v, w], ValueError, r"shape \(2,\)"),
        ([1.0], [v, w], ValueError, "one a variable"),
        ([1.0], None, ValueError, "trainable_variables is needed"),
        ([None, ["1", "2"]], [v, w], TypeError, "gradient of .* must hold real numbers; got list"),
        ([1.0, np.ones(2, complex)], [v, w], TypeError, "got dtype complex128"),
        ([1.0, np.ma.array([1.0, 2.0], mask=[0, 1])], [v, w], ValueError, "masked"),
        ([1.0, [None, 1.0]], [v, w], TypeError, "real numbers"),
        ([1.0], [np.ones(())], TypeError, "trainable_variables must hold Variables"),
        ([1], [Variable(1, dtype="int64")], TypeError, "trainable_variables must hold Variables of float32 or float64"),
    ]:
        with pytest.raises(error, match=match):
            optimizer.apply(grads, variables)
    with pytest.raises(TypeError, match="must give a Tensor"):
        optimizer.minimize(lambda: 3.0, [v])
    with pytest.raises(TypeError, match="var_list must be a list"):
        optimizer.minimize(lambda: v * 2, None)
    assert not optimizer.built
    optimizer.build([v, w])
    with pytest.raises(ValueError, match="unknown variable 'other'"):
        optimizer.apply([1.0], [other])
    with pytest.raises(ValueError, match="one a variable"):
        optimizer.apply([1.0])
    assert (float(v), w.tolist(), float(other), int(optimizer.iterations)) == (1.0, [1.0, 2.0], 5.0, 0)
    optimizer.apply([1.0, [1.0, 1.0]])
    assert optimizer.iterations == 1


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: SGD(momentum=1.1), "momentum"),
        (lambda: SGD(momentum=-0.1), "momentum"),
        (lambda: Adam(beta_1=1.0), "beta_1"),
        (lambda: Adam(beta_2=-1), "beta_2"),
        (lambda: Adam(epsilon=-1e-7), "epsilon"),
        (lambda: RMSprop(rho=1.5), "rho"),
        (lambda: Adagrad(initial_accumulator_value=-1), "initial_accumulator_value"),
        (lambda: SGD(weight_decay=-0.1), "weight_decay"),
        (lambda: SGD(clipnorm=-1.0), "clipnorm"),
    ],
)
def test_bad_arguments(make, match):
    with pytest.raises(ValueError, match=match):
        make()


@pytest.mark.parametrize("momentum", ["0.9", True, None])
def test_arguments_that_are_no_numbers(momentum):
    with pytest.raises(TypeError, match="momentum must be a number"):
        SGD(momentum=momentum)


def test_momentum_may_be_one_as_in_keras():
    assert SGD(momentum=1.0).kind == "momentum"
    assert RMSprop(momentum=1.0).kind == "rmsprop_momentum"


@pytest.mark.parametrize("rate", [-0.1, np.nan, np.inf])
def test_a_bad_rate_is_refused_wherever_it_comes_from(rate):
    class Bad(schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.1 if step < 2 else rate

    assigned = SGD(0.1)
    assigned.learning_rate.assign(rate)
    for optimizer in (assigned, SGD(Bad()), SGD(lambda: rate)):
        optimizer.iterations.assign(2)
        v = Variable(1.0)
        with pytest.raises(ValueError, match=r"learning_rate must lie in \[0, inf\); got"):
            optimizer.apply([1.0], [v])
        assert (float(v), int(optimizer.iterations), optimizer.built) == (1.0, 2, False)
    with pytest.raises(ValueError, match=r"at step 2$"):
        SGD(Bad()).rates(5)


def test_a_callable_rate_sees_the_step_it_is_asked_for():
    optimizer = SGD(lambda: 1 / (1 + int(optimizer.iterations)))
    assert optimizer.rates(4).tolist() == [1, 1 / 2, 1 / 3, 1 / 4]
    assert optimizer.iterations == 0
    failing = SGD(lambda: 1 / (1 - int(failing.iterations)))
    with pytest.raises(ZeroDivisionError):
        failing.rates(2)
    assert failing.iterations == 0


def test_an_optimizer_cannot_change_its_kind():
    v, optimizer = Variable(1.0), SGD(0.1)
    optimizer.apply([1.0], [v])
    optimizer.momentum = 0.9
    with pytest.raises(ValueError, match="built as 'sgd' and cannot become 'momentum'"):
        optimizer.apply([1.0], [v])
    assert v == pytest.approx(0.9)
