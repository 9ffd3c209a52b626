from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest

from dlcore.optimizers import schedules
from dlcore.variable import Variable

STEPS = [0, 1, 7, 10, 999, 1000, 1001, 25000]


def cosine(t, length, alpha=0.0):
    return (1 - alpha) * (1 + math.cos(math.pi * min(t, length) / length)) / 2 + alpha


def warmed(t):
    return 0.01 + 0.09 * t / 10 if t < 10 else 0.1 * cosine(t - 10, 1000, 0.2)


def restarted(t, first, t_mul, m_mul, alpha):
    length, height = first, 1.0
    while t >= length:
        t, length, height = t - length, length * t_mul, height * m_mul
    return 0.1 * ((1 - alpha) * height * (1 + math.cos(math.pi * t / length)) / 2 + alpha)


def one_cycle(t, highest, length, share, factors=(25.0, 1e4), linear=False, three=False):
    first, last = highest / factors[0], highest / factors[0] / factors[1]
    top = share * length - 1
    marks = [(0, first), (top, highest), *([(2 * top, first)] if three else []), (length - 1, last)]
    for (begin, a), (end, b) in pairwise(marks):
        if t <= end:
            f = (t - begin) / (end - begin)
            return a + (b - a) * f if linear else b + (a - b) * (1 + math.cos(math.pi * f)) / 2
    return last


