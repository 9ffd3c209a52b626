from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from dlcore import autodiff, ops
from dlcore.autodiff import Tensor, apply, matmul, register
from dlcore.autodiff.tracer import OPERATIONS
from dlcore.variable import Variable


@pytest.fixture(params=[Tensor, Variable], ids=["Tensor", "Variable"])
def make(request):
    return lambda value: request.param(np.asarray(value, np.float32))


def test_conversion_to_numpy(make):
    t = make([1.5, 2.5])
    assert np.array_equal(np.asarray(t), [1.5, 2.5])
    assert np.asarray(t, np.float64).dtype == np.float64
    assert np.array_equal(np.sqrt(t), np.sqrt(np.float32([1.5, 2.5])))
    assert t.tolist() == [1.5, 2.5]
    assert (t.shape, t.ndim, t.size, len(t)) == ((2,), 1, 2, 2)
    assert t.dtype == "float32"
    assert [float(x) for x in t] == [1.5, 2.5]
    np.testing.assert_allclose(t, [1.5, 2.5])


def test_numpy_gives_a_copy(make):
    t = make([1.5, 2.5])
    copy = t.numpy()
    copy[0] = 9
    assert np.array_equal(t, [1.5, 2.5])
    assert not np.shares_memory(np.array(t), t.array)


def test_numbers(make):
    t = make(0.25)
    assert float(t) == 0.25
    assert int(make(3.7)) == 3
    assert isinstance(t.numpy(), np.float32)
    assert t.item() == 0.25
    assert f"{t:.3f}" == "0.250"
    assert f"{t}" == "0.25"
    assert bool(t)
    assert not bool(make(0))
    assert t == pytest.approx(0.25)
    assert pytest.approx(0.25) == t


def test_comparison(make):
    t = make([1, 2, 3])
    assert (t == [1, 0, 3]).tolist() == [True, False, True]
    assert (t != 2).tolist() == [True, False, True]
    assert (t < 2).tolist() == [True, False, False]
    assert (t <= np.float32(2)).tolist() == [True, True, False]
    assert (t > make([0, 2, 0])).tolist() == [True, False, True]
    assert (t >= 3).tolist() == [False, False, True]
    assert make(2) == 2
    assert len({t, t}) == 1


def test_arithmetic_with_numbers_lists_and_arrays_keeps_the_dtype(make):
    t = make([1, 2])
    for found, expected in [
        (t + 1, [2, 3]),
        (1 + t, [2, 3]),
        (t - 0.5, [0.5, 1.5]),
        (0.5 - t, [-0.5, -1.5]),
        (t * [2, 3], [2, 6]),
        (np.float32([2, 3]) * t, [2, 6]),
        (t / 4, [0.25, 0.5]),
        (4 / t, [4, 2]),
        (t**2, [1, 4]),
        (2**t, [2, 4]),
        (-t, [-1, -2]),
        (+t, [1, 2]),
        (abs(-t), [1, 2]),
        (t[1:], [2]),
    ]:
        assert isinstance(found, Tensor)
        assert found.dtype == "float32"
        assert np.array_equal(found, expected)


def test_matrices(make):
    t = make([[1, 2], [3, 4]])
    assert np.array_equal(t @ np.float32([[1], [1]]), [[3], [7]])
    assert np.array_equal(np.float32([[1, 1]]) @ t, [[4, 6]])
    assert np.array_equal(t.T, [[1, 3], [2, 4]])
    assert matmul(np.eye(2), np.eye(2)).dtype == "float64"
    assert np.array_equal(t @ [1.0, 1.0], [3, 7])
    with pytest.raises(ValueError, match="it takes no single numbers"):
        t @ 2.0
    with pytest.raises(ValueError, match=r"matmul of shapes \(2, 2\) and \(3, 1\): it needs as many columns as rows"):
        t @ np.ones((3, 1), np.float32)


def test_what_is_no_number():
    with pytest.raises(TypeError, match="an operand must hold real numbers"):
        Tensor(1.0) + "one"
    with pytest.raises(TypeError, match="an operand must hold real numbers"):
        Tensor(1.0) + None


