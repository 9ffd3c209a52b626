from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers
from layers.differences import check_gradients

X = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.Flatten(dtype="float64"), X.reshape(2, 12)),
        (layers.Flatten(data_format="channels_first", dtype="float64"), X.transpose(0, 2, 1).reshape(2, 12)),
        (layers.Reshape((2, 6), dtype="float64"), X.reshape(2, 2, 6)),
        (layers.Reshape((6, -1), dtype="float64"), X.reshape(2, 6, 2)),
        (layers.Permute((2, 1), dtype="float64"), X.transpose(0, 2, 1)),
    ],
)
def test_values_shapes_and_gradients(layer, expected):
    assert np.array_equal(layer(X), expected)
    assert layer.compute_output_shape((None, 3, 4)) == (None, *expected.shape[1:])
    check_gradients(layer, X)


def test_repeat_vector():
    layer = layers.RepeatVector(3, dtype="float64")
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert np.array_equal(layer(x), np.repeat(x[:, None], 3, axis=1))
    assert layer.compute_output_shape((None, 2)) == (None, 3, 2)
    check_gradients(layer, x)


def test_integers_stay_integers():
    assert layers.Flatten()(np.ones((2, 3, 4), np.int32)).dtype == "int32"
    assert layers.Flatten()(np.arange(3)).shape == (3, 1)


def test_open_lengths():
    assert layers.Flatten().compute_output_shape((None, None, 4)) == (None, None)
    assert layers.Reshape((-1, 2)).compute_output_shape((None, None)) == (None, None, 2)


def test_errors():
    with pytest.raises(ValueError, match="total size"):
        layers.Reshape((5, 2))(X)
    with pytest.raises(ValueError, match="total size"):
        layers.Reshape((5, -1))(X)
    with pytest.raises(ValueError, match="at most one unknown"):
        layers.Reshape((-1, -1))
    with pytest.raises(ValueError, match="non-negative"):
        layers.Reshape((-2, 3))
    with pytest.raises(ValueError, match="start from 1"):
        layers.Permute((0, 1))
    with pytest.raises(ValueError, match="'turn' takes inputs of shape"):
        layers.Permute((2, 1), name="turn")(np.ones((2, 3)))
    with pytest.raises(TypeError, match="integer value for `n`"):
        layers.RepeatVector(1.5)
    with pytest.raises(ValueError, match="positive integer"):
        layers.RepeatVector(0)
    with pytest.raises(ValueError, match="data_format"):
        layers.Flatten(data_format="first")
