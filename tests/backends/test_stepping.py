"""What a kernel computes with is a function of the hyper-parameters and the step's number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dlcore.backends import stepping, use_backend
from dlcore.backends.contract import UPDATES
from dlcore.backends.network import Hyper


def plain_numpy():
    with use_backend("numpy") as backend:
        return backend


HYPER = Hyper(0.1, 0.5, 0.9, 0.999, 0.8, 1e-7, 0.01, 3, 0.2, 0.3, 0.4, 0.6)
F32, F64 = np.dtype(np.float32), np.dtype(np.float64)


def test_powers():
    assert stepping.power(0.9, 0) == 1
    assert stepping.power(2.0, 62) == 2.0**62
    assert stepping.power(0.999, 12345) == pytest.approx(0.999**12345, rel=1e-12)
    assert stepping.power_of(0.999, 1, F32) == np.float32(0.999)


def test_adam_s_rate_is_rounded_as_keras_rounds_it():
    expected = np.float32(0.1) * np.sqrt(1 - np.float32(0.999)) / (1 - np.float32(0.9))
    assert stepping.adam_step_size(HYPER._replace(step=1), F32) == expected
    assert stepping.adam_step_size(HYPER._replace(step=1), F64) == pytest.approx(0.1 * math.sqrt(0.001) / 0.1)


@pytest.mark.parametrize("kind", UPDATES)
def test_what_stays_and_what_changes(kind):
    made = stepping.prepared(kind, HYPER, F64)
    changed = {name for name in Hyper._fields if getattr(made, name) != getattr(HYPER, name)}
    assert changed - {"weight_decay"} == {
        "adam": {"learning_rate"},
        "adam_amsgrad": {"learning_rate"},
        "adamax": {"learning_rate", "rho"},
        "nadam": {"learning_rate", "momentum", "epsilon"},
        "ftrl": {"learning_rate", "l2", "shrinkage"},
        "lion": {"momentum", "rho"},
    }.get(kind, set())
    assert made.weight_decay == pytest.approx(0.001)


@pytest.mark.parametrize("step", [1, 2, 10, 1023, 1024, 1025, 3000])
def test_nadam_s_momentum(step):
    factors = [0.9 * (1 - 0.5 * 0.96**i) for i in range(1, step + 2)]
    product, spread = math.prod(factors[:step]), math.sqrt(1 - 0.999**step)
    made = stepping.prepared("nadam", HYPER._replace(step=step), F64)
    assert made.learning_rate == pytest.approx(0.1 * factors[step] / (1 - product * factors[step]) * spread, rel=1e-12)
    assert made.momentum == pytest.approx(0.1 * (1 - factors[step - 1]) / (1 - product) * spread, rel=1e-11)
    assert made.epsilon == pytest.approx(1e-7 * spread)


def test_ftrl_s_numbers():
    made = stepping.prepared("ftrl", HYPER, F64)
    assert (made.learning_rate, made.l2, made.shrinkage) == (10, pytest.approx(0.6 + 6), 0.8)
    assert math.isinf(stepping.prepared("ftrl", HYPER._replace(learning_rate=0.0), F32).learning_rate)


@pytest.mark.parametrize("step", [1, 1024, 2_000_000])
@pytest.mark.parametrize("kind", UPDATES)
def test_every_backend_makes_the_same_numbers(backend, dtype, rng, kind, step):
    """The core does it in C++."""
    results = []
    start, g, slots = rng.random(9), rng.random(9), rng.uniform(1, 2, (len(UPDATES[kind]), 9))
    for stepped in (backend, plain_numpy()):
        p, state = start.astype(dtype), [slot.astype(dtype) for slot in slots]
        stepped.update(kind, p, g.astype(dtype), state, HYPER._replace(step=step))
        results.append(p)
    np.testing.assert_allclose(*results, rtol=1e-5 if dtype is np.float32 else 1e-13)
