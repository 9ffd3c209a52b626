"""Losses with their gradients, and metrics, of every backend against float64."""

from __future__ import annotations

import numpy as np
import pytest

from backends import reference
from backends.common import SHAPES, close, random, wide
from dlcore.backends.contract import LOSSES, METRICS


def sample(rng, dtype, spec, m, n):
    """Labels or targets, and a prediction, as the loss or metric called by spec takes them."""
    logits = getattr(spec, "logits", False)
    pred = random(rng, dtype, m, n) if logits else rng.uniform(0.01, 0.99, (m, n)).astype(dtype)
    if spec.sparse:
        return rng.integers(0, n, m), pred
    true = np.zeros((m, n), dtype)
    true[np.arange(m), rng.integers(0, n, m)] = 1
    return true, pred


def loss_sample(rng, dtype, name, m, n):
    """The same for a loss; a percentage of 0 has no meaning."""
    true, pred = sample(rng, dtype, LOSSES[name], m, n)
    return (true + dtype(0.25) if name == "mean_absolute_percentage_error" else true), pred


def parameters(spec):
    return (spec.default, 0.25) if spec.parameter else (0.0,)


def weights(rng, dtype, m):
    return None, rng.uniform(0, 2, m).astype(dtype)


@pytest.mark.parametrize("name", LOSSES)
def test_loss(backend, dtype, rng, name):
    spec, scale = LOSSES[name], 0.5
    for m, n in SHAPES:
        if n == 0:
            continue
        for parameter in parameters(spec):
            true, pred = loss_sample(rng, dtype, name, m, n)
            for weight in weights(rng, dtype, m):
                values, grad = np.full(m, np.nan, dtype), np.full((m, n), np.nan, dtype)
                total = backend.loss(name, true, pred, weight, parameter, scale, values, grad)
                expected = reference.loss(name, true if spec.sparse else wide(true), wide(pred), parameter)
                if weight is not None:
                    expected = expected * weight
                close(values, expected, dtype, 16 + n, scale=np.abs(wide(pred)).max(initial=1))
                assert total == pytest.approx(values.sum(dtype=np.float64), rel=1e-6, abs=1e-12)
                alone = np.empty_like(values)
                assert backend.loss(name, true, pred, weight, parameter, scale, alone, None) == total
                assert np.array_equal(alone, values)


@pytest.mark.parametrize("name", LOSSES)
def test_rows_do_not_know_of_each_other(backend, dtype, rng, name):
    """A row has the same bits alone and among others, however many are made at a time."""
    for n in (1, 2, 3, 7, 8, 9, 10, 15, 16, 17):
        m = 37
        true, pred = loss_sample(rng, dtype, name, m, n)
        for weight in weights(rng, dtype, m):
            values, grad = np.empty(m, dtype), np.empty((m, n), dtype)
            backend.loss(name, true, pred, weight, parameters(LOSSES[name])[0], 0.5, values, grad)
            for i in range(m):
                row = slice(i, i + 1)
                value, slope = np.empty(1, dtype), np.empty((1, n), dtype)
                only = None if weight is None else weight[row]
                backend.loss(name, true[row], pred[row], only, parameters(LOSSES[name])[0], 0.5, value, slope)
                assert value[0] == values[i]
                assert np.array_equal(slope[0], grad[i])


def gradient_by_differences(name, spec, true, pred, parameter):
    true, pred, grad = true if spec.sparse else wide(true), wide(pred), np.empty(pred.shape)
    h = 1e-6
    for j in range(pred.shape[1]):
        up, down = pred.copy(), pred.copy()
        up[:, j] += h
        down[:, j] -= h
        grad[:, j] = (reference.loss(name, true, up, parameter) - reference.loss(name, true, down, parameter)) / 2 / h
    return grad


@pytest.mark.parametrize("name", LOSSES)
def test_loss_gradient(backend, dtype, rng, name):
    """The gradient is that of the reference loss, found by differences."""
    spec, scale = LOSSES[name], 0.5
    rtol, atol = (1e-6, 1e-8) if dtype is np.float64 else (2e-5, 2e-6)
    for m, n in ((1, 1), (3, 2), (4, 10), (2, 17), (5, 33)):
        for parameter in parameters(spec):
            true, pred = loss_sample(rng, dtype, name, m, n)
            expected = scale * gradient_by_differences(name, spec, true, pred, parameter)
            for weight in weights(rng, dtype, m):
                values, grad = np.empty(m, dtype), np.empty((m, n), dtype)
                backend.loss(name, true, pred, weight, parameter, scale, values, grad)
                wanted = expected if weight is None else expected * weight[:, None]
                assert np.allclose(grad, wanted, rtol, atol)


@pytest.mark.parametrize("name", [name for name, spec in LOSSES.items() if "crossentropy" in name and not spec.logits])
def test_clipped_probability_has_no_gradient(backend, dtype, name):
    """Outside [1e-7, 1 - 1e-7] the loss is that of the nearest bound, and flat."""
    spec = LOSSES[name]
    pred = np.array([[1, 0], [0, 1]], dtype)
    true = np.array([1, 1]) if spec.sparse else np.array([[0, 1], [0, 1]], dtype)
    values, grad = np.empty(2, dtype), np.empty((2, 2), dtype)
    backend.loss(name, true, pred, None, 0.0, 1.0, values, grad)
    high = dtype(1 - 1e-7)
    assert np.allclose(values, [-np.log(1e-7), -np.log(float(high))], rtol=2e-2 if dtype is np.float32 else 1e-6)
    assert not grad.any()


