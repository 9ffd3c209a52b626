from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import (
    mean_absolute_error,
    mean_squared_error,
    mean_squared_log_error,
    r2_score,
    root_mean_squared_error,
)

from dlcore import metrics

RNG = np.random.default_rng(8)
TRUE, PRED, WEIGHTS = RNG.random((60, 3)) + 0.1, RNG.random((60, 3)) + 0.1, RNG.random(60)

ERRORS = [
    (metrics.MeanSquaredError, lambda t, p: np.square(t - p)),
    (metrics.MeanAbsoluteError, lambda t, p: np.abs(t - p)),
    (metrics.MeanAbsolutePercentageError, lambda t, p: 100 * np.abs(t - p) / np.abs(t)),
    (metrics.MeanSquaredLogarithmicError, lambda t, p: np.square(np.log1p(t) - np.log1p(p))),
    (metrics.LogCoshError, lambda t, p: np.log(np.cosh(t - p))),
]


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(("cls", "error"), ERRORS)
def test_errors(cls, error, dtype):
    metric = cls(dtype=dtype)
    true, pred = TRUE.astype(dtype), PRED.astype(dtype)
    each = error(true.astype(np.float64), pred.astype(np.float64))
    assert float(metric(true, pred)) == pytest.approx(each.mean(), rel=1e-5)
    metric.reset_state()
    assert float(metric(true, pred, WEIGHTS)) == pytest.approx(np.average(each.mean(1), weights=WEIGHTS), rel=1e-5)


@pytest.mark.parametrize("cls", [cls for cls, _ in ERRORS])
def test_rows_of_one_column(cls):
    """A row counts as one, whether y has an axis for its columns or not."""
    column, flat = cls(), cls()
    for part in (slice(0, 7), slice(7, None)):
        column.update_state(TRUE[part, :1], PRED[part, :1], WEIGHTS[part])
        flat.update_state(TRUE[part, 0], PRED[part, 0], WEIGHTS[part])
    assert float(flat.result()) == float(column.result())


def test_against_sklearn():
    for metric, score in (
        (metrics.MeanSquaredError(), mean_squared_error),
        (metrics.MeanAbsoluteError(), mean_absolute_error),
        (metrics.MeanSquaredLogarithmicError(), mean_squared_log_error),
    ):
        assert float(metric(TRUE, PRED, WEIGHTS)) == pytest.approx(score(TRUE, PRED, sample_weight=WEIGHTS))


def test_root_mean_squared_error():
    metric = metrics.RootMeanSquaredError()
    assert float(metric([2, 4, 6], [1, 3, 2])) == pytest.approx(np.sqrt(6))
    metric.reset_state()
    assert float(metric([2, 4, 6, 8], [1, 3, 2, 3], sample_weight=[0, 1, 0, 1])) == pytest.approx(np.sqrt(13))
    columns = metrics.RootMeanSquaredError()(TRUE[:, 0], PRED[:, :1], WEIGHTS)
    assert float(columns) == pytest.approx(root_mean_squared_error(TRUE[:, 0], PRED[:, 0], sample_weight=WEIGHTS))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(None, "raw_values"), ("uniform_average", "uniform_average"), ("variance_weighted_average", "variance_weighted")],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_r2_against_sklearn(ours, theirs, weighted):
    weights = WEIGHTS if weighted else None
    metric = metrics.R2Score(ours)
    for part in (slice(0, 20), slice(20, None)):
        metric.update_state(TRUE[part], PRED[part], None if weights is None else weights[part])
    expected = r2_score(TRUE, PRED, sample_weight=weights, multioutput=theirs)
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-6)


def test_r2_keeps_its_precision_far_from_zero():
    true = (RNG.random((500, 1)) + 1000).astype(np.float32)
    pred = true + np.float32(0.05)
    assert float(metrics.R2Score()(true, pred)) == pytest.approx(
        r2_score(true.astype(float), pred.astype(float)), rel=1e-5
    )


def test_r2_adjusted_for_regressors():
    metric = metrics.R2Score(num_regressors=2)
    plain = r2_score(TRUE[:, :1], PRED[:, :1])
    assert float(metric(TRUE[:, 0], PRED[:, :1])) == pytest.approx(1 - (1 - plain) * 59 / 57)
    for rows, reason in ((3, "Division by zero"), (2, "More independent predictors")):
        metric = metrics.R2Score(num_regressors=2)
        metric.update_state(TRUE[:rows], PRED[:rows])
        with pytest.warns(UserWarning, match=reason):
            assert float(metric.result()) == pytest.approx(r2_score(TRUE[:rows], PRED[:rows]), rel=1e-5)
    metric.reset_state()
    metric.update_state(TRUE, PRED, np.arange(60) < 4)  # rows without weight are none
    assert metric.num_samples == 4


def test_r2_of_constant_targets_is_zero_as_in_keras():
    assert metrics.R2Score()([[1.0], [1.0]], [[1.5], [0.5]]) == 0
    assert metrics.R2Score().result() == 0


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: metrics.R2Score("all"), "`class_aggregation`"),
        (lambda: metrics.R2Score(num_regressors=-1), "`num_regressors`"),
        (lambda: metrics.R2Score()([1.0, 2.0], [1.0, 2.0]), "R2Score expects 2D inputs"),
        (lambda: [metric(x, x) for metric in [metrics.R2Score()] for x in (TRUE, TRUE[:, :2])], "must have 3 columns"),
        (lambda: metrics.MeanSquaredError()([[1.0, 2.0]], [[1.0, 2.0, 3.0]]), "y_true"),
        (lambda: metrics.RootMeanSquaredError()([1.0, 2.0], [1.0, 2.0, 3.0]), "y_true"),
        (lambda: metrics.MeanSquaredError()([[1.0]], [[1.0]], [1.0, 2.0]), "sample_weight"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_configs():
    metric = metrics.R2Score("variance_weighted_average", 3, "r2")
    config = metric.get_config()
    assert config == {
        "name": "r2",
        "dtype": "float32",
        "class_aggregation": "variance_weighted_average",
        "num_regressors": 3,
    }
    assert metrics.R2Score.from_config(config).get_config() == config
    assert metrics.LogCoshError().name == "logcosh"
