"""Optimizer steps in place."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dlcore import backends, ops
from dlcore.backends import contract, use_backend
from ops.arrays import F32


def test_steps_are_kerass(backend, dtype):
    """Two steps from 1.0 on var²/2, against the numbers its users know."""

    def two(step, *state):
        p, seen = np.ones((1, 1), dtype), []
        arrays = [np.full((1, 1), value, dtype) for value in state]
        for t in (1, 2):
            step(p, p.copy(), *arrays, t)
            seen.append(float(p[0, 0]))
        return seen

    assert two(lambda p, g, t: ops.sgd_step(p, g, 0.1)) == pytest.approx([0.9, 0.81], rel=1e-6)
    assert two(lambda p, g, v, t: ops.momentum_step(p, g, v, 0.1), 0) == pytest.approx([0.9, 0.72], rel=1e-6)
    assert two(lambda p, g, v, t: ops.momentum_step(p, g, v, 0.1, nesterov=True), 0) == pytest.approx(
        [0.81, 0.5751], rel=1e-6
    )
    assert two(lambda p, g, a, t: ops.adagrad_step(p, g, a, 0.1), 0.1)[0] == pytest.approx(0.9046537, rel=1e-6)
    assert two(lambda p, g, v, t: ops.rmsprop_step(p, g, v, learning_rate=0.1), 0) == pytest.approx(
        [0.6837724, 0.4988708], rel=1e-6
    )
    assert two(lambda p, g, m, v, t: ops.adam_step(p, g, m, v, t, learning_rate=0.1), 0, 0) == pytest.approx(
        [0.900001, 0.80041444], rel=3e-6
    )
    assert two(lambda p, g, m, u, t: ops.adamax_step(p, g, m, u, t, learning_rate=0.1), 0, 0)[0] == pytest.approx(0.9)
    assert two(lambda p, g, m, v, t: ops.nadam_step(p, g, m, v, t, learning_rate=0.5), 0, 0)[0] == pytest.approx(
        0.4686, abs=1e-4
    )
    assert two(lambda p, g, a, d, t: ops.adadelta_step(p, g, a, d, 0.5), 0, 0)[0] == pytest.approx(0.9993, abs=1e-4)
    assert two(lambda p, g, a, z, t: ops.ftrl_step(p, g, a, z, 0.5), 0.1, 0)[0] == pytest.approx(0.2218, abs=1e-4)
    assert two(lambda p, g, m, t: ops.lion_step(p, g, m, 0.5), 0) == [0.5, 0]


def test_every_kind_of_update_can_be_called(rng):
    """The functions' options lead to each of the contract's updates."""
    kinds = []

    class Listening:
        def update(self, kind, p, g, slots, hyper):
            kinds.append(kind)

    p, g, a, b, c = (rng.standard_normal(4) for _ in range(5))
    with use_backend("numpy"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(backends._choice, "active", Listening())
        ops.sgd_step(p, g)
        ops.momentum_step(p, g, a)
        ops.momentum_step(p, g, a, nesterov=True)
        ops.adagrad_step(p, g, a)
        ops.rmsprop_step(p, g, a)
        ops.rmsprop_step(p, g, a, momentum_state=b, momentum=0.9)
        ops.rmsprop_step(p, g, a, average_gradient=b)
        ops.rmsprop_step(p, g, a, average_gradient=b, momentum_state=c)
        ops.adam_step(p, g, a, b, 1)
        ops.adam_step(p, g, a, b, 1, velocity_hat=c)
        ops.adamax_step(p, g, a, b, 1)
        ops.nadam_step(p, g, a, b, 1)
        ops.adadelta_step(p, g, a, b)
        ops.ftrl_step(p, g, a, b)
        ops.lion_step(p, g, a)
    assert kinds == list(contract.UPDATES)


def test_weight_decay_comes_first(backend, dtype):
    """AdamW shrinks the parameter by learning_rate · weight_decay, then steps as Adam."""
    plain, decayed = np.full(3, 2, dtype), np.full(3, 2, dtype)
    g = np.zeros(3, dtype)
    ops.adam_step(plain, g, np.zeros(3, dtype), np.zeros(3, dtype), 1)
    ops.adamw_step(decayed, g, np.zeros(3, dtype), np.zeros(3, dtype), 1, learning_rate=0.5)
    assert np.array_equal(plain, np.full(3, 2, dtype))
    assert np.allclose(decayed, 2 - 2 * 0.5 * 0.004, rtol=1e-6)


@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3), (2, 3, 4)])
def test_steps_take_any_shape(backend, dtype, shape):
    p = np.ones(shape, dtype)
    ops.sgd_step(p, np.ones(shape), 0.5)
    assert np.array_equal(p, np.full(shape, 0.5))


def test_gradients_are_converted_and_left_alone(backend, dtype, rng, disguise):
    p, g = np.ones((3, 4), dtype), rng.standard_normal((3, 4)).astype(dtype)
    brought = disguise(g)
    ops.sgd_step(p, brought, 0.5)
    assert np.allclose(p, 1 - 0.5 * g, rtol=1e-6)
    assert np.array_equal(brought, g)


def test_numbers_of_steps_are_checked():
    p, g, m, v = (np.ones(3, F32) for _ in range(4))
    for message, call in {
        r"learning_rate must lie in \[0, inf\); got -0.1": lambda: ops.sgd_step(p, g, -0.1),
        "learning_rate .* got nan": lambda: ops.sgd_step(p, g, math.nan),
        "learning_rate .* got inf": lambda: ops.sgd_step(p, g, math.inf),
        r"weight_decay must lie in \[0, inf\)": lambda: ops.sgd_step(p, g, weight_decay=-1),
        r"momentum must lie in \[0, 1\]; got 1.1": lambda: ops.momentum_step(p, g, m, momentum=1.1),
        r"rho must lie in \[0, 1\); got 1": lambda: ops.rmsprop_step(p, g, v, rho=1),
        "momentum_state must be given where momentum is not 0": lambda: ops.rmsprop_step(p, g, v, momentum=0.9),
        r"beta_1 must lie in \[0, 1\); got 1.0": lambda: ops.adam_step(p, g, m, v, 1, beta_1=1.0),
        "beta_2": lambda: ops.adam_step(p, g, m, v, 1, beta_2=-0.1),
        "epsilon": lambda: ops.adagrad_step(p, g, v, epsilon=-1e-7),
        r"learning_rate must lie in \(0, inf\)": lambda: ops.ftrl_step(p, g, m, v, 0),
        "l1_regularization_strength": lambda: ops.ftrl_step(p, g, m, v, l1_regularization_strength=-1),
        r"beta_1 must lie in \(0, 1\]": lambda: ops.lion_step(p, g, m, beta_1=0),
        "rho": lambda: ops.adadelta_step(p, g, m, v, rho=1.0),
        "step must lie between 1 and": lambda: ops.adam_step(p, g, m, v, 0),
        r"g must have shape \(3,\) \(that of p\); got \(2,\)": lambda: ops.sgd_step(p, g[:2]),
    }.items():
        with pytest.raises(ValueError, match=message):
            call()
    for message, call in {
        "learning_rate must be a number; got '0.1a'": lambda: ops.sgd_step(p, g, "0.1a"),
        "step must be an integer; got 1.5": lambda: ops.adam_step(p, g, m, v, 1.5),
    }.items():
        with pytest.raises(TypeError, match=message):
            call()
    assert all(np.array_equal(a, np.ones(3)) for a in (p, g, m, v))
