from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import LabelEncoder as Oracle

from dlcore.tables import LabelEncoder

LABELS = [
    ["b", "a", "b", "ü"],
    [3, -1, 3, 7],
    [True, False, True, True],
    [1.0, 2.0, 1.0, -3.0],
    np.array([2, 1, 2], np.uint8),
    np.array([2, 1, 2], ">i4"),
    np.array(["x", "yy"], dtype=object),
    np.array([True, False], dtype=object),
    pd.Series(["x", "y", "x"], dtype="category"),
    pd.Series([1, 2, 1], dtype="Int64"),
    pd.Series(["b", "a"], dtype="string"),
]


@pytest.mark.parametrize("y", LABELS, ids=lambda y: str(getattr(y, "dtype", type(y[0]).__name__)))
def test_labels_become_sklearns_indexes_and_come_back(y):
    encoder = LabelEncoder()
    indexes = encoder.fit_transform(y)
    assert indexes.dtype == np.int64
    assert indexes.tolist() == Oracle().fit_transform(np.asarray(y)).tolist()
    assert encoder.inverse_transform(indexes).tolist() == np.asarray(y).tolist()
    assert encoder.kind_ == ("binary" if len(set(y)) <= 2 else "multiclass")
    again = LabelEncoder.from_config(json.loads(json.dumps(encoder.get_config())))
    assert again.classes_.dtype == encoder.classes_.dtype
    assert again.classes_.tolist() == encoder.classes_.tolist()
    assert again.transform(y).tolist() == indexes.tolist()


