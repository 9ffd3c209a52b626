from __future__ import annotations

import copy
import inspect
import pickle

import numpy as np
import pytest

import dlcore
from dlcore import metrics
from dlcore.metrics.arrays import aligned, divide_no_nan, element_weights, same_rank
from dlcore.metrics.base import metric_dtype

#: What the constructor of each public metric needs, and a batch that it takes.
NEEDED = {
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "IoU": {"num_classes": 2, "target_class_ids": [1]},
    "MeanIoU": {"num_classes": 2},
    "OneHotIoU": {"num_classes": 2, "target_class_ids": [0]},
    "OneHotMeanIoU": {"num_classes": 2},
    "MeanMetricWrapper": {"fn": metrics.binary_accuracy},
    "AUC": {"multi_label": True, "thresholds": [0.5, 0.25]},
    "FBetaScore": {"beta": 2.0, "average": "macro"},
}
ABSTRACT = {"Metric", "KernelMetric"}
CLASSES = sorted(name for name in metrics.__all__ if inspect.isclass(getattr(metrics, name)) and name not in ABSTRACT)
TRUE = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], np.float32)
PRED = np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]], np.float32)


def build(name):
    return getattr(metrics, name)(**NEEDED.get(name, {}))


def batch(name):
    if name in ("Mean", "Sum"):
        return (PRED,)
    if name.startswith("Sparse"):
        return TRUE.argmax(axis=1), PRED
    if name in ("IoU", "MeanIoU"):
        return TRUE.argmax(axis=1), PRED.argmax(axis=1)
    return TRUE, PRED


class Distance(metrics.Metric):
    """As one would write it: two variables, one of them of whole numbers."""

    def __init__(self, name="distance", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.sum = self.add_variable((), "zeros", name="sum")
        self.rows = self.add_weight(dtype="int32", name="rows")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.sum.assign(self.sum + np.abs(np.asarray(y_true) - np.asarray(y_pred)).sum())
        self.rows.assign_add(len(y_true))

    def result(self):
        return self.sum / float(self.rows)


@pytest.mark.parametrize("name", CLASSES)
def test_every_metric_keeps_its_promises(name):
    metric = build(name)
    assert metric.dtype == ("int32" if "IoU" in name else "float32")
    first = metric(*batch(name))
    assert first.dtype == "float32"
    assert np.isfinite(first).all()
    assert all(not variable.trainable for variable in metric.variables)

    copies = [copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))]
    metric.update_state(*batch(name))
    second = np.asarray(metric.result())
    for other in copies:
        np.testing.assert_array_equal(other.result(), first)
        other.update_state(*batch(name))
        np.testing.assert_array_equal(other.result(), second)

    metric.reset_state()
    assert all((np.asarray(variable) == 0).all() for variable in metric.variables)
    np.testing.assert_array_equal(metric(*batch(name)), first)


@pytest.mark.parametrize("name", CLASSES)
def test_state_may_live_outside(name):
    metric = build(name)
    metric.update_state(*batch(name))
    before = [np.asarray(variable) for variable in metric.variables]
    once = metric.result()
    zeros = metric.stateless_reset_state()
    after = metric.stateless_update_state(zeros, *batch(name))
    np.testing.assert_array_equal(metric.stateless_result(after), once)
    for variable, value, outside in zip(metric.variables, before, after, strict=True):
        np.testing.assert_array_equal(variable, value)
        np.testing.assert_array_equal(outside, value)
    with pytest.raises(ValueError, match="a value for each of the"):
        metric.stateless_result([*zeros, 0.0])


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_results_have_the_metrics_dtype(name, dtype):
    metric = getattr(metrics, name)(**NEEDED.get(name, {}), dtype=dtype)
    result = metric(*batch(name))
    assert metric.get_config()["dtype"] == result.dtype == dtype
    single = build(name)(*batch(name))
    if dtype == "float64" or (np.asarray(single) < 6e4).all():
        np.testing.assert_allclose(result, single, rtol=2e-3 if dtype == "float16" else 1e-6)
    else:
        assert np.isinf(result)


