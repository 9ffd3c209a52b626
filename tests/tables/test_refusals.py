"""What the encoder of features refuses, and that nothing has changed then."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from dlcore.tables import FeatureEncoder

GOOD = np.array([[1.0, 2.0], [3.0, 5.0]])


@pytest.mark.parametrize(
    ("x", "error", "match"),
    [
        (None, ValueError, "X must be a table; got None"),
        (5.0, ValueError, "X must be a table"),
        ("table", ValueError, "X must be a table"),
        ([1.0, 2.0], ValueError, "Expected 2D array, got 1D array instead"),
        (pd.Series([1.0]), ValueError, "a frame of one column"),
        (np.zeros((2, 2, 2)), ValueError, "Found array with dim 3"),
        (np.empty((0, 3)), ValueError, r"0 sample\(s\) \(shape=\(0, 3\)\) while a minimum of 1 is required"),
        (np.empty((3, 0)), ValueError, r"0 feature\(s\) \(shape=\(3, 0\)\) while a minimum of 1 is required"),
        ([[1], [1, 2]], ValueError, "differ in length"),
        ({"a": [1, 2], "b": [1]}, ValueError, "differ in length: 1, 2"),
        (GOOD * 1j, ValueError, "Complex data not supported"),
        ([[1j, "a"]], ValueError, "Complex data not supported"),
        ([[1, {"foo": "bar"}]], TypeError, "argument must be a string, a date or a number .*column 1 holds a dict"),
        ([[1.0, np.inf]], ValueError, "Input X contains infinity or a value too large .*column 1"),
        ([["a", float("inf")]], ValueError, "Input X contains infinity"),
        ([[1, 10**400]], ValueError, "too large"),
        ([[1e301, 0.0]], ValueError, "too large"),
        (sp.csr_matrix([[np.inf]]), ValueError, "infinity"),
        (sp.csr_matrix([[1j]]), ValueError, "Complex data not supported"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ValueError, "'a' comes twice"),
        (pd.DataFrame([[1, 2]], columns=["a", 1]), TypeError, "only supported if all input features have string names"),
        (np.array([[b"\xff"]]), ValueError, "utf-8"),
        (np.zeros((2, 1), "V4"), TypeError, "dtype"),
        ([["a"], ["b"]], ValueError, "nothing to learn from"),
    ],
    ids=repr,
)
def test_tables_that_cannot_be_learned(x, error, match):
    encoder = FeatureEncoder().fit(GOOD)
    before = encoder.get_config()
    with pytest.raises(error, match=match):
        encoder.fit(x)
    assert encoder.get_config() == before


@pytest.mark.parametrize(
    ("x", "match"),
    [
        ([[1.0, np.inf]], "infinity .*column 1"),
        ([[-np.inf, 1.0]], "infinity .*column 0"),
        ([[-np.inf, 1.0], [np.inf, 1.0]], "infinity .*column 0"),
        ([[1.0, "a"]], "could not convert string to float: 'a', in column 1"),
        ([[1.0, pd.Timestamp("2020-01-01")]], "must hold numbers; it holds the date 2020-01-01"),
        ([[1.0]], "X has 1 features, but FeatureEncoder is expecting 2 features as input"),
    ],
)
def test_tables_that_do_not_fit(x, match):
    with pytest.raises(ValueError, match=match):
        FeatureEncoder().fit(GOOD).transform(x)


def test_dates_that_are_none():
    encoder = FeatureEncoder().fit(pd.DataFrame({"t": pd.date_range("2020-01-01", periods=3)}))
    for wrong in ("soon", 5):
        with pytest.raises(ValueError, match="column 't' must hold dates"):
            encoder.transform(pd.DataFrame({"t": [wrong]}))


def test_text_where_no_category_was_said():
    with pytest.raises(ValueError, match=r"could not convert string to float: 'x'.* 'b'.*name it there"):
        FeatureEncoder(categorical_features=["a"]).fit(pd.DataFrame({"a": ["x"], "b": ["x"]}))


@pytest.mark.parametrize(
    ("chosen", "error", "match"),
    [
        ("all", ValueError, "'auto', None or a list"),
        ([1.5], TypeError, "names, indexes, or one boolean a column"),
        ([True, 1], TypeError, "names, indexes, or one boolean a column"),
        ([True], ValueError, "a mask of 1 entries, but X has 2 columns"),
        (["c"], ValueError, "names 'c', which is no column of X: its columns have no names"),
        ([2], ValueError, "holds 2, but X has 2 columns"),
    ],
)
def test_columns_that_are_none(chosen, error, match):
    with pytest.raises(error, match=match):
        FeatureEncoder(categorical_features=chosen).fit(GOOD)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"scaling": "quantile"}, ValueError, "None or one of robust, standard, minmax; got 'quantile'"),
        ({"clip": 0}, ValueError, "clip"),
        ({"clip": "3"}, TypeError, "clip"),
        ({"max_categories": 1}, ValueError, "max_categories"),
        ({"min_frequency": 0}, ValueError, "min_frequency"),
        ({"min_frequency": 1.5}, ValueError, "min_frequency"),
        ({"sparse": True}, ValueError, "'keep' or 'dense'"),
        ({"indicators": "yes"}, TypeError, "indicators must be True or False"),
        ({"dtype": "int32"}, ValueError, "float32, float64"),
    ],
)
def test_arguments_that_are_none(arguments, error, match):
    with pytest.raises(error, match=match):
        FeatureEncoder(**arguments)
    encoder = FeatureEncoder()
    with pytest.raises(error, match=match):
        encoder.set_params(**arguments)
    assert encoder.get_params() == FeatureEncoder().get_params()


def test_nothing_learned_yet():
    for act in (
        lambda e: e.transform(GOOD),
        lambda e: e.get_feature_names_out(),
        lambda e: e.describe(),
    ):
        with pytest.raises(RuntimeError, match="not fitted yet"):
            act(FeatureEncoder())
    with pytest.raises(ValueError, match="no parameter 'scale'"):
        FeatureEncoder().set_params(scale=1)
