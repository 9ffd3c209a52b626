from __future__ import annotations

import numpy as np
import pytest

from dlcore.optimizers import schedules

STEPS = [0, 1, 7, 10, 999, 1000, 1001, 25000]

CASES = [
    (schedules.ExponentialDecay(0.1, 1000, 0.96), lambda t: 0.1 * 0.96 ** (t / 1000)),
    (schedules.ExponentialDecay(0.1, 1000, 0.96, staircase=True), lambda t: 0.1 * 0.96 ** (t // 1000)),
    (schedules.InverseTimeDecay(0.1, 1000, 0.5), lambda t: 0.1 / (1 + 0.5 * t / 1000)),
    (schedules.InverseTimeDecay(0.1, 1000, 0.5, staircase=True), lambda t: 0.1 / (1 + 0.5 * (t // 1000))),
    (
        schedules.PiecewiseConstantDecay([7, 1000], [1.0, 0.5, 0.1]),
        lambda t: 1.0 if t <= 7 else 0.5 if t <= 1000 else 0.1,
    ),
]


@pytest.mark.parametrize(("schedule", "formula"), CASES)
def test_formulas(schedule, formula):
    for step in STEPS:
        assert float(schedule(step)) == pytest.approx(formula(step), rel=1e-13)
        assert schedule.rates(step, 3) == pytest.approx([formula(t) for t in range(step, step + 3)], rel=1e-13)
    np.testing.assert_array_equal(schedule(np.array(STEPS)), [float(schedule(t)) for t in STEPS])
    assert schedule.rates(0, 2000).dtype == np.float64
    assert schedule.rates(5, 0).shape == (0,)


@pytest.mark.parametrize(("schedule", "formula"), CASES)
def test_configs(schedule, formula):
    again = schedules.deserialize(schedules.serialize(schedule))
    assert again.get_config() == schedule.get_config()
    assert float(again(1001)) == float(schedule(1001))


def test_custom_schedules():
    class Halving(schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.1 / 2 ** (step // 10)

    assert Halving().rates(8, 4).tolist() == [0.1, 0.1, 0.05, 0.05]
    with pytest.raises(NotImplementedError, match="get_config"):
        schedules.serialize(Halving())
    with pytest.raises(NotImplementedError, match="__call__"):
        schedules.LearningRateSchedule()(0)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: schedules.ExponentialDecay(-0.1, 10, 0.5), "initial_learning_rate"),
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps"),
        (lambda: schedules.InverseTimeDecay(0.1, 10, -0.5), "decay_rate"),
        (lambda: schedules.InverseTimeDecay(0.1, float("nan"), 0.5), "decay_steps"),
        (lambda: schedules.PiecewiseConstantDecay([10], [0.1]), "one more than boundaries"),
        (lambda: schedules.PiecewiseConstantDecay([10, 10], [0.1, 0.2, 0.3]), "increase"),
        (lambda: schedules.PiecewiseConstantDecay([10], [0.1, -0.1]), "values"),
        (lambda: schedules.PiecewiseConstantDecay([10, float("nan")], [0.1, 0.2, 0.3]), "boundaries"),
    ],
)
def test_bad_arguments(make, match):
    with pytest.raises(ValueError, match=match):
        make()


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: schedules.ExponentialDecay("0.1", 10, 0.5), "initial_learning_rate"),
        (lambda: schedules.PiecewiseConstantDecay(10, [0.1, 0.2]), "boundaries must be a list"),
        (lambda: schedules.PiecewiseConstantDecay(["a"], [0.1, 0.2]), "boundaries must be a number"),
        (lambda: schedules.PiecewiseConstantDecay([10], None), "values must be a list"),
        (lambda: schedules.ExponentialDecay(0.1, 10, 0.5)("a"), "step must hold real numbers"),
    ],
)
def test_what_is_no_number(make, match):
    with pytest.raises(TypeError, match=match):
        make()


def test_steps_before_the_first():
    schedule = schedules.ExponentialDecay(0.1, 10, 0.5)
    assert float(schedule(-10)) == pytest.approx(0.2)
    assert np.isnan(float(schedule(np.nan)))
