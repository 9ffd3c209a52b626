"""A step of an optimizer taken apart: the bits of apply, the optimizer untouched, formulas whose numbers agree."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import dlcore
from dlcore import optimizers
from dlcore.backends.contract import UPDATES
from dlcore.optimizers.serialization import registry

P = np.array([[0.5, -1.0, 3.0], [2.0, 0.1, -0.2]], np.float32)
G = np.array([[0.1, -0.2, 0.0], [0.3, 1e-3, -2.0]], np.float32)


REGISTERED = [registry.find(name) for name in registry.names()]
NAMES = sorted(set(optimizers.__all__) & {found.__name__ for found in REGISTERED} - {"OptimizerMap"})


def made(name):
    if name == "LossScaleOptimizer":
        return optimizers.LossScaleOptimizer(optimizers.Adam(0.1))
    if name == "MultiOptimizer":
        return optimizers.MultiOptimizer(optimizers.OptimizerMap(optimizers.RMSprop(0.1)))
    return getattr(optimizers, name)(0.1)


#: One optimizer for every update kernel, and more besides.
KINDS = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adagrad": lambda: optimizers.Adagrad(0.1),
    "rmsprop": lambda: optimizers.RMSprop(0.1),
    "rmsprop_momentum": lambda: optimizers.RMSprop(0.1, momentum=0.5),
    "rmsprop_centered": lambda: optimizers.RMSprop(0.1, centered=True),
    "rmsprop_centered_momentum": lambda: optimizers.RMSprop(0.1, momentum=0.5, centered=True),
    "adam": lambda: optimizers.Adam(0.1),
    "adam_amsgrad": lambda: optimizers.Adam(0.1, amsgrad=True),
    "adamax": lambda: optimizers.Adamax(0.1),
    "nadam": lambda: optimizers.Nadam(0.1),
    "adadelta": lambda: optimizers.Adadelta(0.1),
    "ftrl": lambda: optimizers.Ftrl(
        0.1, l1_regularization_strength=0.01, l2_shrinkage_regularization_strength=0.01, beta=0.1
    ),
    "lion": lambda: optimizers.Lion(0.1),
    "adamw": lambda: optimizers.AdamW(0.1, weight_decay=0.1),
    "clipped": lambda: optimizers.SGD(0.1, clipnorm=0.5),
    "averaged": lambda: optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5),
    "scheduled": lambda: optimizers.Adam(optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)),
}


def test_there_is_one_for_every_kernel():
    assert set(UPDATES) <= set(KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_the_bits_are_those_of_apply(name):
    optimizer, variable = made(name), dlcore.Variable(P, name="w")
    for _ in range(3):
        step = optimizer.explain_step(variable, G)
        before = [v.array.tobytes() for v in (variable, *optimizer.variables)]
        assert optimizer.explain_step(variable, G).after.tobytes() == step.after.tobytes()
        assert [v.array.tobytes() for v in (variable, *optimizer.variables)] == before
        optimizer.apply([G], [variable])
        assert step.after.tobytes() == variable.array.tobytes()
        assert step["change"].tobytes() == (step.after - step.before).tobytes()
        assert str(step)


@pytest.mark.parametrize("name", KINDS)
def test_the_state_is_that_of_apply_and_leads_on(name):
    optimizer, variable = KINDS[name](), dlcore.Variable(P, name="w")
    array, state = P, None
    for number in range(1, 4):
        step = KINDS[name]().explain_step(array, G, state=state)
        optimizer.apply([G], [variable])
        assert step.step == number
        assert step.after.tobytes() == variable.array.tobytes()
        kept = {v.name.removeprefix("w_"): v.array for v in optimizer.variables if v.name != "learning_rate"}
        assert step.state_after.keys() == kept.keys()
        for key, value in step.state_after.items():
            assert value.tobytes() == kept[key].tobytes(), key
        array, state = step.after, step.state_after


def number(text):
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("name", KINDS)
def test_the_numbers_put_in_give_the_value(name):
    """Every formula is worked out again from its own text; moments have been warmed by a step before."""
    first = KINDS[name]().explain_step(P.astype(np.float64), G.astype(np.float64))
    step = KINDS[name]().explain_step(first.after, 0.5 * G.astype(np.float64), state=first.state_after)
    checked = 0
    for formula in step.formulas((1, 0)):
        if formula.numbers and not formula.numbers.startswith("(before"):
            source = formula.numbers.replace("−", "-").replace("·", "*").replace("²", "**2").replace("|", "")
            source = re.sub(r"√([\d.e-]+)", r"√(\1)", source).replace("√", "sqrt")
            found = eval(source, {"max": max, "sqrt": math.sqrt})
            assert found == pytest.approx(number(formula.value), rel=1e-5, abs=2e-7), str(formula)
            checked += 1
    assert checked
    assert step.formulas((1, 0))[-1].value


def test_adam_s_first_step_says_what_the_course_says():
    step = optimizers.Adam(0.1).explain_step(1.0, 1.0)
    assert step["momentum_corrected"] == pytest.approx(1)
    assert step["velocity_corrected"] == pytest.approx(1, rel=1e-4)
    assert step.after == np.float32(0.900001)
    assert "m⁺ = β₁·m + (1 − β₁)·g = 0.9 · 0 + 0.1 · 1 = 0.1" in str(step)


def test_the_rate_of_a_schedule_is_the_one_at_this_step():
    optimizer, variable = KINDS["scheduled"](), dlcore.Variable(1.0)
    for step in range(3):
        assert optimizer.explain_step(variable, 1.0).learning_rate == pytest.approx(0.1 * 0.5**step)
        optimizer.apply([np.float32(1)], [variable])


def test_clipping_and_decay_are_shown():
    step = KINDS["clipped"]().explain_step(P, G)
    assert np.linalg.norm(step.applied) == pytest.approx(0.5)
    assert "ĝ" in str(step)
    assert "λ·lr·w" in str(KINDS["adamw"]().explain_step(P, G))


def test_a_gathered_gradient_takes_no_step():
    optimizer = optimizers.SGD(0.1, gradient_accumulation_steps=2)
    first = optimizer.explain_step(P, G)
    assert first.applied is None
    assert "gathered" in str(first)
    np.testing.assert_array_equal(first.after, P)
    second = optimizer.explain_step(P, G, state=first.state_after)
    np.testing.assert_allclose(second.after, P - 0.1 * G, rtol=1e-6)


def test_large_parameters_are_summarised():
    text = str(optimizers.Adam().explain_step(np.ones((300, 200)), np.ones((300, 200))))
    assert len(text) < 3000
    assert "300 × 200: mean 1" in text


def test_refusals():
    optimizer = optimizers.Adam()
    with pytest.raises(ValueError, match=r"grad must have the shape \(2, 3\)"):
        optimizer.explain_step(P, G[0])
    with pytest.raises(ValueError, match="remembers iteration, momentum, velocity"):
        optimizer.explain_step(P, G, state={"speed": P})
    with pytest.raises(TypeError, match="grad must hold real numbers"):
        optimizer.explain_step(P, None)
    optimizer.apply([G], [dlcore.Variable(P)])
    with pytest.raises(ValueError, match="built for other variables"):
        optimizer.explain_step(dlcore.Variable(P), G)
    assert optimizer.explain_step(P, G).step == 1
    with pytest.raises(KeyError, match="velocity"):
        optimizer.explain_step(P, G)["speed"]
