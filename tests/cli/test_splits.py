"""Rows cut in two: nothing twice, nothing lost, every class on both sides where that can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.cli.errors import CommandError
from dlcore.cli.splits import split


@given(st.lists(st.integers(0, 4), min_size=10, max_size=80), st.floats(0.05, 0.5), st.integers(0, 2**32 - 1))
def test_every_row_is_on_one_side(labels, part, seed):
    y = np.array(labels)
    stay, go = split(y, part, seed, True, "--test-size")
    assert sorted([*stay, *go]) == list(range(len(y)))
    assert len(go) == max(1, round(part * len(y)))
    again = split(y, part, seed, True, "--test-size")
    np.testing.assert_array_equal(go, again[1])


def test_classes_keep_their_shares_and_what_is_alone_stays():
    y = np.array(["a"] * 60 + ["b"] * 30 + ["c"] * 9 + ["only"])
    stay, go = split(y, 0.3, 0, True, "--test-size")
    assert "only" in y[stay]
    counts = {name: int((y[go] == name).sum()) for name in "abc"}
    assert counts["a"] in (18, 19)
    assert counts["b"] in (9, 10)
    assert counts["c"] in (2, 3)


def test_too_few_rows_for_every_class_are_cut_all_the_same():
    stay, go = split(np.arange(40) % 20, 3, 0, True, "--test-size")
    assert (len(stay), len(go)) == (37, 3)


@pytest.mark.parametrize("part", [9, 10, 11, 0.95])
def test_something_must_be_left(part):
    with pytest.raises(CommandError, match="some must be left to train on"):
        split(np.arange(10.0), part, 0, False, "--test-size")
