from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, top_k_accuracy_score

from dlcore import metrics

T = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
P = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3], [0.8, 0.1, 0.1]])
WEIGHTS = np.array([1.0, 2.0, 4.0])

CASES = [
    (metrics.Accuracy(), [1, 2, 3], [1, 2, 4], [1, 1, 0]),
    (metrics.Accuracy(), [[1], [2], [3]], [1, 0, 3], [1, 0, 1]),
    (metrics.CategoricalAccuracy(), T, P, [1, 0, 1]),
    (metrics.SparseCategoricalAccuracy(), [1, 2, 0], P, [1, 0, 1]),
    (metrics.SparseCategoricalAccuracy(), [[1], [2], [0]], P, [1, 0, 1]),
    (metrics.SparseCategoricalAccuracy(), [1, -1, 7], P, [1, 0, 0]),
    (metrics.BinaryAccuracy(), T, P, [2 / 3, 1 / 3, 1]),
    (metrics.BinaryAccuracy(threshold=0.25), T, P, [2 / 3, 2 / 3, 1]),
    (metrics.BinaryAccuracy(), [0, 1, 1], [0.4, 0.6, 0.3], [1, 1, 0]),
    (metrics.BinaryAccuracy(), [0, 1, 1], [[0.4], [0.6], [0.3]], [1, 1, 0]),
    (metrics.TopKCategoricalAccuracy(k=2), T, P, [1, 1, 1]),
    (metrics.TopKCategoricalAccuracy(k=1), T, P, [1, 0, 1]),
    (metrics.SparseTopKCategoricalAccuracy(k=2), [2, 1, 5], P, [1, 0, 0]),
    (metrics.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True), [2, 1, 5], [[1, 2, 0]] * 3, [1, 1, 0]),
]


@pytest.mark.parametrize(("metric", "y_true", "y_pred", "values"), CASES)
def test_values(metric, y_true, y_pred, values):
    metric.reset_state()
    assert float(metric(y_true, y_pred)) == pytest.approx(np.mean(values), rel=1e-6)
    metric.update_state(y_true, y_pred, sample_weight=WEIGHTS)
    expected = (np.sum(values) + np.dot(values, WEIGHTS)) / (3 + 7)
    assert float(metric.result()) == pytest.approx(expected, rel=1e-6)


def test_against_sklearn():
    rng = np.random.default_rng(0)
    labels, scores, weights = rng.integers(0, 6, 500), rng.random((500, 6)), rng.random(500)
    sparse = metrics.SparseCategoricalAccuracy()(labels, scores, weights)
    assert float(sparse) == pytest.approx(accuracy_score(labels, scores.argmax(1), sample_weight=weights))
    assert float(metrics.CategoricalAccuracy()(np.eye(6)[labels], scores, weights)) == float(sparse)
    for k in (1, 3, 5):
        expected = top_k_accuracy_score(labels, scores, k=k, sample_weight=weights, labels=range(6))
        assert float(metrics.SparseTopKCategoricalAccuracy(k)(labels, scores, weights)) == pytest.approx(expected)
        one_hot = metrics.TopKCategoricalAccuracy(k)(np.eye(6)[labels], scores, weights)
        assert float(one_hot) == pytest.approx(expected)


def test_the_functions_give_a_value_for_each_row_or_element():
    assert metrics.binary_accuracy(T, P).tolist() == [[1, 0, 1], [0, 1, 0], [1, 1, 1]]
    assert metrics.categorical_accuracy(T, P).tolist() == [1, 0, 1]
    assert metrics.sparse_categorical_accuracy([[[1], [2]]], P[None, :2]).tolist() == [[1, 0]]
    assert metrics.top_k_categorical_accuracy(T, P, k=2).dtype == "float32"
    assert metrics.sparse_top_k_categorical_accuracy([2, 1, 0], P, 2).tolist() == [1, 0, 1]
    assert metrics.accuracy([1, 2], [1, 3]).tolist() == [1, 0]


def test_thresholds_are_compared_in_the_dtype_of_the_prediction():
    at = np.array([0.3], np.float32)
    assert metrics.BinaryAccuracy(threshold=0.3)([0], at) == 1
    assert metrics.BinaryAccuracy(threshold=0.3)([1], np.nextafter(at, np.float32(1))) == 1


def test_truth_values_are_numbers_too():
    pred = np.array([[True], [False], [True]])
    assert float(metrics.BinaryAccuracy()([True, False, False], pred)) == pytest.approx(2 / 3)
    assert float(metrics.Accuracy()(pred, pred)) == 1


def test_ties_and_what_is_not_finite():
    equal = np.full((1, 4), 0.25)
    assert metrics.SparseTopKCategoricalAccuracy(k=1)([3], equal) == 1
    assert metrics.SparseCategoricalAccuracy()([3], equal) == 0
    assert metrics.SparseTopKCategoricalAccuracy(k=4)([0], [[np.nan, 0.5, 0.1, 0.2]]) == 0


def test_configs():
    metric = metrics.SparseTopKCategoricalAccuracy(k=3, from_sorted_ids=True)
    assert (metric.k, metric.from_sorted_ids) == (3, True)
    assert metric.get_config() == {
        "name": "sparse_top_k_categorical_accuracy",
        "dtype": "float32",
        "k": 3,
        "from_sorted_ids": True,
    }
    assert metrics.BinaryAccuracy(threshold=0.3).get_config()["threshold"] == 0.3


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: metrics.CategoricalAccuracy()(T[:2], P), "shape of y_pred"),
        (lambda: metrics.CategoricalAccuracy()([1, 2, 0], P), "its last axis the classes"),
        (lambda: metrics.SparseCategoricalAccuracy()([1, 2], P), "a label a row"),
        (lambda: metrics.SparseCategoricalAccuracy()(1, 0.5), "a number"),
        (lambda: metrics.CategoricalAccuracy()(T, P, [1.0, 2.0]), "sample_weight"),
        (lambda: metrics.CategoricalAccuracy()(1.0, 1.0), "last axis"),
        (lambda: metrics.TopKCategoricalAccuracy(k=0), "k must lie between 1"),
        (lambda: metrics.Accuracy()([1, 2], [1, 2, 3]), "shape of y_pred"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_what_is_no_number():
    with pytest.raises(TypeError, match="threshold must be a number"):
        metrics.BinaryAccuracy(threshold="0.5")
    with pytest.raises(TypeError, match="y_pred must hold real numbers"):
        metrics.BinaryAccuracy()([1], ["a"])
