from __future__ import annotations

import json

import numpy as np
import pytest

from dlcore import Variable, constraints
from dlcore.constraints import Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm

W = np.random.default_rng(2).uniform(-50, 50, (30, 20)) / np.geomspace(1, 1e5, 20)


def norms(w, axis=0):
    return np.sqrt((np.asarray(w) ** 2).sum(axis=axis))


def test_max_norm():
    x = np.array([[0, 0, 0], [1.0, 0, 0], [3, 0, 0], [3, 3, 3]]).T
    expected = np.array([[0, 0, 0], [1.0, 0, 0], [2, 0, 0], [2 / np.sqrt(3)] * 3]).T
    np.testing.assert_allclose(MaxNorm(2.0)(x), expected, rtol=1e-6)
    np.testing.assert_allclose(norms(MaxNorm(3, axis=1)(W), 1), np.minimum(norms(W, 1), 3), rtol=1e-6)
    np.testing.assert_allclose(norms(MaxNorm(3, axis=[0, 1])(W), (0, 1)), 3, rtol=1e-6)


def test_non_neg():
    np.testing.assert_array_equal(NonNeg()(W), np.where(W > 0, W, 0))
    assert np.isnan(NonNeg()(np.array([np.nan]))).all()


def test_unit_norm():
    np.testing.assert_allclose(norms(UnitNorm()(W)), 1, rtol=1e-3)
    np.testing.assert_array_equal(UnitNorm()(np.zeros((3, 2))), 0)
    np.testing.assert_allclose(UnitNorm(axis=1)([[3, 4]]), [[0.6, 0.8]], rtol=1e-6)


def test_min_max_norm():
    length = norms(W)
    np.testing.assert_allclose(norms(MinMaxNorm(0.2, 0.5)(W)), np.clip(length, 0.2, 0.5), rtol=1e-3)
    part = MinMaxNorm(0.2, 0.5, rate=0.3, axis=0)(W)
    np.testing.assert_allclose(norms(part), 0.3 * np.clip(length, 0.2, 0.5) + 0.7 * length, rtol=1e-3)


@pytest.mark.parametrize(
    "constraint", [MaxNorm(), NonNeg(), UnitNorm(), MinMaxNorm()], ids=lambda it: type(it).__name__
)
def test_new_arrays_of_the_same_dtype(constraint):
    for dtype in ("float16", "float32", "float64"):
        variable = Variable(W.astype(dtype), dtype=None if dtype != "float16" else "float32")
        before = variable.numpy()
        result = constraint(variable)
        assert type(result) is np.ndarray
        assert result.dtype == variable.dtype
        assert not np.may_share_memory(result, variable.array)
        np.testing.assert_array_equal(variable, before)
        assert constraint(W.astype(dtype)).dtype == dtype
    with pytest.raises(TypeError, match="w must hold real numbers"):
        constraint("a")


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("MaxNorm", {"max_value": 2, "axis": 0}),
        ("NonNeg", {}),
        ("UnitNorm", {"axis": 0}),
        ("MinMaxNorm", {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0}),
        ("Constraint", {}),
    ],
)
def test_names_and_configs(name, config):
    cls = getattr(constraints, name)
    found = constraints.get(name)
    assert type(found) is cls
    assert found.get_config() == config
    saved = json.loads(json.dumps(constraints.serialize(found)))
    assert constraints.deserialize(saved).get_config() == config
    assert cls.from_config(config).get_config() == config


def test_other_names():
    for name in ("max_norm", "min_max_norm", "non_neg", "unit_norm"):
        assert type(constraints.get(name)) is getattr(constraints, name)
    assert constraints.get(None) is None
    assert constraints.get({"class_name": "MaxNorm", "config": {"max_value": 3}}).max_value == 3
    with pytest.raises(ValueError, match="Unknown constraint 'norm'"):
        constraints.get("norm")


def test_one_s_own():
    class Half(Constraint):
        def __call__(self, w):
            return w / 2

    assert constraints.get(Half)(4.0) == 2
    assert Constraint()(W) is W
    assert constraints.get(abs) is abs


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: MaxNorm(-1), ValueError),
        (lambda: MaxNorm("a"), TypeError),
        (lambda: MinMaxNorm(min_value=np.nan), ValueError),
        (lambda: MinMaxNorm(rate=1.5), ValueError),
    ],
)
def test_bad_bounds(make, error):
    with pytest.raises(error, match="must"):
        make()
