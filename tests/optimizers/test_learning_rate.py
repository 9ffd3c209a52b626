"""Rates that are numbers, schedules and callables."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dlcore.optimizers import SGD, Adam, schedules
from dlcore.variable import Variable


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
        ("fast", ValueError),
        (None, ValueError),
    ],
)
def test_bad_learning_rates_change_nothing(rate, error):
    with pytest.raises(error, match="learning_rate"):
        SGD(rate)
    optimizer = SGD(0.1)
    with pytest.raises(error, match="learning_rate"):
        optimizer.learning_rate = rate
    assert optimizer.learning_rate == 0.1


def test_setting_a_schedule_gives_the_variable_up():
    optimizer = Adam(0.001)
    assert [v.name for v in optimizer.variables] == ["iteration", "learning_rate"]
    optimizer.learning_rate = schedules.PolynomialDecay(optimizer.learning_rate, 4)
    assert [v.name for v in optimizer.variables] == ["iteration"]
    assert optimizer.learning_rate == 0.001


def test_a_number_may_follow_a_callable():
    optimizer = SGD(lambda: 0.5)
    optimizer.learning_rate = 0.25
    assert optimizer.learning_rate == 0.25
    assert len(optimizer.variables) == 2


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
