from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore import Tensor, losses, metrics
from dlcore.losses.reduction import masked

VALUES = np.array([[1.0, 3.0], [5.0, 7.0]])


@pytest.mark.parametrize(
    ("values", "weights", "total", "mean"),
    [
        ([1, 3, 5, 7], None, 16, 4),
        ([1, 3, 5, 7], [1, 1, 0, 0], 4, 2),
        ([1, 3, 5, 7], [[1], [1], [0], [0]], 4, 2),
        ([1, 3, 5, 7], [-1, -1, 0, 0], -4, 2),
        (VALUES, None, 16, 4),
        (VALUES, [1, 0], 4, 2),
        (VALUES, [[1, 1], [1, 0]], 9, 3),
        (VALUES, [[1, 0]], 6, 3),
        (VALUES, 2, 32, 4),
        (5.0, 2.0, 10, 5),
        (VALUES[..., None], [1, 0], 4, 2),
    ],
)
def test_sum_and_mean(values, weights, total, mean):
    assert metrics.Sum()(values, sample_weight=weights) == total
    assert metrics.Mean()(values, sample_weight=weights) == mean


@given(st.lists(st.lists(st.floats(-100, 100), min_size=3, max_size=3), min_size=1, max_size=9), st.data())
def test_batches_add_up(rows, data):
    values = np.array(rows)
    weights = np.array(data.draw(st.lists(st.floats(0.125, 8), min_size=len(rows), max_size=len(rows))))
    cut = data.draw(st.integers(0, len(rows)))
    mean = metrics.Mean(dtype="float64")
    for part in (slice(0, cut), slice(cut, None)):
        mean.update_state(values[part], sample_weight=weights[part])
    assert float(mean.result()) == pytest.approx(np.average(values.mean(axis=1), weights=weights), abs=1e-9)


def test_nothing_seen():
    for metric in (metrics.Mean(), metrics.Sum()):
        assert metric.result() == 0
        assert metric.result().shape == ()
    assert metrics.Mean()(np.empty(0)) == 0
    assert metrics.Mean()([1.0], sample_weight=[0.0]) == 0


def test_a_sum_of_whole_numbers():
    assert metrics.Sum(dtype="int32")([1, 2]).dtype == "int32"


@pytest.mark.parametrize("weights", [[1, 2, 3], np.ones((2, 3)), np.ones((2, 2, 2))])
def test_weights_that_fit_nothing(weights):
    for metric in (metrics.Mean(), metrics.Sum()):
        with pytest.raises(ValueError, match=r"sample_weight must have the shape \(2, 2\) of values, or \(2,\)"):
            metric.update_state(VALUES, sample_weight=weights)
        assert metric.result() == 0


def test_a_function_averaged():
    def power(y_true, y_pred, exponent=2):
        return np.abs(y_true - y_pred) ** exponent

    true, pred = [[0, 1], [2, 3]], [[1.0, 1.0], [0.0, 3.0]]
    assert metrics.MeanMetricWrapper(power)(true, pred) == 1.25
    assert metrics.MeanMetricWrapper(power, exponent=1)(true, pred) == 0.75
    assert metrics.MeanMetricWrapper(power)(true, pred, sample_weight=[0, 1]) == 2
    assert metrics.MeanMetricWrapper(power)(true, pred, sample_weight=[[1, 0], [0, 0]]) == 1
    assert metrics.MeanMetricWrapper(power, "p").name == "p"
    with pytest.raises(TypeError, match="fn must be a function"):
        metrics.MeanMetricWrapper("power")


def test_a_loss_averaged_over_rows_not_over_batches():
    true, pred = np.zeros((3, 1)), np.array([[1.0], [2.0], [6.0]])
    loss = losses.MeanAbsoluteError()
    metric = metrics.MeanMetricWrapper(loss)
    metric.update_state(true[:2], pred[:2])
    metric.update_state(true[2:], pred[2:])
    assert metric.result() == 3
    assert loss.reduction == "sum_over_batch_size"
    metric.reset_state()
    metric.update_state(true, pred, sample_weight=[0, 1, 1])
    assert metric.result() == 4
    sums = metrics.MeanMetricWrapper(losses.MeanAbsoluteError(reduction="sum"))
    sums.update_state(true[:2], pred[:2])
    sums.update_state(true[2:], pred[2:])
    assert sums.result() == 4.5  # the mean of 3 and 6, the sums of the batches


@pytest.mark.parametrize(("weights", "mean"), [(None, 2.0), ([1, 3, 5], 2.5), ([[1], [3], [5]], 2.5)])
def test_masked_predictions_weigh_nothing(weights, mean):
    pred = masked(Tensor(np.array([[1.0], [3.0], [9.0]])), np.array([True, True, False]))
    metric = metrics.MeanMetricWrapper(lambda y_true, y_pred: abs(y_true - y_pred))
    assert metric(np.zeros((3, 1)), pred, weights) == mean