@pytest.mark.parametrize("name", [name for name, spec in LOSSES.items() if spec.logits])
def test_logits_far_out(backend, dtype, name):
    spec = LOSSES[name]
    pred = np.array([[1e4, -1e4], [1e4, -1e4]], dtype)
    true = np.array([0, 1]) if spec.sparse else np.array([[1, 0], [0, 1]], dtype)
    values, grad = np.empty(2, dtype), np.empty((2, 2), dtype)
    backend.loss(name, true, pred, None, 0.0, 1.0, values, grad)
    worst = 1e4 if name.startswith("binary") else 2e4
    per = 2 if name.startswith("binary") else 1
    assert np.allclose(values, [0, worst])
    assert np.allclose(grad, [[0, 0], [1 / per, -1 / per]])


def test_regression_at_its_corners(backend, dtype):
    """No slope where prediction meets target; the outer branch exactly at delta; beta = 0 is L1."""
    pred, true = np.array([[0, 1, -1, 3]], dtype), np.zeros((1, 4), dtype)
    values, grad = np.empty(1, dtype), np.empty((1, 4), dtype)
    expected = {
        ("mean_absolute_error", 0.0): (1.25, [0, 0.25, -0.25, 0.25]),
        ("huber", 1.0): ((0.5 + 0.5 + 2.5) / 4, [0, 0.25, -0.25, 0.25]),
        ("smooth_l1", 1.0): ((0.5 + 0.5 + 2.5) / 4, [0, 0.25, -0.25, 0.25]),
        ("smooth_l1", 0.0): (1.25, [0, 0.25, -0.25, 0.25]),
        ("quantile", 0.25): ((0.75 + 0.25 + 2.25) / 4, [0, 0.1875, -0.0625, 0.1875]),
        ("hinge", 0.0): ((1 + 2 + 0 + 4) / 4, [0.25, 0.25, 0, 0.25]),  # a target of 0 is -1
        ("squared_hinge", 0.0): ((1 + 4 + 0 + 16) / 4, [0.5, 1, 0, 2]),
    }
    for (name, parameter), (value, slope) in expected.items():
        backend.loss(name, true, pred, None, parameter, 1.0, values, grad)
        assert values[0] == value
        assert np.array_equal(grad[0], np.array(slope, dtype))


def test_logarithms_and_shares_of_numbers_below_epsilon(backend, dtype):
    """As those of epsilon, and flat below it."""
    pred, true = np.array([[-3, 0, 0.5]], dtype), np.array([[0.5, -1, 0.5]], dtype)
    values, grad = np.empty(1, dtype), np.empty((1, 3), dtype)
    expected = {
        "mean_squared_logarithmic_error": np.log(1.5) ** 2 / 3,
        "kl_divergence": 0.5 * np.log(0.5e7),
        "mean_absolute_percentage_error": 100 * (3.5 / 0.5 + 1) / 3,
    }
    for name, value in expected.items():
        backend.loss(name, true, pred, None, 0.0, 1.0, values, grad)
        assert values[0] == pytest.approx(value, rel=1e-5)
        if name != "mean_absolute_percentage_error":
            assert not grad[0, :2].any()


def test_hinges_of_columns_that_tie(backend, dtype):
    """Wrong columns that are largest together share the gradient."""
    pred, true = np.array([[1, 1, 0.5], [3, 1, 1]], dtype), np.array([[0, 0, 1], [1, 0, 0]], dtype)
    values, grad = np.empty(2, dtype), np.empty((2, 3), dtype)
    backend.loss("categorical_hinge", true, pred, None, 0.0, 1.0, values, grad)
    assert values.tolist() == [1.5, 0]
    assert grad.tolist() == [[0.5, 0.5, -1], [0, 0, 0]]


def test_the_cosine_of_nothing(backend, dtype):
    """Norms below epsilon count as epsilon."""
    pred, true = np.zeros((1, 2), dtype), np.array([[3, 4]], dtype)
    values, grad = np.empty(1, dtype), np.empty((1, 2), dtype)
    backend.loss("cosine_similarity", true, pred, None, 0.0, 1.0, values, grad)
    assert values[0] == 0
    np.testing.assert_allclose(grad, [[-0.6e7, -0.8e7]], rtol=1e-5)


def test_the_generalized_entropy_stays_finite_at_zero(backend, dtype):
    """Its value is exact; its slope, which has no bound, is that at epsilon."""
    pred, values, grad = np.array([[0, 1]], dtype), np.empty(1, dtype), np.empty((1, 2), dtype)
    backend.loss("categorical_generalized_cross_entropy", np.array([0]), pred, None, 0.5, 1.0, values, grad)
    assert values[0] == 2
    np.testing.assert_allclose(grad, [[-(1e-7**-0.5), 0]], rtol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_a_nan_comes_through(backend, dtype, name):
    pred = np.array([[0.5, np.nan, 0.2]], dtype)
    true = np.array([1]) if LOSSES[name].sparse else np.array([[0.25, 0.5, 0.25]], dtype)
    values = np.empty(1, dtype)
    backend.loss(name, true, pred, None, LOSSES[name].default, 1.0, values, None)
    assert np.isnan(values[0])


@pytest.mark.parametrize("name", METRICS)
def test_metric(backend, dtype, rng, name):
    spec = METRICS[name]
    for m, n in SHAPES:
        if n == 0:
            continue
        for parameter in parameters(spec):
            true, pred = sample(rng, dtype, spec, m, n)
            pred = np.round(pred * 4) / dtype(4)  # ties, and numbers that equal the threshold
            for weight in weights(rng, dtype, m):
                values = np.full(m, np.nan, dtype)
                total = backend.metric(name, true, pred, weight, parameter, values)
                expected = reference.metric(name, true if spec.sparse else wide(true), wide(pred), parameter)
                if weight is not None:
                    expected = expected * weight
                close(values, expected, dtype, 8 + n)
                assert total == pytest.approx(expected.sum(), rel=1e-6)
