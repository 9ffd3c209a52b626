from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import hinge_loss

from dlcore import metrics

#: Keras's documented example.
TRUE, PRED, WEIGHTS = [[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]], [1, 0]
EXAMPLES = [
    (metrics.Hinge(), 1.3, 1.1),
    (metrics.SquaredHinge(), 1.86, 1.46),
    (metrics.CategoricalHinge(), 1.4, 1.2),
]


@pytest.mark.parametrize(("metric", "plain", "weighted"), EXAMPLES)
def test_documented_examples(metric, plain, weighted):
    metric.reset_state()
    assert float(metric(TRUE, PRED)) == pytest.approx(plain)
    metric.reset_state()
    assert float(metric(TRUE, PRED, sample_weight=WEIGHTS)) == pytest.approx(weighted)


def test_against_sklearn():
    rng = np.random.default_rng(11)
    true, pred = rng.choice([-1, 1], 40), rng.normal(size=40)
    expected = hinge_loss(true, pred)
    assert float(metrics.Hinge()(true, pred)) == pytest.approx(expected)
    assert float(metrics.Hinge()((true[:, None] + 1) // 2, pred[:, None])) == pytest.approx(expected)
    assert float(metrics.SquaredHinge()(true, pred)) == pytest.approx(np.square(np.maximum(1 - true * pred, 0)).mean())
    scores, labels = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    expected = hinge_loss(labels, scores)
    assert float(metrics.CategoricalHinge()(np.eye(3)[labels], scores)) >= expected
