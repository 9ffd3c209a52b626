from __future__ import annotations

import numpy as np
import pytest

from dlcore.labels import labels_in_range


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.uint16, np.float32, np.float64, bool, ">i4"])
def test_every_kind_of_whole_number(dtype):
    y = np.array([0, 1, 1, 0], dtype)
    labels = labels_in_range(y, 2)
    assert labels.dtype == np.int64
    assert labels.flags.c_contiguous
    assert np.array_equal(labels, [0, 1, 1, 0])


def test_what_is_ready_is_not_copied():
    y = np.array([0, 1, 2])
    assert labels_in_range(y, 3) is y
    assert labels_in_range(np.empty(0, np.int64), 3).shape == (0,)


@pytest.mark.parametrize(
    ("y", "error", "match"),
    [
        ([0, 3], ValueError, r"\[0, 3\).*found 0 to 3"),
        ([-1, 2], ValueError, "found -1 to 2"),
        ([0.5, 1], ValueError, "fractions"),
        ([np.nan, 1], ValueError, "NaN"),
        ([1e30, 1], ValueError, "labels in"),
        (["a"], TypeError, "integer labels"),
        ([1j], TypeError, "integer labels"),
    ],
)
def test_bad_labels(y, error, match):
    with pytest.raises(error, match=match):
        labels_in_range(np.array(y), 3, "y")
