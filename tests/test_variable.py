from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from dlcore.autodiff import Tensor
from dlcore.variable import ALIGNMENT, Variable, allocate


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [
        (1.0, None, "float32"),
        (3, None, "float32"),
        ([1, 2], None, "float32"),
        (np.arange(3), None, "float32"),
        (np.float64(1), None, "float64"),
        (np.ones(2, ">f8"), None, "float64"),
        (np.ones(2, np.float16), None, "float32"),
        (1.0, "float64", "float64"),
        (np.ones(2), np.float32, "float32"),
        (0, "int64", "int64"),
    ],
)
def test_dtype(value, dtype, expected):
    v = Variable(value, dtype=dtype)
    assert v.dtype == expected
    assert v.array.dtype.isnative
    assert np.array_equal(v, value)


def test_memory_is_contiguous_aligned_and_its_own():
    source = np.ones((4, 6), np.float32)[:, ::2]
    v = Variable(source)
    assert v.array.flags.c_contiguous
    assert v.array.ctypes.data % ALIGNMENT == 0
    assert not np.shares_memory(v.array, source)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1,), (5, 7)])
def test_allocate(shape):
    array = allocate(shape, np.float64)
    assert array.shape == shape
    assert array.flags.writeable
    assert array.ctypes.data % ALIGNMENT == 0 or array.size == 0


def test_assignments_write_in_place():
    v = Variable([1.0, 2.0])
    array = v.array
    assert isinstance(v.assign([3, 4]), Tensor)
    assert np.array_equal(v.assign_add([1, 1]), [4, 5])
    assert np.array_equal(v.assign_sub(Variable([2.0, 2.0])), [2, 3])
    assert v.array is array
    assert np.array_equal(array, [2, 3])


def test_a_value_does_not_change_with_the_variable():
    v = Variable(1.0)
    value, copied, asarray = v.value, v.numpy(), np.asarray(v)
    v.assign(2.0)
    assert value == 1.0
    assert copied == 1.0
    assert asarray == 1.0
    assert v.value == 2.0


@pytest.mark.parametrize("value", [1.0, [1.0, 2.0, 3.0], [[1.0, 2.0]]])
def test_an_assignment_of_another_shape_changes_nothing(value):
    v = Variable([1.0, 2.0])
    for assign in (v.assign, v.assign_add, v.assign_sub):
        with pytest.raises(ValueError, match=r"shape \(2,\)"):
            assign(value)
    assert np.array_equal(v, [1, 2])


def test_what_is_no_number():
    with pytest.raises(TypeError, match="real numbers"):
        Variable(["zeros", "and", "ones"])
    with pytest.raises(TypeError, match="real numbers"):
        Variable(1j)


def test_initializers():
    assert np.array_equal(Variable("ones", shape=(2,)), [1, 1])
    v = Variable(lambda shape, dtype: np.full(shape, 7, dtype), shape=(2, 2), dtype="float64")
    assert v.dtype == "float64"
    assert np.all(v == 7)
    with pytest.raises(ValueError, match="shape is needed"):
        Variable("zeros")
    with pytest.raises(ValueError, match="Did you mean 'zeros'"):
        Variable("zeroes", shape=(1,))


def test_names():
    assert Variable(1.0, name="weight").name == "weight"
    assert Variable(1.0).name.startswith("variable")
    assert "weight" in repr(Variable(1.0, name="weight"))


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_copies(duplicate):
    v = Variable([[1.0, 2.0]], name="w", trainable=False)
    twin = duplicate(v)
    twin.assign([[5, 6]])
    assert np.array_equal(v, [[1, 2]])
    assert (twin.name, twin.trainable, twin.dtype) == ("w", False, "float32")
    assert twin.array.ctypes.data % ALIGNMENT == 0


@pytest.mark.parametrize("dtype", ["float16", "complex64", "str", object])
def test_dtypes_no_kernel_knows(dtype):
    with pytest.raises(ValueError, match="dtype must be one of float32, float64"):
        Variable(1.0, dtype=dtype)
    assert Variable(1, dtype=">i4").dtype == "int32"


def test_initializers_must_give_the_shape_asked_for():
    with pytest.raises(ValueError, match=r"initializer must give an array of the shape \(3,\); got \(2,\)"):
        Variable(lambda shape, dtype: np.ones(2, dtype), shape=(3,))


def test_masked_values_are_refused():
    v = Variable([1.0, 2.0])
    with pytest.raises(ValueError, match="value has masked entries"):
        v.assign(np.ma.array([3.0, 4.0], mask=[0, 1]))
    assert v.tolist() == [1, 2]


def test_keras_s_other_arguments_are_kept():
    v = Variable(1.0, autocast=False, aggregation="mean", synchronization="none")
    assert (v.autocast, v.aggregation, v.synchronization) == (False, "mean", "none")
    assert (v.regularizer, v.constraint, v.path) == (None, None, v.name)
    assert (v.ndim, v.shape, v.dtype) == (0, (), "float32")


def test_names_of_variables_can_be_changed_in_place():
    """The name moves on to a Tensor; the variable stays as it was."""
    v = first = Variable([1.0, 2.0])
    v += 1
    assert isinstance(v, Tensor)
    assert np.array_equal(first, [1, 2])
