from __future__ import annotations

import numpy as np
import pytest
from scipy.special import rel_entr, softmax
from sklearn.metrics import log_loss

from dlcore import metrics

RNG = np.random.default_rng(10)
LABELS, LOGITS, WEIGHTS = RNG.integers(0, 4, 50), RNG.normal(size=(50, 4)), RNG.random(50)
PROBABILITIES, ONE_HOT = softmax(LOGITS, axis=1), np.eye(4)[LABELS]


def test_crossentropies_against_sklearn():
    expected = log_loss(LABELS, PROBABILITIES, sample_weight=WEIGHTS)
    for from_logits, pred in ((False, PROBABILITIES), (True, LOGITS)):
        sparse = metrics.SparseCategoricalCrossentropy(from_logits=from_logits)
        assert float(sparse(LABELS, pred, WEIGHTS)) == pytest.approx(expected, rel=1e-5)
        dense = metrics.CategoricalCrossentropy(from_logits=from_logits)
        assert float(dense(ONE_HOT, pred, WEIGHTS)) == pytest.approx(expected, rel=1e-5)
    binary = metrics.BinaryCrossentropy()
    yes = LABELS > 1
    expected = log_loss(yes, PROBABILITIES[:, 0], sample_weight=WEIGHTS)
    assert float(binary(yes[:, None], PROBABILITIES[:, :1], WEIGHTS)) == pytest.approx(expected, rel=1e-5)


def test_smoothed_targets():
    smooth = 0.8 * ONE_HOT + 0.2 / 4
    expected = -(smooth * np.log(PROBABILITIES)).sum(axis=1).mean()
    metric = metrics.CategoricalCrossentropy(label_smoothing=0.2)
    assert float(metric(ONE_HOT, PROBABILITIES)) == pytest.approx(expected, rel=1e-5)
    smooth = 0.8 * ONE_HOT + 0.2 / 2
    expected = -(smooth * np.log(PROBABILITIES) + (1 - smooth) * np.log1p(-PROBABILITIES)).mean()
    metric = metrics.BinaryCrossentropy(label_smoothing=0.2)
    assert float(metric(ONE_HOT, PROBABILITIES)) == pytest.approx(expected, rel=1e-5)


def test_distances_of_distributions():
    other = softmax(RNG.normal(size=(50, 4)), axis=1)
    expected = np.average(rel_entr(other, PROBABILITIES).sum(axis=1), weights=WEIGHTS)
    assert float(metrics.KLDivergence()(other, PROBABILITIES, WEIGHTS)) == pytest.approx(expected, rel=1e-4)
    counts = RNG.integers(0, 9, (50, 4))
    expected = (PROBABILITIES - counts * np.log(PROBABILITIES + 1e-7)).mean()
    assert float(metrics.Poisson()(counts, PROBABILITIES)) == pytest.approx(expected, rel=1e-5)


def test_documented_examples():
    """Of Keras."""
    assert float(metrics.KLDivergence()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])) == pytest.approx(0.45814306)
    assert float(metrics.Poisson()([[0, 1], [0, 0]], [[1, 1], [0, 0]])) == pytest.approx(0.49999997)
    assert float(metrics.BinaryCrossentropy()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])) == pytest.approx(0.81492424)
    pred = [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    assert float(metrics.CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], pred)) == pytest.approx(1.1769392)
    assert float(metrics.SparseCategoricalCrossentropy()([1, 2], pred)) == pytest.approx(1.1769392)


def test_an_ignored_class():
    """Its rows have no loss; weighted, they have no weight either."""
    each = -np.log(PROBABILITIES[np.arange(50), LABELS]) * (LABELS != 2)
    metric = metrics.SparseCategoricalCrossentropy(ignore_class=2)
    assert float(metric(LABELS, PROBABILITIES)) == pytest.approx(each.mean(), rel=1e-5)
    metric.reset_state()
    expected = np.average(each, weights=WEIGHTS * (LABELS != 2))
    assert float(metric(LABELS, PROBABILITIES, WEIGHTS)) == pytest.approx(expected, rel=1e-5)


def test_configs():
    metric = metrics.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    assert (metric.from_logits, metric.label_smoothing, metric.axis) == (True, 0.1, -1)
    config = metric.get_config()
    assert config == {
        "name": "categorical_crossentropy",
        "dtype": "float32",
        "from_logits": True,
        "label_smoothing": 0.1,
        "axis": -1,
    }
    assert metrics.CategoricalCrossentropy.from_config(config).get_config() == config
    assert set(metrics.SparseCategoricalCrossentropy().get_config()) == {
        "name",
        "dtype",
        "from_logits",
        "ignore_class",
        "axis",
    }
    with pytest.raises(ValueError, match="label_smoothing must lie in"):
        metrics.BinaryCrossentropy(label_smoothing=2)
