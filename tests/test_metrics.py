from __future__ import annotations

import numpy as np
import pytest

from dlcore import metrics
from dlcore.backends.contract import METRICS

T = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
P = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3], [0.8, 0.1, 0.1]])

CASES = [
    (metrics.CategoricalAccuracy(), T, P, [1, 0, 1]),
    (metrics.SparseCategoricalAccuracy(), [1, 2, 0], P, [1, 0, 1]),
    (metrics.SparseCategoricalAccuracy(), [[1], [2], [0]], P, [1, 0, 1]),
    (metrics.BinaryAccuracy(), T, P, [2 / 3, 1 / 3, 1]),
    (metrics.BinaryAccuracy(threshold=0.25), T, P, [2 / 3, 2 / 3, 1]),
    (metrics.BinaryAccuracy(), [0, 1, 1], [0.4, 0.6, 0.3], [1, 1, 0]),
    (metrics.MeanAbsoluteError(), T, P, np.abs(T - P).mean(axis=1)),
    (metrics.MeanSquaredError(), T, P, np.square(T - P).mean(axis=1)),
]


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(("metric", "y_true", "y_pred", "values"), CASES)
def test_values(metric, y_true, y_pred, values):
    metric.reset_state()
    assert metric.result() == 0
    assert float(metric(y_true, y_pred)) == pytest.approx(np.mean(values), rel=1e-6)
    assert metric.result().dtype == "float32"
    weights = np.array([1.0, 2.0, 4.0])
    metric.update_state(y_true, y_pred, sample_weight=weights)
    expected = (np.sum(values) + np.dot(values, weights)) / (3 + 7)
    assert float(metric.result()) == pytest.approx(expected, rel=1e-6)
    metric.reset_state()
    assert metric.result() == 0


def test_mean():
    mean = metrics.Mean()
    mean.update_state([1.0, 3.0])
    mean.update_state(5.0, sample_weight=2.0)
    assert mean.result() == 3.5


def test_names():
    for kind in METRICS:
        metric = metrics.get(kind)
        assert metric.kind == kind
        assert metric.name == kind
        again = metrics.deserialize(metrics.serialize(metric))
        assert again.get_config() == metric.get_config()
    assert isinstance(metrics.get("mse"), metrics.MeanSquaredError)
    assert metrics.deserialize(metrics.serialize(metrics.BinaryAccuracy(threshold=0.3))).threshold == 0.3
    with pytest.raises(ValueError, match="Did you mean 'binary_accuracy'"):
        metrics.get("binary_acuracy")


def test_custom_metrics():
    class Count(metrics.Metric):
        def __init__(self):
            super().__init__(name="count")
            self.reset_state()

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.rows += len(y_true)

        def result(self):
            return self.rows

        def reset_state(self):
            self.rows = 0

    assert Count()([1, 2], [3, 4]) == 2


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: metrics.CategoricalAccuracy()(T[:2], P), "shape of y_pred"),
        (lambda: metrics.SparseCategoricalAccuracy()([1, 2], P), "a label a row"),
        (lambda: metrics.SparseCategoricalAccuracy()([1, 2, 3], P), r"\[0, 3\)"),
        (lambda: metrics.CategoricalAccuracy()(T, P, [1.0]), "sample_weight"),
        (lambda: metrics.CategoricalAccuracy()(1.0, 1.0), "2 axes"),
        (lambda: metrics.BinaryAccuracy(threshold=1.0), "threshold"),
        (lambda: metrics.Mean()([1.0, 2.0], sample_weight=[1.0, 2.0, 3.0]), "sample_weight must have the shape"),
        (lambda: metrics.Mean()([1.0], sample_weight=[[1.0]]), "sample_weight must have the shape"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()


@pytest.mark.parametrize("wrong", [None, "a", [["a"]], [[1j]]])
def test_what_is_no_number(wrong):
    metric = metrics.MeanSquaredError()
    for call in (
        lambda: metric(wrong, [[1.0]]),
        lambda: metric([[1.0]], wrong),
        lambda: metrics.Mean()(wrong),
    ):
        with pytest.raises(TypeError, match="must hold real numbers"):
            call()
    assert metric.result() == 0
    with pytest.raises(TypeError, match="threshold must be a number"):
        metrics.BinaryAccuracy(threshold="0.5")
