"""The functions that NumPy has too: its numbers, for arrays as arrays and for Tensors as Tensors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dlcore import GradientTape, Variable, ops
from dlcore.autodiff import Tensor
from dlcore.ops import math as own_math
from dlcore.ops import nn, numpy
from ops.calls import DIFFERENTIABLE, PLAIN, A


def named(calls):
    return [pytest.param(*call, id=f"{call[0]}-{i}") for i, call in enumerate(calls)]


def tensors(value):
    """The arguments with Tensors for arrays, in lists too."""
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
        return [tensors(item) for item in value]
    return Tensor(value) if isinstance(value, np.ndarray) else value


def flat(result):
    return list(result) if isinstance(result, (list, tuple)) else [result]


@pytest.mark.parametrize(("name", "args", "options"), named(DIFFERENTIABLE + PLAIN))
def test_numpy_s_numbers(name, args, options):
    expected = flat(getattr(np, name)(*args, **options))
    plain = flat(getattr(ops, name)(*args, **options))
    traced = flat(getattr(ops, name)(*map(tensors, args), **options))
    assert len(plain) == len(traced) == len(expected)
    for one, two, wanted in zip(plain, traced, expected, strict=True):
        assert isinstance(one, (np.ndarray, np.generic))
        assert isinstance(two, Tensor) or not any(isinstance(tensors(a), Tensor) for a in flat(args[0]))
        assert one.shape == two.shape == np.shape(wanted)
        np.testing.assert_allclose(one, wanted, rtol=1e-14, atol=1e-15)
        assert np.array_equal(one, two)


@pytest.mark.parametrize(("name", "args", "options"), named(DIFFERENTIABLE))
def test_a_variable_gets_gradients(name, args, options):
    """The first array among the arguments as a Variable: its gradient comes back in its shape."""
    made = []

    def variable(value):
        if not made and isinstance(value, np.ndarray) and value.dtype.kind == "f":
            made.append(Variable(value))
            return made[0]
        return [variable(item) for item in value] if isinstance(value, list) else value

    replaced = [variable(value) for value in args]
    with GradientTape() as tape:
        results = [r for r in flat(getattr(ops, name)(*replaced, **options)) if r.size]
    gradient = tape.gradient(results, made[0], unconnected_gradients="zero")
    assert gradient.shape == made[0].shape
    assert np.all(np.isfinite(gradient))


def test_every_name_is_documented_and_tested():
    called = {name for name, _, _ in DIFFERENTIABLE + PLAIN}
    same = {"abs", "fabs", "amax", "amin", "true_divide", "get_item", "divide_no_nan", "nan_to_num"}
    assert set(numpy.__all__) - called == same
    for name in ops.__all__ if hasattr(ops, "__all__") else [*numpy.__all__, *own_math.__all__, *nn.__all__]:
        assert getattr(ops, name).__doc__, name


def test_the_rest():
    assert ops.abs(-2.0) == ops.fabs(-2.0) == 2
    assert ops.amax(A) == 2.1
    assert ops.amin(A) == -1.2
    assert ops.true_divide(1, 4) == 0.25
    assert ops.get_item(A, (0, 1)) == -1.2
    assert ops.divide_no_nan([1.0, 2.0], [0.0, 4.0]).tolist() == [0, 0.5]
    found = ops.nan_to_num([math.nan, math.inf, -math.inf, 1.0], posinf=7)
    assert found.tolist() == [0, 7, np.finfo(np.float32).min, 1]
    assert ops.nan_to_num([1, 2]).dtype.kind == "i"


def test_dtypes_are_keras_s():
    """Integers take the floating dtype they meet; functions of real numbers make them floatx."""
    whole, single = np.arange(1, 4), np.ones(3, np.float32)
    for function in (ops.add, ops.subtract, ops.multiply, ops.divide, ops.power, ops.maximum, ops.mod):
        assert function(whole, single).dtype == np.float32
        assert function(single, whole).dtype == np.float32
    for function in (ops.exp, ops.sqrt, ops.sin, ops.erf, ops.mean, ops.logsumexp, ops.sigmoid, ops.median, ops.var):
        assert function(whole).dtype == np.float32
    assert ops.divide(whole, whole).dtype == np.float32
    assert ops.add(whole, whole).dtype == np.int64
    assert ops.add([1.0], 2).dtype == np.float32
    assert ops.multiply(np.float16([1]), 0.5).dtype == np.float16
    assert ops.argmax(A).dtype == ops.argsort(A).dtype == np.int32
    assert ops.sum(whole).dtype == np.int64
    assert ops.matmul(whole, whole).dtype == np.int64
    assert ops.matmul(whole[None], single[:, None]).dtype == np.float32


def test_a_loss_written_with_ops():
    """What a user of Keras writes runs on arrays and on the tape."""

    def loss(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)

    y_true, y_pred = np.float32([[0, 1], [2, 3]]), Variable([[1.0, 1.0], [0.0, 5.0]])
    assert loss(y_true, y_pred.numpy()).tolist() == [0.5, 4]
    with GradientTape() as tape:
        value = ops.mean(loss(y_true, y_pred))
    assert value == 2.25
    assert tape.gradient(value, y_pred).tolist() == [[0.5, 0], [-1, 1]]


@pytest.mark.parametrize(
    ("message", "call"),
    [
        (r"add of shapes \(2,\) and \(3,\)", lambda: ops.add(np.ones(2), np.ones(3))),
        (r"matmul of shapes \(2, 3\) and \(2, 3\): it needs as many columns as rows", lambda: ops.matmul(A, A)),
        (r"reshape of shape \(2, 3\)", lambda: ops.reshape(A, (4, -1))),
        (r"newshape .* got \(-1, -1\)", lambda: ops.reshape(A, (-1, -1))),
        (r"concatenate of shapes", lambda: ops.concatenate([A, A[0]])),
        (r"stack takes arrays of one shape; got \(2, 3\), \(3,\)", lambda: ops.stack([A, A[0]])),
        ("split cannot cut 3 places of axis 1 into 2 equal parts", lambda: ops.split(A, 2, axis=1)),
        (r"axis must lie in \[-2, 2\); got 2", lambda: ops.flip(A, 2)),
        (r"squeeze takes out axes of length 1", lambda: ops.squeeze(A, 0)),
        (r"source and destination", lambda: ops.moveaxis(A, [0, 1], [0])),
        (r"axis must lie in \[-2, 2\); got 5", lambda: ops.take(A, [0], axis=5)),
        (r"indices must have 2 axes", lambda: ops.take_along_axis(A, [0], axis=0)),
        (r"weights must have the shape \(2, 3\)", lambda: ops.average(A, weights=[1, 2])),
        (r"einsum 'ij,jk' names 2 operands; got 1", lambda: ops.einsum("ij,jk", A)),
        (r"einsum 'i': 'i' does not fit an operand of 2 axes", lambda: ops.einsum("i", A)),
        (r"tensordot of shapes .* differ in length", lambda: ops.tensordot(A, A, 1)),
        ("mode must be one of constant, edge", lambda: ops.pad(A, 1, "empty")),
        ("constant_values must be None", lambda: ops.pad(A, 1, "edge", 3)),
        ("x1 and x2 must both be given", lambda: ops.where(A > 0, A)),
        ("tril and triu take matrices", lambda: ops.tril(A[0])),
        ("diag takes a vector or a matrix", lambda: ops.diag(np.ones((1, 1, 1)))),
        (r"max of shape \(0,\)", lambda: ops.max(np.empty(0))),
    ],
)
def test_what_is_refused(message, call):
    with pytest.raises(ValueError, match=message):
        call()


def test_kinds_that_are_refused():
    with pytest.raises(TypeError, match="indices must be integers; got dtype float64"):
        ops.take(A, [0.5])
    with pytest.raises(TypeError, match="einsum takes no order"):
        ops.einsum("ij", A, order="C")
    with pytest.raises(IndexError, match=r"getitem of shape \(2, 3\)"):
        ops.take(A, [7], axis=0)
