from __future__ import annotations

import numpy as np
import pytest

from dlcore.autodiff import Tensor
from dlcore.models import data

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)


def features(x, inputs=3, dtype=F32):
    return data.features(x, inputs, dtype, "dense")


def targets(y, rows=4, units=3, sparse=False, loss="mean_squared_error"):
    return data.targets(y, rows, units, sparse, F32, loss)


def test_what_is_ready_is_not_copied():
    x = np.ones((4, 3), np.float32)
    assert features(x) is x
    assert targets(x) is x
    read_only = x.copy()
    read_only.flags.writeable = False
    assert features(read_only) is read_only
    labels = np.array([0, 1, 2, 0])
    assert targets(labels, sparse=True, loss="sparse_categorical_crossentropy") is labels


@pytest.mark.parametrize(
    "x",
    [
        np.ones((4, 3)),
        np.ones((3, 4), np.float32).T,
        np.ones((8, 6), np.float32)[::2, ::2],
        np.ones((4, 3), ">f4"),
        np.ones((4, 3), int),
        np.ones((4, 3), bool),
        [[1, 1, 1]] * 4,
        Tensor(np.ones((4, 3))),
        np.ma.array(np.ones((4, 3))),
        np.ones(49, np.uint8)[1:].view(np.float32).reshape(4, 3) * 0 + 1,
    ],
)
def test_everything_else_is_converted(x):
    ready = features(x)
    assert ready.dtype == np.float32
    assert ready.dtype.isnative
    assert ready.flags.c_contiguous
    assert ready.flags.aligned
    assert np.array_equal(ready, np.ones((4, 3)))


def test_single_columns_may_lack_their_axis():
    assert features([1.0, 2.0], inputs=1).shape == (2, 1)
    assert targets([1.0, 2.0], rows=2, units=1).shape == (2, 1)
    assert targets([[1], [2]], rows=2, sparse=True).shape == (2,)
    assert data.weights([[1], [2]], 2, F32).tolist() == [1, 2]
    assert data.weights(None, 2, F32) is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nan_and_infinity_are_named(bad, dtype):
    x = np.zeros((4, 3), dtype)
    x[2, 1] = bad
    with pytest.raises(ValueError, match=rf"^x contains NaN or infinity: {bad} at index \(2, 1\)"):
        features(x)
    with pytest.raises(ValueError, match=r"^y contains NaN or infinity"):
        targets(x)
    with pytest.raises(ValueError, match=r"^sample_weight contains NaN or infinity: .* at index 1$"):
        data.weights([1, bad], 2, F32)
    x[0, 0] = -bad  # two infinities may cancel in a sum
    with pytest.raises(ValueError, match=r"^x contains NaN or infinity"):
        features(x)


def test_large_numbers_are_not_infinite():
    x = np.full((4, 3), 3e38, np.float32)  # the sum overflows
    assert features(x) is x
    with pytest.raises(ValueError, match=r"^x holds 1e\+39 at index \(0, 0\), beyond the range of float32"):
        features(np.full((4, 3), 1e39))
    assert features(np.full((4, 3), 1e39), dtype=F64)[0, 0] == 1e39


@pytest.mark.parametrize(
    ("x", "error", "match"),
    [
        (np.ones((4, 2)), ValueError, r"^x: layer 'dense' expects shape \(rows, 3\); found \(4, 2\)"),
        (np.ones(3), ValueError, r"expects shape \(rows, 3\); found \(3,\)"),
        (np.ones((4, 3, 1)), ValueError, r"found \(4, 3, 1\)"),
        (np.ones((4, 3), complex), TypeError, "^x must hold real numbers; got dtype complex128"),
        ([["1", "2", "3"]], TypeError, "^x must hold real numbers"),
        (np.ones((4, 3), object), TypeError, "object"),
        (None, TypeError, "^x must hold real numbers"),
        ([[1, 2, 3], [1, 2]], ValueError, "^x must be an array of numbers"),
        (np.ma.array(np.ones((4, 3)), mask=np.eye(4, 3)), ValueError, "^x has masked entries"),
    ],
)
def test_bad_features(x, error, match):
    with pytest.raises(error, match=match):
        features(x)


@pytest.mark.parametrize(
    ("y", "arguments", "error", "match"),
    [
        (None, {}, ValueError, "^y is needed"),
        (np.ones((3, 3)), {}, ValueError, r"^y must have the shape \(4, 3\).*found \(3, 3\)"),
        (np.ones(4), {"loss": "categorical_crossentropy"}, ValueError, "use the loss sparse_categorical_crossentropy"),
        (np.ones((4, 3)), {"sparse": True}, ValueError, "use the loss categorical_crossentropy"),
        (np.ones(3, int), {"sparse": True}, ValueError, r"^y must have the shape \(4,\)"),
        ([0, 1, 2, 3], {"sparse": True}, ValueError, r"^y must hold labels in \[0, 3\).*found 0 to 3"),
        ([0, 1, 2, -1], {"sparse": True}, ValueError, "found -1 to 2"),
        ([0, 1, 2, 0.5], {"sparse": True}, ValueError, "fractions"),
        ([0, 1, 2, np.nan], {"sparse": True}, ValueError, "NaN"),
        (["a", "b", "c", "d"], {"sparse": True}, TypeError, "^y must hold real numbers"),
    ],
)
def test_bad_targets(y, arguments, error, match):
    with pytest.raises(error, match=match):
        targets(y, **arguments)


@pytest.mark.parametrize("weight", [[1.0], [[1.0, 1.0]], np.ones((2, 2))])
def test_bad_weights(weight):
    with pytest.raises(ValueError, match=r"^sample_weight must have the shape \(2,\)"):
        data.weights(weight, 2, F32)
