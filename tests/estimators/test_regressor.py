"""MLPRegressor: targets on their own scale, whatever the loss."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import d2_pinball_score, mean_pinball_loss, r2_score

from dlcore import losses, ops
from dlcore.estimators import MLPRegressor

from .problems import waves


def fitted(columns=1, **arguments):
    x, y = waves(columns=columns)
    return x, y, MLPRegressor(random_state=0, **arguments).fit(x, y)


@pytest.mark.parametrize("columns", [1, 3])
def test_the_defaults_learn_on_the_targets_scale(columns):
    x, y, model = fitted(columns)
    p = model.predict(x)
    assert p.shape == y.shape
    assert model.score(x, y) == r2_score(y, p) > 0.95
    assert "in an engine, an epoch in one call" in model.model_.how_it_trains()


def test_what_comes_in_is_what_goes_out():
    x, y = waves()
    for kind in (np.float32, np.float64):
        model = MLPRegressor(random_state=0, max_iter=5, batch_size=200)
        with pytest.warns(match="Maximum iterations"):
            model.fit(x.astype(kind), y)
        assert {p.dtype for p in (model.predict(x), *model.coefs_, *model.intercepts_)} == {np.dtype(kind)}


@pytest.mark.parametrize("shift", [0.0, 1e3])
@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e6])
def test_the_unit_of_the_target_does_not_matter(shift, factor):
    x, y = waves()
    model = MLPRegressor(random_state=0).fit(x, y)
    moved = MLPRegressor(random_state=0).fit(x, factor * (y + shift))
    np.testing.assert_allclose(moved.predict(x) / factor - shift, model.predict(x), rtol=1e-3)


LOSSES = [
    "absolute_error", "mae", "huber", "log_cosh", "smooth_l1", "quantile", "pinball", "gaussian_nll", "poisson",
    losses.Huber(5.0), losses.SmoothL1(2.0), losses.LogCosh(), losses.MeanSquaredError(), losses.Quantile(0.5),
    losses.GaussianNLL(log_variance=True), losses.Poisson(),
]  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: getattr(loss, "name", loss))
def test_any_loss(loss):
    x, y, model = fitted(loss=loss)
    assert model.score(x, y) > 0.9
    np.testing.assert_array_equal(clone(model).fit(x, y).predict(x), model.predict(x))


def test_a_threshold_is_in_the_units_of_y_if_an_object_says_it():
    """Huber's loss with a threshold beyond all errors is the squared error; with a tiny one the absolute."""
    x, y, wide = fitted(loss=losses.Huber(1e6))
    squared = MLPRegressor(random_state=0, loss=losses.Huber(1e7)).fit(x, y)
    np.testing.assert_array_equal(wide.predict(x), squared.predict(x))
    assert wide._fitted.loss.delta == pytest.approx(1e6 / y.std())
    assert MLPRegressor(random_state=0, loss="huber").fit(x, y)._fitted.loss.delta == 1.0


def test_a_loss_of_ones_own_sees_the_units_of_y():
    seen = []

    def asymmetric(y_true, y_pred):
        seen.append(float(np.mean(np.asarray(y_true))))
        error = y_true - y_pred
        return ops.mean(ops.maximum(0.9 * error, -0.1 * error), axis=-1)

    x, y, model = fitted(loss=asymmetric, max_iter=100)
    assert 90 < np.mean(seen) < 110
    assert np.mean(y <= model.predict(x)) == pytest.approx(0.9, abs=0.05)


def test_several_quantiles():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (800, 1))
    y = 50 + 10 * x[:, 0] + (2 + x[:, 0]) * rng.standard_normal(800)
    levels = [0.9, 0.1, 0.5]
    model = MLPRegressor(loss="quantile", quantile=levels, random_state=0, hidden_layer_sizes=(20,)).fit(x, y)
    p = model.predict(x)
    assert p.shape == (800, 3)
    assert (p[:, 1] <= p[:, 2]).all()
    assert (p[:, 2] <= p[:, 0]).all()
    for level, column in zip(levels, p.T, strict=True):
        assert np.mean(y <= column) == pytest.approx(level, abs=0.06)
        assert mean_pinball_loss(y, column, alpha=level) < mean_pinball_loss(y, np.full(800, y.mean()), alpha=level)
    expected = np.mean([d2_pinball_score(y, c, alpha=a) for a, c in zip(levels, p.T, strict=True)])
    assert model.score(x, y) == pytest.approx(expected)
    one = MLPRegressor(loss=losses.Quantile(0.9), random_state=0, hidden_layer_sizes=(20,)).fit(x, y)
    assert np.mean(y <= one.predict(x)) == pytest.approx(0.9, abs=0.06)
    with pytest.raises(ValueError, match="one target column; y has 2"):
        model.fit(x, np.column_stack([y, y]))
    with pytest.raises(ValueError, match="quantile"):
        MLPRegressor(loss="quantile", quantile=1.5).fit(x, y)


def test_a_spread_with_the_mean():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (800, 1))
    y = 1000 + 100 * x[:, 0] + np.where(x[:, 0] > 0, 40, 10) * rng.standard_normal(800)
    model = MLPRegressor(loss="gaussian_nll", random_state=0, max_iter=60).fit(x, y)
    mean, spread = model.predict(np.array([[-0.5], [0.5]]), return_std=True)
    np.testing.assert_allclose(mean, [950, 1050], atol=15)
    np.testing.assert_allclose(spread, [10, 40], rtol=0.35)
    with pytest.raises(ValueError, match="gaussian_nll"):
        fitted()[2].predict([[0.0, 0.0, 0.0]], return_std=True)


def test_counts_are_predicted_as_rates():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (600, 2))
    y = rng.poisson(np.exp(3 + x[:, 0]))
    model = MLPRegressor(loss="poisson", random_state=0).fit(x, y)
    p = model.predict(x)
    assert model.out_activation_ == "exp"
    assert (p > 0).all()
    np.testing.assert_allclose(np.log(p), 3 + x[:, 0], atol=0.4)


def test_a_weight_is_a_number_of_rows_for_the_scale_as_well():
    x, y = waves(60)
    weight = np.random.default_rng(0).integers(0, 4, len(x))
    weighted = MLPRegressor(random_state=0).fit(x, y, sample_weight=weight)
    repeated = MLPRegressor(random_state=0).fit(x.repeat(weight, axis=0), y.repeat(weight))
    np.testing.assert_array_equal(weighted.predict(x), repeated.predict(x))


def test_partial_fit_keeps_the_scale_of_the_first_rows():
    x, y = waves(400)
    model = MLPRegressor(random_state=0)
    for start in range(0, 20000, 50):
        part = np.arange(start, start + 50) % 400
        model.partial_fit(x[part], y[part])
    assert model.score(x, y) > 0.95
    with pytest.raises(ValueError, match="1 columns, as before; found 2"):
        model.partial_fit(x, np.column_stack([y, y]))


def test_a_constant_target_is_learned():
    assert MLPRegressor(random_state=0).fit(np.eye(5), np.full(5, 7.0)).predict(np.eye(5)) == pytest.approx(7, abs=0.5)


def test_unknown_losses_are_named():
    with pytest.raises(ValueError, match="squared"):
        MLPRegressor(loss="squared").fit([[1.0], [2.0]], [1.0, 2.0])
