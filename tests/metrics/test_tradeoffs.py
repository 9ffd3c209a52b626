from __future__ import annotations

import numpy as np
import pytest

from dlcore import metrics

#: Keras's documented examples: metric, y_true, y_pred, weights, result with and without them.
EXAMPLES = [
    (metrics.SensitivityAtSpecificity(0.5), [0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8], [1, 1, 2, 2, 1], 0.5, 1 / 3),
    (metrics.SpecificityAtSensitivity(0.5), [0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8], [1, 1, 2, 2, 2], 2 / 3, 0.5),
    (metrics.PrecisionAtRecall(0.5), [0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8], [2, 2, 2, 1, 1], 0.5, 1 / 3),
    (metrics.RecallAtPrecision(0.8), [0, 0, 1, 1], [0, 0.5, 0.3, 0.9], [1, 0, 0, 1], 0.5, 1.0),
]


@pytest.mark.parametrize(("metric", "y_true", "y_pred", "weights", "plain", "weighted"), EXAMPLES)
def test_documented_examples(metric, y_true, y_pred, weights, plain, weighted):
    metric.reset_state()
    assert float(metric(y_true, y_pred)) == pytest.approx(plain)
    metric.reset_state()
    assert float(metric(y_true, y_pred, sample_weight=weights)) == pytest.approx(weighted)


def best(given, at_least, rate):
    return max((r for g, r in zip(given, rate, strict=True) if g >= at_least), default=0)


def test_all_four_by_definition():
    rng = np.random.default_rng(2)
    true = rng.integers(0, 2, 200)
    pred = np.clip((rng.random(200) + true) / 2, 0, 1).astype(np.float32)
    positive = pred > np.linspace(0, 1, 50, dtype=np.float32)[:, None]
    tp, fp = (positive & (true == 1)).sum(1), (positive & (true == 0)).sum(1)
    sensitivity, specificity = tp / true.sum(), 1 - fp / (true == 0).sum()
    precision = tp / np.maximum(tp + fp, 1)
    for metric, expected in (
        (metrics.SensitivityAtSpecificity(0.8, 50), best(specificity, 0.8, sensitivity)),
        (metrics.SpecificityAtSensitivity(0.8, 50), best(sensitivity, 0.8, specificity)),
        (metrics.PrecisionAtRecall(0.8, 50), best(sensitivity, 0.8, precision)),
        (metrics.RecallAtPrecision(0.8, 50), best(precision, 0.8, sensitivity)),
    ):
        assert float(metric(true, pred)) == pytest.approx(expected)


def test_nothing_satisfies():
    assert metrics.RecallAtPrecision(0.9)([0, 0], [0.3, 0.4]) == 0


def test_one_class():
    metric = metrics.PrecisionAtRecall(0.5, class_id=1)
    assert metric([[0, 1], [1, 0]], [[0.9, 0.8], [0.1, 0.2]]) == 1


@pytest.mark.parametrize(
    ("cls", "argument"),
    [
        (metrics.SensitivityAtSpecificity, "specificity"),
        (metrics.SpecificityAtSensitivity, "sensitivity"),
        (metrics.PrecisionAtRecall, "recall"),
        (metrics.RecallAtPrecision, "precision"),
    ],
)
def test_arguments(cls, argument):
    metric = cls(0.4, num_thresholds=100, class_id=12, name="m")
    assert (getattr(metric, argument), metric.value, metric.num_thresholds) == (0.4, 0.4, 100)
    config = metric.get_config()
    assert config == {"name": "m", "dtype": "float32", argument: 0.4, "num_thresholds": 100, "class_id": 12}
    assert cls.from_config(config).get_config() == config
    assert cls(0.4, num_thresholds=1).thresholds == [0.5]
    for wrong in (-0.1, 1.1):
        with pytest.raises(ValueError, match=rf"`{argument}` must be in the range \[0, 1\]"):
            cls(wrong)
    with pytest.raises(ValueError, match="`num_thresholds` must be an integer > 0"):
        cls(0.5, num_thresholds=0)
