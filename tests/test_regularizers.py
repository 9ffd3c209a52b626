from __future__ import annotations

import json

import numpy as np
import pytest

import dlcore
from dlcore import Variable, regularizers
from dlcore.autodiff import GradientTape, Tensor
from dlcore.regularizers import L1, L1L2, L2, OrthogonalRegularizer, Regularizer

W = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.5]])


def angles(matrix):
    unit = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    cosines = np.abs(unit @ unit.T)
    return cosines[np.triu_indices(len(matrix), 1)].mean()


@pytest.mark.parametrize(
    ("regularizer", "expected"),
    [
        (L1(), 0.01 * 8),
        (L1(0.5), 0.5 * 8),
        (L2(), 0.01 * 16.5),
        (L2(None), 0.01 * 16.5),
        (L1L2(), 0.0),
        (L1L2(l1=0.1, l2=0.2), 0.8 + 3.3),
        (L1L2(None, 0.2), 3.3),
        (OrthogonalRegularizer(), 0.01 * angles(W)),
        (OrthogonalRegularizer(2, "columns"), 2 * angles(W.T)),
    ],
)
def test_penalties(regularizer, expected):
    for x, dtype in ((W, "float64"), (W.astype("f"), "float32"), (Variable(W), "float64"), (W.tolist(), "float32")):
        value = regularizer(x)
        assert isinstance(value, Tensor)
        assert value.shape == ()
        assert value.dtype == dtype
        assert float(value) == pytest.approx(expected, rel=1e-6)


def test_integers():
    assert float(L2(1.0)(np.array([1, 2, 3]))) == 14
    assert L1()([1, 2]).dtype == "float32"


@pytest.mark.parametrize(
    "regularizer",
    [L1(0.3), L2(0.3), L1L2(0.1, 0.2), OrthogonalRegularizer(0.7), OrthogonalRegularizer(0.7, "columns")],
    ids=lambda it: type(it).__name__,
)
def test_gradients(regularizer):
    w, h = Variable(W + 0.1), 1e-6
    with GradientTape() as tape:
        value = regularizer(w)
    expected = np.zeros_like(W)
    for place in np.ndindex(W.shape):
        up, down = w.numpy(), w.numpy()
        up[place] += h
        down[place] -= h
        expected[place] = (float(regularizer(up)) - float(regularizer(down))) / (2 * h)
    np.testing.assert_allclose(tape.gradient(value, w), expected, rtol=1e-6, atol=1e-8)


def test_rows_without_length_or_company():
    w = Variable(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]))
    with GradientTape() as tape:
        value = OrthogonalRegularizer(1.0)(w)
    assert float(value) == pytest.approx(np.sqrt(0.5) / 3)
    assert np.isfinite(np.asarray(tape.gradient(value, w))).all()
    assert float(OrthogonalRegularizer(1.0)(W[:1])) == 0


def test_names_and_configs():
    for name, cls in {
        "l1": L1,
        "L1": L1,
        "l2": L2,
        "l1_l2": L1L2,
        "l1l2": L1L2,
        "L1L2": L1L2,
        "orthogonal_regularizer": OrthogonalRegularizer,
        "OrthogonalRegularizer": OrthogonalRegularizer,
    }.items():
        found = regularizers.get(name)
        assert type(found) is cls
        saved = json.loads(json.dumps(regularizers.serialize(found)))
        assert regularizers.deserialize(saved).get_config() == found.get_config()
    assert regularizers.get(L2).l2 == 0.01
    assert regularizers.get({"class_name": "L1L2", "config": {"l1": 0.5, "l2": 0.25}}).l1 == 0.5
    assert regularizers.get(None) is None
    assert regularizers.l1_l2 is L1L2
    assert dlcore.Regularizer is Regularizer
    with pytest.raises(ValueError, match=r"Unknown regularizer 'l3'.*Known: .*l1_l2"):
        regularizers.get("l3")


def test_one_s_own():
    class Sum(Regularizer):
        def __call__(self, x):
            return dlcore.autodiff.reduce_sum(x)

    assert float(regularizers.get(Sum())(W)) == 1.0
    assert Regularizer()(W) == 0.0
    assert regularizers.get(np.sum) is np.sum
    with pytest.raises(NotImplementedError, match="Sum does not implement get_config"):
        Sum().get_config()


@pytest.mark.parametrize("value", [-1, np.nan, np.inf, "a", [0.1]])
@pytest.mark.parametrize(("cls", "name"), [(L1, "l1"), (L2, "l2"), (L1L2, "l1"), (OrthogonalRegularizer, "factor")])
def test_bad_factors(cls, name, value):
    with pytest.raises(ValueError, match=rf"argument {name}: expected a non-negative float.*{name}="):
        cls(value)


def test_bad_matrices_and_modes():
    with pytest.raises(ValueError, match=r"must have rank 2. Received: inputs.shape=\(2, 3, 1\)"):
        OrthogonalRegularizer()(W[..., None])
    with pytest.raises(ValueError, match=r'Expected one of {"rows", "columns"}\. Received: mode=both'):
        OrthogonalRegularizer(mode="both")
    with pytest.raises(TypeError, match="x must hold real numbers"):
        L2()(None)
