from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import jaccard_score

from dlcore import metrics

RNG = np.random.default_rng(12)
TRUE, PRED, WEIGHTS = RNG.integers(0, 4, 200), RNG.integers(0, 4, 200), RNG.integers(1, 9, 200)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_against_sklearn(weights):
    each = jaccard_score(TRUE, PRED, average=None, sample_weight=weights)
    assert float(metrics.MeanIoU(4)(TRUE, PRED, weights)) == pytest.approx(each.mean())
    for classes in ([2], [0, 3]):
        assert float(metrics.IoU(4, classes)(TRUE, PRED, weights)) == pytest.approx(each[classes].mean())
    one_hot, scores = np.eye(4)[TRUE], np.eye(4)[PRED] * 0.5
    assert float(metrics.OneHotMeanIoU(4)(one_hot, scores, weights)) == pytest.approx(each.mean())
    assert float(metrics.OneHotIoU(4, [1])(one_hot, scores, weights)) == pytest.approx(each[1])
    sparse = metrics.OneHotMeanIoU(4, sparse_y_pred=True)
    assert float(sparse(one_hot.reshape(2, 100, 4), PRED.reshape(2, 100), weights)) == pytest.approx(each.mean())
    first = metrics.OneHotMeanIoU(4, axis=0)(one_hot.T, scores.T, weights)
    assert float(first) == pytest.approx(each.mean())


def test_a_threshold():
    """Keras's documented example."""
    metric = metrics.BinaryIoU(target_class_ids=[0, 1], threshold=0.3)
    assert float(metric([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])) == pytest.approx(1 / 3)
    metric = metrics.BinaryIoU(threshold=0.3, dtype="float32")
    result = metric([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7], sample_weight=[0.2, 0.3, 0.4, 0.1])
    assert float(result) == pytest.approx((0.2 / 0.9 + 0.1 / 0.8) / 2)
    assert metrics.BinaryIoU(target_class_ids=[1], threshold=0.5)([1], [0.5]) == 1


def test_what_does_not_count():
    assert float(metrics.MeanIoU(3)([0, 1, 1, 7, -1, 0], [0, 1, 0, 1, 1, 9])) == pytest.approx(0.5)
    ignoring = metrics.MeanIoU(3, ignore_class=1)
    assert float(ignoring([0, 1, 2], [0, 2, 2])) == 1
    assert metrics.MeanIoU(2).result() == 0


def test_whole_weights():
    metric = metrics.MeanIoU(2)
    assert metric.dtype == "int32"
    with pytest.warns(UserWarning, match="cuts off fractions"):
        metric.update_state([0, 1], [0, 1], np.array([1.5, 0.5]))
    assert metric.total_cm.array.tolist() == [[1, 0], [0, 0]]


def test_configs():
    for metric in (
        metrics.IoU(4, [1, 2], ignore_class=0, axis=1),
        metrics.MeanIoU(4, sparse_y_pred=False),
        metrics.BinaryIoU([1], 0.3),
        metrics.OneHotIoU(4, (0, 2), "one_hot"),
        metrics.OneHotMeanIoU(4, dtype="float32"),
    ):
        config = metric.get_config()
        assert type(metric).from_config(config).get_config() == config


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: metrics.IoU(2, [0, 2]), r"Target class id 2 is out of range, which is \[0, 2\)"),
        (lambda: metrics.MeanIoU(2)([0, 1], [0, 1, 1]), "as many labels"),
        (lambda: metrics.MeanIoU(2)([0, 1], [0, 1], [1, 2, 3]), "a weight for each of 2 labels"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()
