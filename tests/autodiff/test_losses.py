"""The losses' derivatives: kernels against differences, formulas against kernels, to second order and both ways."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff.differences import check
from dlcore import autodiff
from dlcore.autodiff import GradientTape, Tensor
from dlcore.autodiff.loss_formulas import FORMULAS
from dlcore.backends.contract import LOSSES
from dlcore.variable import Variable

pytestmark = pytest.mark.usefixtures("backend")

SHARES = [[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]
OTHERS = [[0.55, 0.2, 0.25], [0.25, 0.35, 0.4]]
SCORES = [[0.3, -1.2, 2.0], [0.7, 1.1, -0.4]]
SIGNS = [[-1.0, 1.0, 1.0], [1.0, -1.0, 1.0]]
LABELS = np.array([2, 0])


def problem(kind):
    """Targets or labels, a prediction and a parameter that are no corner of the loss."""
    spec = LOSSES[kind]
    pred = SCORES if spec.logits or "hinge" in kind or kind in ("cosine_similarity", "huber") else SHARES
    true = LABELS if spec.sparse else SIGNS if kind.endswith("hinge") else OTHERS
    return np.array(true), pred, spec.default or (0.05 if spec.parameter else 0.0)


def test_every_kernel_has_its_formula():
    assert list(FORMULAS) == list(LOSSES)


@pytest.mark.parametrize("kind", LOSSES)
def test_toward_the_prediction(kind):
    true, pred, parameter = problem(kind)
    check(lambda p: autodiff.loss(true, p, kind, parameter) * [1.0, 3.0], pred)


@pytest.mark.parametrize("kind", [kind for kind, spec in LOSSES.items() if not spec.sparse])
def test_toward_both(kind):
    true, pred, parameter = problem(kind)
    check(lambda t, p: autodiff.loss(t, p, kind, parameter) * [1.0, 3.0], true, pred)


@pytest.mark.parametrize("kind", [kind for kind, spec in LOSSES.items() if not spec.sparse])
def test_of_a_prediction_that_is_its_own_target(kind):
    """Each of the two gets its own gradient, even if they are one."""
    _, pred, parameter = problem(kind)
    one, two = Variable(np.array(pred)), [Variable(np.array(pred)) for _ in range(2)]
    with GradientTape() as tape:
        values = autodiff.loss(one, one, kind, parameter)
    with GradientTape() as twin:
        same = autodiff.loss(two[0], two[1], kind, parameter)
    assert np.array_equal(values, same)
    np.testing.assert_allclose(tape.gradient(values, one), sum(g.array for g in twin.gradient(same, two)), atol=1e-12)


@pytest.mark.parametrize("kind", LOSSES)
def test_formula_and_kernel_agree(kind, rng):
    true, _, parameter = problem(kind)
    pred = Variable(np.array(SHARES) * rng.uniform(0.5, 1, (2, 3)))
    with GradientTape() as tape:
        values = autodiff.loss(true, pred, kind, parameter)
    with GradientTape() as twin:
        same = FORMULAS[kind](Tensor(true), pred.value, parameter)
    np.testing.assert_allclose(same, values, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(twin.gradient(same, pred), tape.gradient(values, pred), rtol=1e-6, atol=1e-9)


def test_smooth_l1_of_no_width_is_the_absolute_error():
    p = Variable(np.array(SCORES))
    with GradientTape() as tape:
        values = autodiff.loss(np.array(OTHERS), p, "smooth_l1", 0.0)
    assert np.array_equal(values, autodiff.loss(np.array(OTHERS), p, "mean_absolute_error", 0.0))
    assert np.array_equal(tape.gradient(values, p), np.sign(np.array(SCORES) - OTHERS) / 3)


@pytest.mark.parametrize("order", ["C", "F"])
def test_any_layout_and_dtype(order):
    true, pred = (np.array(x, order=order) for x in (OTHERS, SCORES))
    values = autodiff.loss(true.astype(np.float32), pred, "mean_squared_error", 0.0)
    np.testing.assert_allclose(values, ((pred - true) ** 2).mean(axis=1), rtol=1e-6)