CASES = [
    (schedules.ExponentialDecay(0.1, 1000, 0.96), lambda t: 0.1 * 0.96 ** (t / 1000)),
    (schedules.ExponentialDecay(0.1, 1000, 0.96, staircase=True), lambda t: 0.1 * 0.96 ** (t // 1000)),
    (schedules.InverseTimeDecay(0.1, 1000, 0.5), lambda t: 0.1 / (1 + 0.5 * t / 1000)),
    (schedules.InverseTimeDecay(0.1, 1000, 0.5, staircase=True), lambda t: 0.1 / (1 + 0.5 * (t // 1000))),
    (
        schedules.PiecewiseConstantDecay([7, 1000], [1.0, 0.5, 0.1]),
        lambda t: 1.0 if t <= 7 else 0.5 if t <= 1000 else 0.1,
    ),
    (schedules.PolynomialDecay(0.1, 1000), lambda t: 0.0999 * (1 - min(t, 1000) / 1000) + 0.0001),
    (schedules.PolynomialDecay(0.1, 1000, 0.02, 2.5), lambda t: 0.08 * (1 - min(t, 1000) / 1000) ** 2.5 + 0.02),
    (schedules.PolynomialDecay(0.1, 1000, 0.2, 0.5), lambda t: 0.2 - 0.1 * (1 - min(t, 1000) / 1000) ** 0.5),
    (
        schedules.PolynomialDecay(0.1, 7, 0.01, 2, cycle=True),
        lambda t: 0.09 * (1 - t / (7 * max(math.ceil(t / 7), 1))) ** 2 + 0.01,
    ),
    (schedules.CosineDecay(0.1, 1000), lambda t: 0.1 * cosine(t, 1000)),
    (schedules.CosineDecay(0.1, 1000, 0.3), lambda t: 0.1 * cosine(t, 1000, 0.3)),
    (schedules.CosineDecay(0.01, 1000, 0.2, warmup_target=0.1, warmup_steps=10), warmed),
    (schedules.CosineDecay(0.01, 1000, warmup_target=0.1), lambda t: 0.1 * cosine(t, 1000)),
    (schedules.CosineDecayRestarts(0.1, 7), lambda t: restarted(t, 7, 2, 1, 0)),
    (schedules.CosineDecayRestarts(0.1, 10, 1.0, 0.9, 0.1), lambda t: restarted(t, 10, 1, 0.9, 0.1)),
    (schedules.CosineDecayRestarts(0.1, 333, 1.5, 0.5), lambda t: restarted(t, 333, 1.5, 0.5, 0)),
    (schedules.OneCycle(0.1, 1001), lambda t: one_cycle(t, 0.1, 1001, 0.3)),
    (schedules.OneCycle(0.1, 1001, 0.25, "linear"), lambda t: one_cycle(t, 0.1, 1001, 0.25, linear=True)),
    (
        schedules.OneCycle(0.1, 1001, 0.4, "cos", 10.0, 100.0, True),
        lambda t: one_cycle(t, 0.1, 1001, 0.4, (10.0, 100.0), three=True),
    ),
    (schedules.OneCycle(0.1, 10, 0.1), lambda t: one_cycle(t, 0.1, 10, 0.1) if t else 0.004),
]


@pytest.mark.parametrize(("schedule", "formula"), CASES)
def test_formulas(schedule, formula):
    for step in STEPS:
        assert float(schedule(step)) == pytest.approx(formula(step), rel=1e-12, abs=1e-15)
        assert schedule.rates(step, 3) == pytest.approx(
            [formula(t) for t in range(step, step + 3)], rel=1e-12, abs=1e-15
        )
    np.testing.assert_array_equal(schedule(np.array(STEPS)), [float(schedule(t)) for t in STEPS])
    assert schedule.rates(0, 2000).dtype == np.float64
    assert schedule.rates(5, 0).shape == (0,)


@pytest.mark.parametrize(("schedule", "formula"), CASES)
def test_configs(schedule, formula):
    again = schedules.deserialize(json.loads(json.dumps(schedules.serialize(schedule))))
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
        (lambda: schedules.PolynomialDecay(0.1, 0), "decay_steps"),
        (lambda: schedules.PolynomialDecay(0.1, 10, power=-1), "power"),
        (lambda: schedules.CosineDecay(0.1, -1), "decay_steps"),
        (lambda: schedules.CosineDecay(0.1, 10, warmup_target=-1), "warmup_target"),
        (lambda: schedules.CosineDecayRestarts(0.1, 0), "first_decay_steps"),
        (lambda: schedules.CosineDecayRestarts(0.1, 10, t_mul=0.5), "t_mul"),
        (lambda: schedules.OneCycle(0.1, 1), "total_steps"),
        (lambda: schedules.OneCycle(0.1, 10, pct_start=0.0), "pct_start"),
        (lambda: schedules.OneCycle(0.1, 10, pct_start=0.6, three_phase=True), "pct_start"),
        (lambda: schedules.OneCycle(0.1, 10, anneal_strategy="sine"), "anneal_strategy must be 'cos' or 'linear'"),
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


@pytest.mark.parametrize(("schedule", "formula"), CASES)
def test_a_whole_epoch_has_the_bits_of_its_steps(schedule, formula):
    """Where a run is cut changes nothing."""
    whole = schedule.rates(0, 3000)
    assert whole.tolist() == [float(schedule(step)) for step in range(3000)]
    assert np.concatenate([schedule.rates(0, 777), schedule.rates(777, 2223)]).tolist() == whole.tolist()
    assert np.all(np.isfinite(whole) & (whole >= 0))


@pytest.mark.parametrize("t_mul", [1.0, 1.1, 2.0, 3.0])
def test_restarts_begin_where_a_period_ends(t_mul):
    schedule, begin, length = schedules.CosineDecayRestarts(1.0, 3, t_mul), 0.0, 3.0
    for _ in range(12):
        assert float(schedule(begin * (1 + 1e-12))) == pytest.approx(1)
        assert float(schedule(begin + 0.999 * length)) < 1e-4
        begin, length = begin + length, length * t_mul


def test_results_are_tensors():
    found = schedules.CosineDecay(0.1, 10)(np.arange(4).reshape(2, 2))
    assert (found.shape, found.dtype) == ((2, 2), "float64")
    assert float(schedules.CosineDecay(0.1, 10)(Variable(5.0))) == pytest.approx(0.05)
