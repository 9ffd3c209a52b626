from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.preprocessing import StandardScaler

from dlcore.tables import TargetScaler


@pytest.mark.parametrize("shape", [(50,), (50, 1), (50, 3)])
def test_it_is_sklearns_standard_scaler(shape):
    y = np.random.default_rng(0).gamma(2, 100, shape)
    scaler = TargetScaler(dtype="float64")
    z = scaler.fit_transform(y)
    assert np.allclose(z, StandardScaler().fit_transform(y.reshape(50, -1)), rtol=1e-12, atol=1e-12)
    back = scaler.inverse_transform(z)
    assert back.shape == shape
    assert np.allclose(back, y, rtol=1e-14)


def test_float32_is_the_default_and_loses_only_its_rounding():
    y = np.random.default_rng(0).normal(1e6, 10, 100)
    scaler = TargetScaler()
    z = scaler.fit_transform(y)
    assert z.dtype == np.float32
    assert z.flags.c_contiguous
    assert np.abs(scaler.inverse_transform(z) - y).max() < 1e-5


@given(hnp.arrays(np.float64, (6, 2), elements=st.floats(-1e300, 1e300)))
def test_whatever_is_finite_comes_back(y):
    scaler = TargetScaler.from_config(json.loads(json.dumps(TargetScaler(dtype="float64").fit(y).get_config())))
    back = scaler.inverse_transform(scaler.transform(y))
    assert np.allclose(back, y, rtol=1e-12, atol=1e-12 * max(np.abs(y).max(), 1e-290))


@pytest.mark.parametrize(
    "y",
    [
        [1, 2, 3],
        [True, False, True],
        np.array([1, 2, 3], ">f4"),
        np.array([1, 2, 3], object),
        pd.Series([1, 2, 3], dtype="Int32"),
        pd.Series([1.5, 2, 3]),
        pd.DataFrame({"a": [1, 2, 3], "b": [1.0, 2.0, 4.0]}),
        [["1", "2"], ["3", "4"]],
    ],
    ids=lambda y: type(y).__name__,
)
def test_targets_of_many_kinds(y):
    scaler = TargetScaler().fit(y)
    assert np.allclose(scaler.inverse_transform(scaler.transform(y)), np.asarray(y).astype(float), atol=1e-6)


def test_constant_targets_are_not_divided():
    scaler = TargetScaler().fit([7.0, 7.0])
    assert scaler.transform([7.0]).tolist() == [[0.0]]
    assert scaler.inverse_transform([[0.5]]).tolist() == [7.5]


def test_counts_stay_above_0_without_a_center():
    scaler = TargetScaler(center=False)
    assert scaler.fit_transform([0, 2, 4]).tolist() == [[0], [1], [2]]
    assert TargetScaler(center=False, scale=False).fit_transform([5.0]).tolist() == [[5.0]]


def test_quantiles_of_one_target_come_back_as_columns():
    scaler = TargetScaler().fit([0.0, 2.0])
    assert scaler.inverse_transform([[-1, 0, 1]]).tolist() == [[0, 1, 2]]


def test_a_weight_is_a_repeated_row():
    y, times = np.array([1.0, 5.0, 9.0, 2.0]), np.array([2, 0, 1, 3])
    weighted, repeated = TargetScaler().fit(y, times), TargetScaler().fit(np.repeat(y, times))
    assert np.allclose(weighted.mean_, repeated.mean_)
    assert np.allclose(weighted.scale_, repeated.scale_)


@pytest.mark.parametrize(
    ("y", "match"),
    [
        (None, "y cannot be None"),
        ([], "no values"),
        ([1, np.nan], "contains NaN"),
        ([1, None], "contains NaN"),
        ([1, np.inf], "infinity"),
        ([1, 1e301], "infinity"),
        (["a"], "could not convert string to float: 'a'"),
        ([1j], "Complex data not supported"),
        (np.zeros((2, 2, 2)), "shape"),
    ],
)
def test_what_is_refused(y, match):
    scaler = TargetScaler()
    with pytest.raises(ValueError, match=match):
        scaler.fit(y)
    assert not scaler.is_fitted


def test_other_refusals():
    scaler = TargetScaler().fit(np.arange(6.0).reshape(3, 2))
    with pytest.raises(ValueError, match="must have 2 columns"):
        scaler.transform([1.0, 2.0])
    with pytest.raises(ValueError, match="must have 2 columns"):
        scaler.inverse_transform([[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match="too large for dtype"):
        scaler.transform([[1e60, 1]])
    with pytest.raises(RuntimeError, match="not fitted yet"):
        TargetScaler().inverse_transform([1.0])
    with pytest.raises(TypeError, match="center must be True or False"):
        TargetScaler(center="mean")
    with pytest.raises(ValueError, match="dtype"):
        TargetScaler(dtype="int8")


GOOD = {"mean": [1.0], "scale": [2.0], "ndim": 1}


@pytest.mark.parametrize(
    "fitted",
    [
        [],
        {"mean": None},
        {"mean": ["a"]},
        {"mean": [1.0, 2.0]},
        {"mean": [[1.0]]},
        {"mean": [], "scale": []},
        {"scale": [0.0]},
        {"scale": [float("nan")]},
        {"mean": [float("inf")]},
        {"ndim": 3},
        {"ndim": None},
        {"mean": [1.0, 2.0], "scale": [1.0, 1.0]},
    ],
)
def test_hostile_configs(fitted):
    with pytest.raises(ValueError, match="TargetScaler"):
        TargetScaler.from_config({"fitted": {**GOOD, **fitted} if fitted else fitted})
    assert TargetScaler.from_config({"fitted": GOOD}).transform([5.0]).tolist() == [[2.0]]
