"""NumPy's functions, methods and operators on Tensors: on the tape where they have a derivative, arrays elsewhere."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from dlcore.autodiff import GradientTape, Tensor, gradients
from dlcore.variable import Variable

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

#: What a person may write, and its gradient's sum at X by hand.
FUNCTIONS = {
    "exp": (np.exp, np.exp(X)),
    "maximum": (lambda x: np.maximum(x, 2.5), X > 2.5),
    "maximum, other side": (lambda x: np.maximum(2.5, x), X > 2.5),
    "mean": (lambda x: np.mean(x, axis=0), np.full(X.shape, 0.5)),
    "mean, kept": (lambda x: np.mean(x, axis=0, keepdims=True), np.full(X.shape, 0.5)),
    "concatenate": (lambda x: np.concatenate([x, X, x]), np.full(X.shape, 2.0)),
    "array + tensor": (lambda x: X + x, np.ones(X.shape)),
    "array * tensor": (lambda x: X * x, X),
    "array @ tensor": (lambda x: np.ones((4, 2)) @ x, np.full(X.shape, 4.0)),
    "scalar * tensor": (lambda x: np.float64(3) * x, np.full(X.shape, 3.0)),
    "clip": (lambda x: np.clip(x, 2, a_max=4), (X >= 2) & (X <= 4)),
    "where": (lambda x: np.where(x > 3, x, 0.0), X > 3),
    "norm": (np.linalg.norm, X / np.linalg.norm(X)),
    "sum": (lambda x: np.sum(x, axis=(0, 1)), np.ones(X.shape)),
    "var": (lambda x: np.var(x) * 6, 2 * (X - X.mean())),
    "reshape": (lambda x: np.reshape(x, (3, 2)), np.ones(X.shape)),
    "tensordot": (lambda x: np.tensordot(X, x, axes=2), X),
    "einsum": (lambda x: np.einsum("ij,ij->", x, X), X),
    "abs": (lambda x: np.abs(-x), np.ones(X.shape)),
    "method sum": (lambda x: x.sum(axis=0).sum(), np.ones(X.shape)),
    "method mean": (lambda x: x.mean() * 6, np.ones(X.shape)),
    "method max": (lambda x: x.max(axis=1), [[0, 0, 1], [0, 0, 1]]),
    "method min": (lambda x: x.min(), [[1, 0, 0], [0, 0, 0]]),
    "method prod": (lambda x: x.prod(axis=0), X[::-1]),
    "method var": (lambda x: x.var() * 6, 2 * (X - X.mean())),
    "method cumsum": (lambda x: x.cumsum(1), [[3, 2, 1], [3, 2, 1]]),
    "method clip": (lambda x: x.clip(2, 4), (X >= 2) & (X <= 4)),
    "method dot": (lambda x: x.dot([1.0, 2, 3]), [[1, 2, 3], [1, 2, 3]]),
    "method take": (lambda x: x.take([0, 0], axis=1), [[2, 0, 0], [2, 0, 0]]),
    "method reshape": (lambda x: x.reshape(3, 2).reshape((6,)) * np.arange(6), np.arange(6).reshape(2, 3)),
    "method transpose": (lambda x: x.transpose(1, 0).transpose() * X, X),
    "method flatten": (lambda x: x.flatten() * x.ravel().squeeze(), 2 * X),
    "method astype": (lambda x: x.astype("float32"), np.ones(X.shape)),
    "method swapaxes": (lambda x: x.swapaxes(0, 1) * X.T, X),
    "%": (lambda x: x % 4 + 7 // x, np.ones(X.shape)),
    "sum of parts": (lambda x: sum(x), np.ones(X.shape)),
    "round": (lambda x: x * round(x.mean(), 1).numpy(), np.full(X.shape, 3.5)),
}


@pytest.mark.parametrize("kind", ["Tensor", "Variable"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_on_the_tape(name, kind):
    function, expected = FUNCTIONS[name]
    x = Tensor(X) if kind == "Tensor" else Variable(X)
    with GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    assert type(y) is Tensor
    np.testing.assert_allclose(y, np.asarray(function(Tensor(X))))
    np.testing.assert_allclose(tape.gradient(y, x), expected)


@pytest.mark.parametrize(
    "function",
    [
        np.isfinite,
        lambda x: np.allclose(x, x),
        lambda x: np.ones((2, 3)) == x,
        lambda x: x > 2,
        lambda x: np.argmax(x, axis=1),
        np.unique,
        lambda x: np.add.reduce(x),
        lambda x: np.multiply.outer(x, x),
        lambda x: np.sum(x, where=X > 2),
        lambda x: np.array_equal(x, X),
        lambda x: np.var(x, ddof=1),
        lambda x: np.percentile(x, 30),
        lambda x: x.argmin(axis=1),
        lambda x: (x > 2) & (x < 5),
    ],
)
def test_as_arrays(function):
    y = function(Tensor(X))
    assert not isinstance(y, Tensor)
    assert np.array_equal(y, function(X))


def test_an_array_to_write_into_is_written():
    out = np.zeros((2, 3))
    np.add(Tensor(X), 1, out=out)
    out += Tensor(X)
    assert np.array_equal(out, 2 * X + 1)


def test_numpy_s_judges_take_tensors():
    np.testing.assert_allclose(Tensor(X), X)
    np.testing.assert_array_equal(Variable(X), X)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(Tensor(X), X + 1)


def test_logic_of_truth_values():
    t = Tensor(X > 2)
    assert np.array_equal(~t, X <= 2)
    assert np.array_equal(t & (X < 5), (X > 2) & (X < 5))
    assert np.array_equal((X < 5) | t, np.ones((2, 3), bool))
    assert t.any()
    assert not t.all()


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_copies(duplicate):
    t = Tensor(X)
    twin = duplicate(t)
    assert type(twin) is Tensor
    assert twin is not t
    assert np.array_equal(twin, X)
    assert repr(twin) == repr(t)
    assert "shape=(2, 3), dtype=float64" in repr(t)


def test_a_value_without_axes_is_no_sequence():
    with pytest.raises(TypeError, match="unsized object"):
        list(Tensor(1.0))
    assert gradients(lambda x: sum(x * x), np.ones(3)).tolist() == [2, 2, 2]
