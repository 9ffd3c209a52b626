"""NumPy's functions on Tensors: on the tape where they can be differentiated, plain otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from ops.calls import DIFFERENTIABLE, A
from ops.test_numpy import flat, named, tensors

from dlcore import GradientTape, Variable
from dlcore.autodiff import Tensor


@pytest.mark.parametrize(("name", "args", "options"), named(DIFFERENTIABLE))
def test_differentiable(name, args, options):
    expected = flat(getattr(np, name)(*args, **options))
    found = flat(getattr(np, name)(*map(tensors, args), **options))
    for one, wanted in zip(found, expected, strict=True):
        assert isinstance(one, Tensor)
        np.testing.assert_allclose(one, wanted, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("make", [Tensor, Variable])
def test_gradients_flow(make):
    x = make(A)
    with GradientTape() as tape:
        tape.watch(x)
        y = np.sum(np.exp(x) * np.float64(2) + A * x) + np.linalg.norm(x, axis=1)[0] + np.mean(a=x)
    expected = 2 * np.exp(A) + A + np.array([A[0] / np.linalg.norm(A[0]), [0, 0, 0]]) + 1 / 6
    np.testing.assert_allclose(tape.gradient(y, x), expected, rtol=1e-12)


def test_arrays_on_the_left():
    x = Tensor(A)
    for found, expected in [
        (A + x, A + A),
        (A - x, A - A),
        (A * x, A * A),
        (A / x, A / A),
        (A.T @ x, A.T @ A),
        (np.float64(2) * x, 2 * A),
        (np.float64(2) ** x, 2**A),
        (A // x, A // A),
        (A % x, A % A),
    ]:
        assert isinstance(found, Tensor)
        np.testing.assert_allclose(found, expected, rtol=1e-14)
    for found in (x == A, x < A, np.equal(x, A), np.isfinite(x), np.logical_and(x, x), x == A):
        assert type(found) is np.ndarray


def test_what_has_no_derivative_gives_arrays():
    x = Tensor(A)
    assert type(np.argmax(x)) is np.int64
    assert np.allclose(x, A)
    assert np.array_equal(x, A)
    assert np.shape(x) == (2, 3)
    assert np.ndim(x) == 2
    assert np.size(x) == 6
    np.testing.assert_allclose(x, A)
    np.testing.assert_array_equal(x, A)
    assert type(np.unique(x)) is np.ndarray
    assert type(np.cbrt(x)) is np.ndarray
    assert type(np.zeros_like(x)) is np.ndarray
    assert type(np.array(x)) is np.ndarray
    assert type(np.quantile(x, 0.5)) is np.float64
    assert np.all(np.isin(x, A))


def test_arguments_that_the_counterpart_lacks_make_it_plain():
    x = Tensor(A)
    assert type(np.sum(x, dtype=np.float32)) is np.float32
    assert type(np.sum(x, where=A > 0)) is np.float64
    assert np.var(x, ddof=1) == np.var(A, ddof=1)
    out = np.empty_like(A)
    assert np.exp(x, out=out) is out
    assert np.array_equal(out, np.exp(A))
    assert np.sum(x, out=None, dtype=None, axis=0).shape == (3,)
    assert np.add.reduce(x).tolist() == A.sum(axis=0).tolist()
    assert np.maximum.accumulate(x).tolist() == np.maximum.accumulate(A).tolist()
    target = A.copy()
    target += x
    assert type(target) is np.ndarray
    assert np.array_equal(target, 2 * A)
    assert isinstance(np.pad(x, 1, constant_values=2), Tensor)
    assert type(np.pad(x, 1, "linear_ramp", end_values=3)) is np.ndarray
    assert type(np.einsum(x, [0, 1], [1])) is np.ndarray
    assert type(np.clip(x, 0, 1, dtype=np.float32)) is np.ndarray