def test_a_metric_of_your_own():
    metric = Distance()
    assert [variable.name for variable in metric.variables] == ["sum", "rows"]
    assert [variable.dtype for variable in metric.variables] == ["float32", "int32"]
    assert float(metric([[1.0], [2.0]], [[2.0], [0.0]])) == 1.5
    assert metric.stateless_result([12.0, 3]) == 4.0
    metric.reset_state()
    assert metric.rows == 0
    assert str(metric) == "<Distance name=distance>"
    assert type(metric).from_config(metric.get_config()).get_config() == {"name": "distance", "dtype": "float32"}


def test_variables_are_found_wherever_a_metric_holds_them():
    metric = Distance()
    metric.more = {"a": [dlcore.Variable(0.0), metric.sum], "b": (dlcore.Variable(1.0),)}
    assert len(metric.variables) == 4
    metric.inner = [Distance(), {"deeper": Distance()}]
    metric.inner[0].inner = Distance()
    assert len(metric.variables) == 10
    assert metric.variables[0] is metric.sum


def test_a_failed_update_changes_nothing():
    for name in CLASSES:
        metric = build(name)
        metric.update_state(*batch(name))
        before = [np.asarray(variable) for variable in metric.variables]
        with pytest.raises((ValueError, TypeError)):
            metric.update_state(*batch(name)[:-1], np.ones((3, 5, 2)), sample_weight=np.ones(7))
        with pytest.raises(TypeError, match="must hold real numbers"):
            metric.update_state(*batch(name)[:-1], None)
        for variable, value in zip(metric.variables, before, strict=True):
            np.testing.assert_array_equal(variable, value)


def test_what_a_base_class_asks_for():
    for call in (metrics.Metric().update_state, metrics.Metric().result):
        with pytest.raises(NotImplementedError, match="Metric must define"):
            call()

    class Forgetful(metrics.Metric):
        def __init__(self):
            self.add_variable(())

    with pytest.raises(RuntimeError, match=r"must begin with super\(\).__init__\(\)"):
        Forgetful()
    with pytest.raises(ValueError, match="initializer must have the shape"):
        metrics.Metric().add_variable((2,), [1.0, 2.0, 3.0])
    with pytest.raises(AttributeError):
        metrics.Metric().dtype = "float64"


def test_dtypes():
    assert metric_dtype(None) == "float32"
    assert metric_dtype("int") == "int32"
    assert metric_dtype(np.float64) == "float64"

    class Policy:
        compute_dtype = "float16"

    assert metric_dtype(Policy()) == "float16"
    for wrong in ("floaty", "complex64", "bool"):
        with pytest.raises(ValueError, match="dtype must be a floating or an integer type"):
            metric_dtype(wrong)


def test_a_count_does_not_stop_growing():
    mean = metrics.Mean()
    mean.update_state(1.0, sample_weight=2.0**24)
    for _ in range(3):
        mean.update_state(1.0)
    assert mean.count == 2.0**24 + 3


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((4,), (4, 1), ((4, 1), (4, 1))),
        ((4, 1), (4,), ((4, 1), (4, 1))),
        ((4, 3, 1), (4, 3), ((4, 3), (4, 3))),
        ((4, 3), (4, 3, 1), ((4, 3), (4, 3))),
        ((4, 3), (4,), ((4, 3), (4,))),
    ],
)
def test_same_rank(one, other, expected):
    assert tuple(array.shape for array in same_rank(np.ones(one), np.ones(other))) == expected


def test_aligned():
    true, pred = aligned([1, 0], [[0.5], [0.5]])
    assert true.shape == pred.shape == (2, 1)
    with pytest.raises(ValueError, match=r"y_true must have the shape of y_pred, \(2, 2\); got \(2,\)"):
        aligned([1, 0], [[0.5, 1], [0.5, 1]])


@pytest.mark.parametrize("shape", [(), (4,), (4, 1), (4, 3), (1, 3), (4, 3, 1)])
def test_element_weights(shape):
    assert element_weights(np.ones(shape), (4, 3)).shape == (4, 3)


@pytest.mark.parametrize("shape", [(3,), (3, 4), (4, 3, 2), (2, 4, 3)])
def test_weights_that_fit_nothing(shape):
    with pytest.raises(ValueError, match=r"sample_weight must have the shape \(4, 3\) of y_pred, or \(4,\)"):
        element_weights(np.ones(shape), (4, 3))


def test_divide_no_nan():
    np.testing.assert_array_equal(divide_no_nan([1, 2, 0], [2, 0, 0]), [0.5, 0, 0])
    assert divide_no_nan(3, 0) == 0