def test_integers_stay_integers():
    t = Tensor([1, 2])
    assert (t + 1).dtype == np.int64
    assert (t * 0.5).dtype == "float32"
    assert (t / 2).dtype == "float32"
    assert (t // 2).dtype == np.int64
    assert list(range(5))[Tensor(np.int64(3))] == 3


def test_repr():
    assert repr(Tensor(np.float32(0.5))) == "<Tensor shape=(), dtype=float32, value=0.5>"


def test_new_operations_register_through_one_seam():
    from dlcore.autodiff import GradientTape

    register("cube", lambda x: x**3, lambda g, y, x: g * 3 * x * x)
    try:
        v = Variable(2.0)
        with GradientTape() as tape:
            y = apply("cube", v)
        assert (float(y), float(tape.gradient(y, v))) == (8.0, 12.0)
    finally:
        del OPERATIONS["cube"]


def test_an_operation_without_a_rule_says_so():
    from dlcore.autodiff import GradientTape

    register("rounded", np.rint)
    try:
        v = Variable(2.4)
        with GradientTape() as tape:
            y = apply("rounded", v)
        with pytest.raises(NotImplementedError, match="rounded has no derivative"):
            tape.gradient(y, v)
    finally:
        del OPERATIONS["rounded"]


@pytest.mark.parametrize("wrong", [np.ones(2, complex), np.array(["a"]), np.array([1, 2], object), "a", None])
def test_arrays_of_no_numbers_are_refused(wrong):
    with pytest.raises(TypeError, match="an operand must hold real numbers"):
        apply("add", 1.0, wrong)
    with pytest.raises(ValueError, match="an operand has masked entries"):
        apply("add", 1.0, np.ma.array([1.0, 2.0], mask=[0, 1]))


def test_operators(make):
    t, n = make([1, 2, 5]), np.float32([1, 2, 5])
    for found, expected in [
        (t // 2, n // 2),
        (7 // t, 7 // n),
        (t % 2, n % 2),
        (7 % t, 7 % n),
        (divmod(t, 2)[1], n % 2),
        (divmod(7, t)[0], 7 // n),
        (round(t / 3), np.round(n / 3)),
        (round(t / 3, 1), np.round(n / 3, 1)),
    ]:
        assert isinstance(found, Tensor)
        assert found.dtype == "float32"
        assert np.array_equal(found, expected)


def test_logic_is_plain():
    a, b = Tensor([True, True, False]), Tensor([True, False, False])
    for found, expected in [
        (a & b, [True, False, False]),
        (a | b.array, [True, True, False]),
        (a ^ True, [False, False, True]),
        (True & b, [True, False, False]),
        (False | b, [True, False, False]),
        (True ^ b, [False, True, True]),
        (~a, [False, False, True]),
    ]:
        assert type(found) is np.ndarray
        assert found.tolist() == expected
    assert a.any()
    assert not a.all()
    assert b.all(axis=0, keepdims=True).tolist() == [False]


def test_names_can_be_changed_in_place(make):
    t = first = make([1, 2])
    t += 1
    t *= 2
    t -= 1
    t /= 2
    t **= 2
    assert isinstance(t, Tensor)
    assert np.array_equal(t, [2.25, 6.25])
    assert np.array_equal(first, [1, 2])


def test_methods(make):
    array = np.float32([[0.3, -1.2, 2.1], [0.7, 1.1, -0.4]])
    t = make(array)
    for name in ("sum", "prod", "mean", "var", "std", "max", "min"):
        for options in ({}, {"axis": 0}, {"axis": (0, 1), "keepdims": True}):
            found = getattr(t, name)(**options)
            assert isinstance(found, Tensor)
            np.testing.assert_allclose(found, getattr(array, name)(**options), rtol=1e-5)
    for found, expected in [
        (t.cumsum(1), array.cumsum(1)),
        (t.clip(-1, 1), array.clip(-1, 1)),
        (t.round(1), array.round(1)),
        (t.dot(array.T), array.dot(array.T)),
        (t.transpose(), array.T),
        (t.transpose(1, 0), array.T),
        (t.transpose((1, 0)), array.T),
        (t.reshape(3, 2), array.reshape(3, 2)),
        (t.reshape((3, -1)), array.reshape(3, -1)),
        (t.reshape(-1), array.ravel()),
        (t.flatten(), array.ravel()),
        (t.ravel(), array.ravel()),
        (t[None].squeeze(), array),
        (t[None].squeeze(0), array),
        (t.swapaxes(0, 1), array.T),
        (t.repeat(2, axis=0), array.repeat(2, axis=0)),
        (t.take([0, 2], axis=1), array.take([0, 2], axis=1)),
        (t.astype("float64"), array.astype(float)),
    ]:
        assert isinstance(found, Tensor)
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert t.argmax() == 2
    assert t.argmin(axis=1).tolist() == [1, 2]
    assert t.argsort(axis=1).tolist() == array.argsort(axis=1).tolist()
    assert t.item(0, 1) == np.float32(-1.2)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_copies(duplicate):
    t = Tensor(np.float32([1, 2]))
    twin = duplicate(t)
    assert type(twin) is Tensor
    assert np.array_equal(twin, t)
    assert twin.dtype == t.dtype


def test_functions_can_be_pickled():
    for function in (autodiff.exp, autodiff.add, autodiff.sum, autodiff.equal, ops.exp, ops.mean, ops.relu):
        assert pickle.loads(pickle.dumps(function)) is function
