from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from dlcore import metrics

#: Keras's documented examples: name, y_true, y_pred, count, count with weights [1, 0] or [0, 0, 1, 0].
COUNTS = [
    ("TruePositives", [0, 1, 1, 1], [1, 0, 1, 1], 2.0, 1.0),
    ("FalsePositives", [0, 1, 0, 0], [0, 0, 1, 1], 2.0, 1.0),
    ("TrueNegatives", [0, 1, 0, 0], [1, 1, 0, 0], 2.0, 1.0),
    ("FalseNegatives", [0, 1, 1, 1], [0, 1, 0, 0], 2.0, 1.0),
]


@pytest.mark.parametrize(("name", "y_true", "y_pred", "count", "weighted"), COUNTS)
def test_counts(name, y_true, y_pred, count, weighted):
    metric = getattr(metrics, name)()
    assert metric(y_true, y_pred) == count
    assert metric.accumulator.shape == (1,)
    metric.reset_state()
    assert metric(y_true, y_pred, sample_weight=[0, 0, 1, 0]) == weighted


def test_a_count_for_each_threshold():
    pred = [(0.9, 0.2, 0.8, 0.1), (0.2, 0.9, 0.7, 0.6), (0.1, 0.2, 0.4, 0.3), (0, 1, 0.7, 0.3)]
    true = [(0, 1, 1, 0), (1, 0, 0, 0), (0, 0, 0, 0), (1, 1, 1, 1)]
    metric = metrics.FalsePositives(thresholds=[0.15, 0.5, 0.85])
    assert metric(true, pred).tolist() == [7, 4, 2]
    assert metric.thresholds == [0.15, 0.5, 0.85]
    assert metric.get_config()["thresholds"] == [0.15, 0.5, 0.85]
    unsorted = metrics.FalsePositives(thresholds=[0.85, 0.15, 0.5])
    assert unsorted(true, pred).tolist() == [2, 7, 4]


def test_precision_and_recall_against_sklearn():
    rng = np.random.default_rng(1)
    true, pred, weights = rng.integers(0, 2, 300), rng.random(300), rng.random(300)
    for threshold in (0.2, 0.5):
        chosen = pred > threshold
        for metric, score in (
            (metrics.Precision(threshold), precision_score),
            (metrics.Recall(threshold), recall_score),
        ):
            metric.update_state(true[:100], pred[:100], weights[:100])
            metric.update_state(true[100:, None], pred[100:], weights[100:])
            expected = score(true, chosen, sample_weight=weights)
            assert float(metric.result()) == pytest.approx(expected, rel=1e-6)


def test_one_class_and_the_largest_k():
    true, pred = [[0, 1, 0], [1, 0, 0]], [[0.2, 0.6, 0.7], [0.6, 0.3, 0.1]]
    assert metrics.Precision(class_id=1)(true, pred) == 1
    assert metrics.Recall(class_id=0)(true, pred) == 1
    assert metrics.Precision(class_id=2)(true, pred) == 0
    assert metrics.Precision(top_k=2)(true, pred) == 0.5
    assert metrics.Recall(top_k=1)(true, pred) == 0.5
    assert metrics.Recall(top_k=1, thresholds=0.65)(true, pred) == 0
    assert metrics.Precision(top_k=1, class_id=0)(true, pred) == 1


def test_several_thresholds_and_none_positive():
    metric = metrics.Precision(thresholds=[0.0, 0.5, 1.0])
    assert metric([0, 1, 1], [0.1, 0.6, 0.4]).tolist() == pytest.approx([2 / 3, 1, 0])
    assert metrics.Recall()([0, 0], [0.9, 0.1]) == 0


def test_configs():
    metric = metrics.Recall(thresholds=[0.4, 0.9], top_k=3, class_id=12, name="r")
    config = metric.get_config()
    assert config == {"name": "r", "dtype": "float32", "thresholds": [0.4, 0.9], "top_k": 3, "class_id": 12}
    assert metrics.Recall.from_config(config).get_config() == config
    assert len(metric.variables) == 2
    with pytest.raises(ValueError, match="top_k must lie between 1"):
        metrics.Precision(top_k=0)
    with pytest.raises(ValueError, match=r"Threshold values must be in \[0, 1\]"):
        metrics.Recall(thresholds=1.5)
