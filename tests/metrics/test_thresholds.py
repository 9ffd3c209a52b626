from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.metrics.thresholds import (
    LOWEST,
    confusion,
    count,
    even_thresholds,
    evenly_distributed,
    keep_top_k,
    parse_thresholds,
)


def pairwise(y_true, y_pred, thresholds, weights):
    """The definition: each prediction beside each threshold."""
    positive = y_pred[None] > np.asarray(thresholds)[:, None, None]
    true = y_true[None] != 0
    cells = (positive & true, positive & ~true, ~positive & ~true, ~positive & true)
    return [(cell * weights).sum(axis=1) for cell in cells]


@given(st.integers(0, 2**32), st.integers(0, 30), st.integers(1, 4), st.integers(1, 9))
def test_buckets_count_what_pairs_count(seed, rows, columns, thresholds):
    rng = np.random.default_rng(seed)
    limits = rng.integers(0, 9, thresholds) / 8
    pred, true = rng.integers(0, 9, (rows, columns)) / 8, rng.integers(0, 2, (rows, columns))
    weights = rng.integers(0, 5, (rows, columns)) / 4
    for given_weights in (None, weights):
        expected = pairwise(true, pred, limits, 1 if given_weights is None else weights)
        for counted, sums in zip(count(true, pred, limits, given_weights), expected, strict=True):
            np.testing.assert_array_equal(counted, sums)


def test_nan_is_never_positive():
    assert [sums.tolist() for sums in count(np.ones((2, 1)), np.array([[np.nan], [0.7]]), np.array([0.1, 0.8]))] == [
        [[1], [0]],
        [[0], [0]],
        [[0], [0]],
        [[1], [2]],
    ]


def test_top_k_and_one_class():
    pred = np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2]])
    np.testing.assert_array_equal(keep_top_k(pred, 1), [[LOWEST, 0.5, LOWEST], [0.4, LOWEST, LOWEST]])
    counts = confusion([[0, 1, 0], [0, 1, 0]], pred, None, [LOWEST], "float32", top_k=1)
    assert [int(sums[0]) for sums in counts] == [1, 1, 3, 1]
    counts = confusion([[0, 1, 0], [0, 1, 0]], pred, [1, 3], [0.45], "float32", class_id=1)
    assert [int(sums[0]) for sums in counts] == [1, 0, 0, 3]


def test_evenly_distributed_thresholds_clip_predictions():
    assert evenly_distributed(np.array(even_thresholds(7)))
    assert not evenly_distributed(np.array([0.0, 0.5, 0.9]))
    assert confusion([1], [1.5], None, [0.0, 0.5, 1.0], "float32").true_positives.tolist() == [1, 1, 0]
    assert confusion([1], [1.5], None, [0.1, 0.5, 1.0], "float32").true_positives.tolist() == [1, 1, 1]


def test_parse_thresholds():
    assert parse_thresholds(None, 0.5) == [0.5]
    assert parse_thresholds(0.25, 0.5) == [0.25]
    assert parse_thresholds(np.array([0.25, 0.75]), 0.5) == [0.25, 0.75]
    with pytest.raises(ValueError, match=r"Threshold values must be in \[0, 1\]. Received: \[-1, 2\]"):
        parse_thresholds([-1, 0.5, 2], 0.5)
    with pytest.raises(ValueError, match=r"Received: \[None\]"):
        parse_thresholds([None], 0.5)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"class_id": 0, "y_true": [1, 0], "y_pred": [0.5, 0.5]}, "When class_id is provided"),
        ({"class_id": 2}, "class_id must lie between 0 and 1"),
        ({"y_true": [1, 0]}, "y_true must have the shape of y_pred"),
        ({"sample_weight": [1.0, 2.0, 3.0]}, "sample_weight must have the shape"),
    ],
)
def test_bad_input(arguments, match):
    given = {"y_true": [[1, 0]], "y_pred": [[0.5, 0.5]], "sample_weight": None, **arguments}
    with pytest.raises(ValueError, match=match):
        confusion(thresholds=[0.5], dtype="float32", **given)
