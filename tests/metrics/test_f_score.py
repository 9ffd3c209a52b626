from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import fbeta_score

from dlcore import metrics

TRUE = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0]])
PRED = np.array([[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])


def test_documented_examples():
    f1 = metrics.F1Score(threshold=0.5)
    assert f1(TRUE, PRED).tolist() == pytest.approx([0.5, 0.8, 2 / 3], abs=1e-6)
    f2 = metrics.FBetaScore(beta=2.0, threshold=0.5)
    assert f2(TRUE, PRED).tolist() == pytest.approx([0.3846154, 0.90909094, 0.8333334], abs=1e-6)


@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted"])
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_against_sklearn(average, beta, weighted):
    rng = np.random.default_rng(7)
    true, pred = rng.integers(0, 2, (300, 4)), rng.random((300, 4))
    weights = rng.random(300) if weighted else None
    metric = metrics.FBetaScore(average, beta, 0.3)
    for part in (slice(0, 99), slice(99, None)):
        metric.update_state(true[part], pred[part], None if weights is None else weights[part])
    expected = fbeta_score(true, pred > 0.3, beta=beta, average=average, sample_weight=weights)
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-5)


def test_without_a_threshold_the_largest_counts():
    true = np.eye(3)[[0, 1, 2, 2]]
    pred = [[0.5, 0.3, 0.2], [0.5, 0.4, 0.1], [0.1, 0.1, 0.8], [0.0, 0.0, 0.0]]
    assert metrics.F1Score()(true, pred).tolist() == pytest.approx([2 / 3, 0, 2 / 3], abs=1e-6)


def test_targets_of_one_column():
    assert float(metrics.F1Score("micro", 0.5)([1, 0, 1], [[0.9], [0.8], [0.7]])) == pytest.approx(0.8, abs=1e-6)


def test_weights_of_elements():
    one = metrics.F1Score(threshold=0.5)(TRUE, PRED, [[1, 0, 1], [1, 1, 0], [0, 1, 1]])
    assert one.tolist() == pytest.approx([0, 2 / 3, 1], abs=1e-6)


def test_configs():
    config = metrics.FBetaScore("macro", 2.0, 0.5, "f", "float64").get_config()
    assert config == {"name": "f", "dtype": "float64", "average": "macro", "beta": 2.0, "threshold": 0.5}
    assert metrics.FBetaScore.from_config(config).get_config() == config
    assert metrics.F1Score().get_config() == {
        "name": "f1_score",
        "dtype": "float32",
        "average": None,
        "threshold": None,
    }
    assert metrics.F1Score().result() == 0


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"average": "all"}, "`average`"),
        ({"beta": 1}, "`beta` argument value. It should be a Python float. Received: beta=1 of type"),
        ({"beta": -1.0}, "`beta` argument value. It should be > 0"),
        ({"threshold": 1}, "`threshold` argument value. It should be a Python float"),
        ({"threshold": 0.0}, "`threshold` argument value. It should verify 0 < threshold <= 1"),
    ],
)
def test_bad_arguments(arguments, match):
    with pytest.raises(ValueError, match=match):
        metrics.FBetaScore(**arguments)


def test_bad_shapes():
    with pytest.raises(ValueError, match="FBetaScore expects 2D inputs"):
        metrics.FBetaScore()([1, 0], [0.5, 0.5])
