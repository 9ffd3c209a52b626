"""The dense layer: any form of input, any part of the result, and derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import ops
from dlcore.backends.contract import ACTIVATIONS
from ops.arrays import F32, F64, layer


def test_dense_takes_inputs_in_any_form(backend, dtype, rng, disguise):
    x, w, b = layer(rng, dtype)
    expected = np.maximum(x.astype(float) @ w + b, 0)
    before = [a.copy() for a in (x, w, b)]
    given = [disguise(a) for a in (x, w, b)]
    y = ops.dense(*given, "relu")
    if not isinstance(given[0], list):
        assert y.dtype == dtype
    assert np.allclose(y, expected, rtol=1e-4, atol=1e-5)
    assert all(np.array_equal(a, c) for a, c in zip(given, before, strict=True))


def test_dense_backward_takes_inputs_in_any_form(backend, dtype, rng, disguise):
    x, w, b = layer(rng, dtype)
    dy, y, z = rng.standard_normal((5, 3)).astype(dtype), *(np.empty((5, 3), dtype) for _ in range(2))
    ops.dense(x, w, b, "silu", out=y, preactivation_out=z)
    expected = ops.dense_backward(dy, x, w, y, z=z, activation="silu")
    dy_, x_, w_, y_, z_ = (disguise(a) for a in (dy, x, w, y, z))
    for got, right in zip(ops.dense_backward(dy_, x_, w_, y_, z=z_, activation="silu"), expected, strict=True):
        assert np.allclose(got, right, rtol=1e-5, atol=1e-6)


def test_dense_backward_by_differences(backend, rng):
    x, w, b = layer(rng, F64)
    dy, h = rng.standard_normal((5, 3)), 1e-6
    for activation in ACTIVATIONS:
        z = np.empty((5, 3))
        y = ops.dense(x, w, b, activation, preactivation_out=z)
        gradients = ops.dense_backward(dy, x, w, y, z=z, activation=activation)
        for i, (array, gradient) in enumerate(zip((x, w, b), gradients, strict=True)):
            direction = rng.standard_normal(array.shape)
            ends = []
            for sign in (1, -1):
                moved = [x, w, b]
                moved[i] = array + sign * h * direction
                ends.append((ops.dense(*moved, activation) * dy).sum())
            assert (gradient * direction).sum() == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-6, abs=1e-7)


def test_dense_writes_where_it_is_told(backend, dtype, rng):
    x, w, b = layer(rng, dtype)
    y, z = np.empty((5, 3), dtype), np.empty((5, 3), dtype)
    assert ops.dense(x, w, b, "tanh", out=y, preactivation_out=z) is y
    assert np.array_equal(ops.dense(x, w, b), z)
    assert np.array_equal(ops.tanh(z), y)
    dz, dx, dw, db = np.empty_like(y), np.empty_like(x), np.empty_like(w), np.empty_like(b)
    results = ops.dense_backward(y, x, w, y, activation="tanh", dz_out=dz, out=(dx, dw, db))
    assert [a is b for a, b in zip(results, (dx, dw, db), strict=True)] == [True] * 3
    assert np.array_equal(dz, ops.activation_backward(y, y, "tanh"))


def test_dense_backward_leaves_out_what_is_not_wanted(backend, dtype, rng):
    x, w, _ = layer(rng, dtype)
    dy = rng.standard_normal((5, 3)).astype(dtype)
    dx, dw, db = ops.dense_backward(dy, x, w)
    none, same, also_none = ops.dense_backward(dy, x, w, input_gradient=False, bias_gradient=False)
    assert none is also_none is None
    assert np.array_equal(same, dw)
    assert dx.shape == x.shape
    assert db.shape == (3,)
    with pytest.raises(ValueError, match=r"out\[2\] must be None where that gradient is not wanted"):
        ops.dense_backward(dy, x, w, bias_gradient=False, out=(None, None, db))


@pytest.mark.parametrize(("m", "k", "n"), [(0, 3, 2), (3, 0, 2), (3, 2, 0), (0, 0, 0)])
def test_dense_of_nothing(backend, dtype, m, k, n):
    x, w, b = np.ones((m, k), dtype), np.ones((k, n), dtype), np.ones(n, dtype)
    assert np.array_equal(ops.dense(x, w, b), np.full((m, n), k + 1))
    dx, dw, db = ops.dense_backward(np.ones((m, n), dtype), x, w)
    assert np.array_equal(dx, np.full((m, k), n))
    assert np.array_equal(dw, np.full((k, n), m))
    assert np.array_equal(db, np.full(n, m))


def test_the_wider_dtype_wins(rng):
    x, w, b = layer(rng, F32)
    assert ops.dense(x, w.astype(F64), b).dtype == F64
    assert ops.dense(x, w.astype(int).tolist(), [1, 2, 3]).dtype == F32
    assert ops.dense(x.astype(int), w.astype(int)).dtype == F32
    assert ops.dense(x.astype(">f8"), w).dtype == F64
    assert ops.dense(x.astype(int), w.astype(F64)).dtype == F64


SHAPE_ERRORS = [
    ("x must have two axes .* got shape \\(7,\\); a single row is x\\[None, :\\]", lambda x, w, b: (x[0], w, b)),
    ("w must have two axes", lambda x, w, b: (x, w[0], b)),
    ("w must have 7 rows, one for each column of x; got shape \\(6, 3\\)", lambda x, w, b: (x, w[1:], b)),
    ("b must have shape \\(3,\\)", lambda x, w, b: (x, w, b[1:])),
    ("b must have shape \\(3,\\)", lambda x, w, b: (x, w, b[None])),
]


@pytest.mark.parametrize(("message", "change"), SHAPE_ERRORS)
def test_shapes_that_do_not_go_together(rng, message, change):
    with pytest.raises(ValueError, match=message):
        ops.dense(*change(*layer(rng, F32)))
