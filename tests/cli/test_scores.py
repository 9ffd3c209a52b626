"""Scores are scikit-learn's, and baselines what they say they are."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics
from sklearn.dummy import DummyClassifier, DummyRegressor

from dlcore.cli import scores
from dlcore.cli.scores import Predictions


def values(rows, column=0):
    return {score.name: score.values[column] for score in rows}


@pytest.mark.parametrize("classes", [["a", "b", "c"], [0, 1], [2, 10, 100]])
def test_classification(classes, rng):
    labels = np.array(classes)
    truth = rng.choice(labels, 90, p=np.linspace(2, 1, len(labels)) / np.linspace(2, 1, len(labels)).sum())
    chances = rng.dirichlet(np.ones(len(labels)), 90)
    found = labels[chances.argmax(axis=1)]
    known = scores.baseline("classification", truth)
    others = scores.baseline_predictions("classification", known, 90)
    rows = scores.compare("classification", truth, labels, ["y"], [Predictions(found, chances), *others.values()])
    dummy = DummyClassifier(strategy="prior").fit(np.zeros((90, 1)), truth)
    both = [(found, chances), (dummy.predict(np.zeros((90, 1))), dummy.predict_proba(np.zeros((90, 1))))]
    assert list(others) == [f"always {both[1][0][0]}"]
    for column, (predicted, probabilities) in enumerate(both):
        got = values(rows, column)
        assert got["accuracy"] == pytest.approx(metrics.accuracy_score(truth, predicted))
        assert got["balanced accuracy"] == pytest.approx(metrics.balanced_accuracy_score(truth, predicted))
        f1 = metrics.f1_score(truth, predicted, average="macro", zero_division=0.0)
        assert got["F1, mean of the classes"] == pytest.approx(f1)
        assert got["log loss"] == pytest.approx(metrics.log_loss(truth, probabilities, labels=labels))
        if len(labels) == 2:
            area = metrics.roc_auc_score(truth, probabilities[:, 1])
            assert got["area under the ROC curve"] == pytest.approx(area)


def test_regression_of_two_targets(rng):
    truth, found = rng.normal(size=(50, 2)), rng.normal(size=(50, 2))
    known = scores.baseline("regression", truth)
    others = scores.baseline_predictions("regression", known, 50)
    rows = scores.compare("regression", truth, None, ["a", "b"], [Predictions(found), *others.values()])
    dummies = [DummyRegressor(strategy=name).fit(truth, truth).predict(truth) for name in ("mean", "median")]
    for column, predicted in enumerate([found, *dummies]):
        got = values(rows, column)
        for k, name in enumerate("ab"):
            actual, values_of = truth[:, k], predicted[:, k]
            assert got[f"{name}: R²"] == pytest.approx(metrics.r2_score(actual, values_of))
            assert got[f"{name}: mean absolute error"] == pytest.approx(metrics.mean_absolute_error(actual, values_of))
            error = metrics.root_mean_squared_error(actual, values_of)
            assert got[f"{name}: root mean squared error"] == pytest.approx(error)


def test_multilabel(rng):
    truth, found = (rng.random((40, 3)) < 0.4).astype(int), (rng.random((40, 3)) < 0.4).astype(int)
    rows = scores.compare("multilabel", truth, None, ["a", "b", "c"], [Predictions(found)])
    got = values(rows)
    assert got["rows with all labels right"] == pytest.approx(metrics.accuracy_score(truth, found))
    assert got["labels right"] == pytest.approx(1 - metrics.hamming_loss(truth, found))


@pytest.mark.parametrize(
    ("value", "text"), [(0.123456, "0.1235"), (21970.4, "21,970"), (-1234.5, "-1,234"), (3.0, "3")]
)
def test_numbers_are_written_as_people_do(value, text):
    assert scores.number(value) == text
