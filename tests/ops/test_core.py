"""Conversions, control flow, new arrays."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import GradientTape, Variable, ops
from dlcore.autodiff import Tensor


def test_conversions():
    assert type(ops.cast([1, 2], "float64")) is np.ndarray
    assert ops.cast(Tensor([1.0]), "int32").dtype == "int32"
    assert isinstance(ops.convert_to_tensor([1, 2]), Tensor)
    assert type(ops.convert_to_numpy(Tensor([1.0]))) is np.ndarray
    assert ops.is_tensor(Tensor(1.0))
    assert not ops.is_tensor(np.ones(1))
    assert ops.shape(Variable([[1.0, 2.0]])) == (1, 2)
    assert ops.dtype(Variable(1.0)) == "float32"
    assert ops.dtype([1.0]) == "float64"
    assert (ops.ndim([[1]]), ops.size([[1, 2]]), ops.size(1)) == (2, 2, 1)
    assert type(ops.unstack(np.eye(2))[0]) is np.ndarray
    assert isinstance(ops.unstack(Tensor(np.eye(2)))[0], Tensor)


def test_stop_gradient():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = ops.stop_gradient(x) * x
    x.assign(10.0)
    assert y == 9.0
    assert tape.gradient(y, x) == 3.0
    assert type(ops.stop_gradient(np.ones(2))) is np.ndarray


def test_cond_and_switch():
    assert ops.cond(Tensor(True), lambda: 1, lambda: 2) == 1
    assert ops.cond(np.bool_(False), lambda: 1, lambda: 2) == 2
    branches = [lambda x: x + 1, lambda x: x * 10]
    assert [ops.switch(i, branches, 3) for i in (-5, 0, 1, 7)] == [4, 4, 30, 30]


def test_loops():
    assert ops.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2), (0, 1)) == (3, 8)
    assert ops.while_loop(lambda i: i < 10, lambda i: i + 1, 0, maximum_iterations=4) == 4
    assert ops.while_loop(lambda i: i < 3, lambda i: [i + 1], [0]) == (3,)
    assert ops.fori_loop(2, 5, lambda i, value: value + i, 0) == 9
    x = Variable(2.0)
    with GradientTape() as tape:
        y = ops.fori_loop(0, 3, lambda i, value: value * x, 1.0)
    assert tape.gradient(y, x) == 12.0


@pytest.mark.parametrize("function", [ops.map, ops.vectorized_map])
def test_map(function):
    x = np.arange(6.0).reshape(3, 2)
    assert np.array_equal(function(lambda row: row.sum() * 2, x), x.sum(axis=1) * 2)
    total, product = function(lambda rows: (rows[0] + rows[1], rows[0] * rows[1]), (x, x))
    assert np.array_equal(total, 2 * x)
    assert np.array_equal(product, x * x)
    assert isinstance(function(lambda row: row * 2, Tensor(x)), Tensor)


def test_new_arrays():
    for name, args in {
        "zeros": ((2, 3),), "ones": (4,), "full": ((2,), 7), "eye": (2, 3, 1), "identity": (3,), "tri": (2, 3, 1),
        "linspace": (0, 1, 5),
    }.items():  # fmt: skip
        array = getattr(ops, name)(*args)
        assert type(array) is np.ndarray
        assert array.dtype == np.float32
        np.testing.assert_allclose(array, getattr(np, name)(*args), rtol=1e-6)
        assert getattr(ops, name)(*args, dtype="float64").dtype == np.float64
    assert ops.empty((2, 0)).shape == (2, 0)
    assert ops.full((2,), Tensor(3.0)).tolist() == [3, 3]
    assert ops.linspace(0, 1, 4, endpoint=False, retstep=True)[1] == 0.25
    assert [part.tolist() for part in ops.meshgrid([1, 2], [3])] == [[[1, 2]], [[3, 3]]]


@pytest.mark.parametrize(
    ("args", "dtype", "values"),
    [
        ((3,), "int32", [0, 1, 2]),
        ((1, 4), "int32", [1, 2, 3]),
        ((0, 1, 0.5), "float32", [0, 0.5]),
        ((np.int64(3),), "int64", [0, 1, 2]),
        ((3, None, 2), "int32", [0, 2]),
    ],
)
def test_arange(args, dtype, values):
    array = ops.arange(*args)
    assert array.dtype == dtype
    assert array.tolist() == values
    assert ops.arange(*args, dtype="float64").dtype == "float64"


def test_array():
    source = np.ones(2)
    copy = ops.array(source)
    copy[0] = 5
    assert source.tolist() == [1, 1]
    assert ops.array([1.0]).dtype == np.float32
    assert isinstance(ops.array(Tensor([1.0])), Tensor)
    assert isinstance(ops.array(Variable([1.0])), Tensor)
