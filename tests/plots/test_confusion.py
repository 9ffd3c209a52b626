"""Counts are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from dlcore import plots

RNG = np.random.default_rng(0)
TRUTH = RNG.integers(0, 4, 200)
GUESS = np.where(RNG.random(200) < 0.7, TRUTH, RNG.integers(0, 3, 200))


def drawn(ax):
    return np.asarray(ax.images[0].get_array())


@pytest.mark.parametrize("normalize", [None, "true", "pred", "all"])
def test_counts_and_shares(normalize, ax):
    assert plots.confusion_matrix(TRUTH, GUESS, normalize=normalize, ax=ax) is ax
    expected = metrics.confusion_matrix(TRUTH, GUESS, normalize=normalize)
    np.testing.assert_allclose(drawn(ax), expected, rtol=1e-12)
    written = [text.get_text() for text in ax.texts]
    assert written == [f"{v:.2f}" if normalize else str(v) for v in expected.ravel()]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")


def test_a_class_that_never_occurs_has_shares_of_zero(ax):
    plots.confusion_matrix([0, 1], [0, 1], labels=[0, 1, 2], normalize="true", ax=ax)
    assert drawn(ax).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_labels_names_and_order(ax):
    truth, guess = np.array(["b", "a", "c", "a"]), np.array(["b", "c", "c", "a"])
    plots.confusion_matrix(truth, guess, labels=["c", "a", "b"], names=["C", "A", "B"], ax=ax)
    assert np.array_equal(drawn(ax), metrics.confusion_matrix(truth, guess, labels=["c", "a", "b"]))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["C", "A", "B"]


def test_scores_and_one_hot(ax):
    scores = np.eye(4)[GUESS] + 0.1 * RNG.random((200, 4))
    plots.confusion_matrix(np.eye(4)[TRUTH], scores, ax=ax)
    assert np.array_equal(drawn(ax), metrics.confusion_matrix(TRUTH, GUESS))
    ax.clear()
    plots.confusion_matrix([[0], [1], [1]], [[0.2], [0.9], [0.4]], ax=ax)
    assert drawn(ax).tolist() == [[1, 0], [1, 1]]
    ax.clear()
    plots.confusion_matrix([0, 1, 1], [0.0, 1.0, 0.0], ax=ax)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "1"]


def test_many_classes_have_a_bar_instead_of_numbers(ax):
    plots.confusion_matrix(np.arange(40), np.arange(40), ax=ax)
    assert not ax.texts
    assert len(ax.figure.axes) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y_pred": [0, 1]}, "must have a row for each other; got 3 and 2"),
        ({"normalize": "rows"}, "normalize must be None, 'true', 'pred' or 'all'"),
        ({"labels": [0, 1]}, "y_true must hold labels among 0, 1; found 2"),
        ({"names": ["zero"]}, "names must be one a class: 3; got 1"),
        ({"y_true": [0.0, 0.5, 1.0]}, "y_true must hold labels; got other numbers"),
        ({"y_pred": [0.0, 1.0, np.nan]}, "y_pred must hold labels or probabilities; got other numbers"),
        ({"y_pred": np.zeros((3, 2, 2))}, r"y_pred must have shape \(rows,\)"),
    ],
)
def test_what_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        plots.confusion_matrix(**{"y_true": [0, 1, 2], "y_pred": [0, 1, 2], **change})
