from __future__ import annotations

import pytest

from dlcore import naming, utils


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Dense", "dense"), ("MeanSquaredError", "mean_squared_error"), ("SmoothL1", "smooth_l1"), ("SGD", "sgd")],
)
def test_snake_case(name, expected):
    assert naming.snake_case(name) == expected


def test_automatic_names_are_numbered():
    utils.clear_session()
    assert [naming.auto_name("Dense") for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    assert naming.auto_name("Variable") == "variable"
    utils.clear_session()
    assert naming.auto_name("Dense") == "dense"


def test_unique():
    assert naming.unique([]) == []
    assert naming.unique(["a", "a", "b", "a"]) == ["a", "a_1", "b", "a_2"]
    assert naming.unique(["a", "a_1", "a", "a"]) == ["a", "a_1", "a_2", "a_3"]
    assert naming.unique(["a", "a", "a_1"]) == ["a", "a_1", "a_1_1"]
