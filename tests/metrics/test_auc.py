from __future__ import annotations

import json
import time

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dlcore import metrics

TRUE, PRED, WEIGHTS = [0, 0, 1, 1], [0, 0.5, 0.3, 0.9], [1, 0, 0, 1]


def test_documented_example():
    metric = metrics.AUC(num_thresholds=3)
    assert metric(TRUE, PRED) == 0.75
    metric.reset_state()
    assert metric(TRUE, PRED, sample_weight=WEIGHTS) == 1.0


#: Published numbers for true positives [7, 4, 0], false positives [3, 0, 0] (weights 1, 2, 3, 4 at 3 thresholds).
WEIGHTED = [
    ("ROC", "interpolation", (0.571 + 1) / 2),
    ("ROC", "majoring", 1.0),
    ("ROC", "minoring", 0.571),
    ("PR", "majoring", 1 * 0.429 + 1 * 0.571),
    ("PR", "minoring", 0.7 * 0.429 + 0 * 0.571),
    ("PR", "interpolation", 0.9166),
]


@pytest.mark.parametrize(("curve", "method", "area"), WEIGHTED)
def test_curves_and_methods(curve, method, area):
    metric = metrics.AUC(3, curve=curve.lower(), summation_method=method.capitalize())
    pred = [0.0, 0.5, 0.3, 0.9]
    assert float(metric([0, 0, 1, 1], pred, sample_weight=[1, 2, 3, 4])) == pytest.approx(area, abs=1e-3)
    assert (metric.curve, metric.summation_method) == (curve, method)


def test_precision_recall_gain():
    """True positives [2, 2, 0], false positives [2, 1, 0]: recall gains [1, 1, 0], precision gains [0, 0.5, 1]."""
    true, pred = [0, 0, 1, 1], [0.1, 0.6, 0.6, 0.9]
    for method, area in (("interpolation", 0.75), ("minoring", 0.5), ("majoring", 1.0)):
        assert metrics.AUC(3, "PRGAIN", method)(true, pred) == area


@pytest.mark.parametrize("weighted", [False, True])
def test_against_sklearn(weighted):
    rng = np.random.default_rng(3)
    true = rng.integers(0, 2, 5000)
    pred = 1 / (1 + np.exp(-rng.normal(true, 1.5)))
    weights = rng.random(5000) if weighted else None
    expected = roc_auc_score(true, pred, sample_weight=weights)
    assert float(metrics.AUC(5000)(true, pred, weights)) == pytest.approx(expected, abs=1e-4)
    logits = metrics.AUC(5000, from_logits=True)(true, np.log(pred / (1 - pred)), weights)
    assert float(logits) == pytest.approx(expected, abs=1e-4)


def test_labels_of_their_own():
    rng = np.random.default_rng(4)
    true, pred, weights = rng.integers(0, 2, (400, 3)), rng.random((400, 3)), rng.random(400)
    each = [float(metrics.AUC()(true[:, i], pred[:, i], weights)) for i in range(3)]
    metric = metrics.AUC(multi_label=True)
    assert float(metric(true, pred, weights)) == pytest.approx(np.mean(each))
    assert metric.true_positives.shape == (200, 3)
    shares = [1.0, 2.0, 5.0]
    metric = metrics.AUC(multi_label=True, num_labels=3, label_weights=shares)
    assert len(metric.variables) == 4
    assert float(metric(true, pred, weights)) == pytest.approx(np.average(each, weights=shares))
    for curve in ("PR", "PRGAIN"):
        each = [float(metrics.AUC(curve=curve)(true[:, i], pred[:, i])) for i in range(3)]
        assert float(metrics.AUC(curve=curve, multi_label=True)(true, pred)) == pytest.approx(np.mean(each))


def test_label_weights_of_one_area_weigh_columns():
    rng = np.random.default_rng(5)
    true, pred = rng.integers(0, 2, (100, 2)), rng.random((100, 2))
    metric = metrics.AUC(label_weights=[3.0, 1.0])
    expected = metrics.AUC()(
        np.concatenate([true[:, 0]] * 3 + [true[:, 1]]), np.concatenate([pred[:, 0]] * 3 + [pred[:, 1]])
    )
    assert float(metric(true, pred)) == pytest.approx(float(expected))


def test_thresholds():
    metric = metrics.AUC(num_thresholds=2, thresholds=[0.75, 0.5])
    assert metric.num_thresholds == 4
    assert metric.thresholds == pytest.approx([0, 0.5, 0.75, 1], abs=1e-6)
    assert metric.thresholds[0] < 0
    assert metric.thresholds[-1] > 1
    assert metric.get_config()["thresholds"] == [0.5, 0.75]


def test_nothing_seen():
    for metric in (metrics.AUC(), metrics.AUC(multi_label=True)):
        assert metric.result() == 0


def test_configs():
    metric = metrics.AUC(100, "PR", "majoring", "auc_1", multi_label=True, num_labels=2, label_weights=np.ones(2))
    config = metric.get_config()
    assert json.loads(json.dumps(config)) == config
    assert "thresholds" not in config
    assert metrics.AUC.from_config(config).get_config() == config


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: metrics.AUC(curve="Invalid"), 'Invalid AUC curve value: "Invalid". Expected one of: ROC, PR, PRGAIN'),
        (lambda: metrics.AUC(summation_method="no"), 'Invalid AUC summation method value: "no"'),
        (lambda: metrics.AUC(num_thresholds=1), "`num_thresholds` must be an integer > 1"),
        (lambda: metrics.AUC(num_labels=2), "`num_labels` is needed only when `multi_label`"),
        (lambda: metrics.AUC(thresholds=[2.0]), "Threshold values"),
        (lambda: metrics.AUC(multi_label=True)([1], [0.5]), "rank 2"),
        (lambda: metrics.AUC()([1, 0], [0.5, 0.5, 0.5]), "shape of y_pred"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_a_million_rows_take_well_under_a_second():
    rng = np.random.default_rng(6)
    pred = rng.random(1_000_000, dtype=np.float32)
    true = rng.random(1_000_000, dtype=np.float32) < pred
    start = time.perf_counter()
    area = float(metrics.AUC()(true, pred))
    assert time.perf_counter() - start < 1
    assert area == pytest.approx(5 / 6, abs=2e-3)
