from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import pearsonr

from dlcore import metrics

RNG = np.random.default_rng(9)
TRUE, PRED = RNG.random((5, 8)), RNG.random((5, 8))


def concordance(x, y):
    covariance = ((x - x.mean()) * (y - y.mean())).mean()
    return 2 * covariance / (x.var() + y.var() + (x.mean() - y.mean()) ** 2 + 1e-7)


def test_each_row_against_its_definition():
    rows = list(zip(TRUE, PRED, strict=True))
    cosines = [x @ y / np.linalg.norm(x) / np.linalg.norm(y) for x, y in rows]
    np.testing.assert_allclose(metrics.cosine_similarity(TRUE, PRED), cosines)
    np.testing.assert_allclose(metrics.pearson_correlation(TRUE, PRED), [pearsonr(x, y).statistic for x, y in rows])
    np.testing.assert_allclose(metrics.concordance_correlation(TRUE, PRED), [concordance(x, y) for x, y in rows])


@pytest.mark.parametrize("cls", [metrics.CosineSimilarity, metrics.PearsonCorrelation, metrics.ConcordanceCorrelation])
def test_metrics_average_rows(cls):
    weights = np.arange(5.0)
    fn = cls()._fn
    assert float(cls()(TRUE, PRED, weights)) == pytest.approx(np.average(np.asarray(fn(TRUE, PRED)), weights=weights))
    assert float(cls(axis=0)(TRUE, PRED)) == pytest.approx(np.asarray(fn(TRUE.T, PRED.T)).mean())
    assert cls.from_config(cls(axis=0).get_config()).axis == 0


def test_documented_examples():
    """Of Keras: (0 · 1 + 1 · 0) / √… for the first row, 1 for the second."""
    metric = metrics.CosineSimilarity()
    assert float(metric([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]])) == pytest.approx(0.5)
    metric.reset_state()
    weighted = metric([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]], sample_weight=[0.3, 0.7])
    assert float(weighted) == pytest.approx(0.7)


def test_borders():
    assert metrics.cosine_similarity([[0, 0]], [[1, 2]]).tolist() == [0]
    assert np.isnan(metrics.pearson_correlation([[1.0, 1.0]], [[1.0, 2.0]])).all()
    assert metrics.cosine_similarity([[3, 4]], [[6, 8]]).dtype == "float32"
    with pytest.raises(ValueError, match="at least one axis"):
        metrics.pearson_correlation(1.0, 2.0)