@given(st.lists(st.text(max_size=3), min_size=1, max_size=30) | st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_any_labels_come_back(y):
    y = np.array(y, object)
    encoder = LabelEncoder.from_config(json.loads(json.dumps(LabelEncoder().fit(y).get_config())))
    assert encoder.inverse_transform(encoder.transform(y)).tolist() == y.tolist()


def test_a_column_is_a_vector():
    assert LabelEncoder().fit_transform([["b"], ["a"]]).tolist() == [1, 0]
    assert LabelEncoder().fit_transform(pd.DataFrame({"y": ["b", "a"]})).tolist() == [1, 0]


def test_classes_may_be_more_than_y_shows():
    encoder = LabelEncoder().fit(["b"], classes=["c", "a", "b"])
    assert encoder.classes_.tolist() == ["a", "b", "c"]
    assert encoder.transform(["c", "a"]).tolist() == [2, 0]
    with pytest.raises(ValueError, match=r"previously unseen labels: \['d'\]; known are \['a', 'b'\]"):
        LabelEncoder().fit(["a", "d"], classes=["a", "b"])


def test_one_hot():
    encoder = LabelEncoder().fit(["b", "a", "c"])
    hot = encoder.one_hot(["c", "a"])
    assert hot.dtype == np.float32
    assert hot.tolist() == [[0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize("wrap", [np.array, sp.csr_matrix, pd.DataFrame, lambda y: np.array(y, bool), list])
def test_multilabel(wrap):
    y = [[1, 0, 1], [0, 0, 1]]
    encoder = LabelEncoder()
    targets = encoder.fit_transform(wrap(y))
    assert encoder.kind_ == "multilabel"
    assert encoder.classes_.tolist() == [0, 1, 2]
    assert targets.dtype == np.float32
    assert targets.tolist() == y
    assert encoder.one_hot(wrap(y)).tolist() == y
    assert encoder.decide([[0.9, 0.5, 0.51]]).tolist() == [[1, 0, 1]]
    assert encoder.inverse_transform(targets).tolist() == y
    again = LabelEncoder.from_config(json.loads(json.dumps(encoder.get_config())))
    assert (again.kind_, again.classes_.tolist()) == ("multilabel", [0, 1, 2])


def test_one_column_of_several_labels_if_it_is_said():
    encoder = LabelEncoder("multilabel").fit([[1], [0]])
    assert encoder.kind_ == "multilabel"
    assert encoder.transform([[1]]).tolist() == [[1.0]]


def test_decisions():
    encoder = LabelEncoder().fit(["no", "yes"])
    assert encoder.decide([[0.5], [0.51]]).tolist() == ["no", "yes"]
    assert encoder.decide([0.2, 0.8]).tolist() == ["no", "yes"]
    assert encoder.decide([[0.5, 0.5], [0.4, 0.6]]).tolist() == ["no", "yes"]
    three = LabelEncoder().fit(["a", "b", "c"])
    assert three.decide([[0.1, 0.5, 0.4], [0.3, 0.1, 0.6]]).tolist() == ["b", "c"]
    with pytest.raises(ValueError, match="a column for each of 3 classes"):
        three.decide([[0.1, 0.9]])
    assert LabelEncoder().fit(["only"]).decide([[1.0], [0.2]]).tolist() == ["only", "only"]


@pytest.mark.parametrize(
    ("y", "error", "match"),
    [
        (None, ValueError, "y cannot be None"),
        ([], ValueError, "0 sample"),
        ([1.5, 2.0], ValueError, "Unknown label type: continuous"),
        ([1.0, np.nan], ValueError, "contains NaN"),
        ([1.0, np.inf], ValueError, "infinity"),
        (["a", None], ValueError, "contains NaN"),
        (pd.Series([1, None], dtype="Int64"), ValueError, "contains NaN"),
        (np.array(["a", 1], object), TypeError, "of one type; found int, str"),
        ([1j, 2], TypeError, "complex"),
        ([b"a", b"b"], TypeError, "dtype"),
        (np.zeros((2, 2, 2)), ValueError, "1d array"),
        ([[1, 2], [3, 1]], ValueError, "Multioutput target data is not supported with label binarization"),
        ([["a", "b"]], ValueError, "Multioutput target data is not supported with label binarization"),
    ],
)
def test_what_is_refused(y, error, match):
    encoder = LabelEncoder()
    with pytest.raises(error, match=match):
        encoder.fit(y)
    assert not encoder.is_fitted


def test_labels_of_another_kind_than_before():
    encoder = LabelEncoder().fit([1, 2, 3])
    with pytest.raises(ValueError, match=r"unseen labels: \[4, 9\]; known are \[1, 2, 3\]"):
        encoder.transform([1, 9, 4])
    with pytest.raises(ValueError, match="another type"):
        encoder.transform(["1"])
    with pytest.raises(ValueError, match="must be multiclass"):
        encoder.transform([[1, 0], [0, 1]])
    with pytest.raises(ValueError, match=r"\[0, 3\); found 0 to 3"):
        encoder.inverse_transform([0, 3])
    with pytest.raises(ValueError, match="integers"):
        encoder.inverse_transform([0.5])
    with pytest.raises(ValueError, match="must have 2 columns"):
        LabelEncoder().fit([[1, 0], [0, 1]]).transform([[1, 0, 1]])
    with pytest.raises(RuntimeError, match="not fitted yet"):
        LabelEncoder().transform([1])
    with pytest.raises(ValueError, match="'auto' or 'multilabel'"):
        LabelEncoder("several")


GOOD = {"labels": "auto", "fitted": {"kind": "binary", "dtype": "<U1", "classes": ["a", "b"]}}


@pytest.mark.parametrize(
    ("fitted", "match"),
    [
        ([], "None or a dict"),
        ({}, "'kind'"),
        ({"kind": "ternary"}, "'kind'"),
        ({"classes": "ab"}, "must be a list"),
        ({"classes": []}, "must be a list"),
        ({"classes": ["b", "a"]}, "sorted"),
        ({"classes": ["a", "a"]}, "different"),
        ({"classes": ["a", "bb"]}, "not of dtype"),
        ({"classes": ["a", None]}, "dtype"),
        ({"classes": [["a"], ["b"]]}, "dtype"),
        ({"classes": [1, 2]}, "not of dtype"),
        ({"dtype": "O", "classes": ["a", 1]}, "LabelEncoder"),
        ({"dtype": "V8"}, "dtype"),
        ({"dtype": "nonsense"}, "LabelEncoder"),
        ({"dtype": "<i8", "classes": [1, 2**70]}, "LabelEncoder"),
        ({"kind": "multiclass"}, "2 classes are not multiclass"),
    ],
)
def test_hostile_configs(fitted, match):
    wrong = {**GOOD["fitted"], **fitted} if fitted else fitted
    with pytest.raises(ValueError, match=match):
        LabelEncoder.from_config({"labels": "auto", "fitted": wrong})
    assert LabelEncoder.from_config(GOOD).classes_.tolist() == ["a", "b"]
