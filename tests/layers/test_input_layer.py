from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers
from dlcore.backends.network import DenseSpec


def test_input():
    assert layers.Input((4,)).batch_input_shape == (None, 4)
    assert layers.Input(4).batch_input_shape == (None, 4)
    assert layers.Input((np.int64(4),)).batch_shape == (None, 4)
    assert layers.Input((None, 3)).batch_shape == (None, None, 3)
    assert layers.Input((3,), batch_size=5).batch_shape == (5, 3)
    assert layers.Input(batch_shape=(5, 3)).batch_shape == (5, 3)
    assert layers.Input(batch_shape=(None, 3)).batch_input_shape == (None, 3)
    x = np.float32([[1, 2]])
    assert np.array_equal(layers.Input((2,))(x), x)
    assert layers.Dense(2, input_dim=5).batch_input_shape == (None, 5)
    assert layers.Dense(2, batch_shape=(7, 5)).batch_input_shape == (None, 5)
    assert layers.Dense(2, input_shape=(3, 5)).batch_input_shape == (None, 3, 5)


def test_data_may_be_integers():
    layer = layers.Input((2,), dtype="int32")
    assert layer.dtype == "int32"
    assert layer(np.ones((1, 2), np.int32)).dtype == "int32"
    assert layers.InputLayer.from_config(layer.get_config()).dtype == "int32"


def test_what_it_is_to_an_engine():
    chain: list[DenseSpec] = []
    for shape in ((2,), (2, 3)):
        layers.Input(shape).describe(chain)
    assert not chain


@pytest.mark.parametrize("shape", [(0,), (-1,), (2.5,), (True,)])
def test_bad_shapes(shape):
    with pytest.raises(ValueError, match="shape is a tuple of whole numbers"):
        layers.Input(shape)


def test_arguments_that_do_not_go_together():
    with pytest.raises(ValueError, match="pass a `shape` argument"):
        layers.Input()
    with pytest.raises(ValueError, match="both `shape` and `batch_shape`"):
        layers.Input((2,), batch_shape=(3, 2))
    with pytest.raises(ValueError, match="both `batch_size` and `batch_shape`"):
        layers.Input(batch_size=3, batch_shape=(3, 2))
    with pytest.raises(ValueError, match="`sparse=True` is not supported"):
        layers.Input((2,), sparse=True)
    with pytest.raises(ValueError, match="`input_tensor`"):
        layers.InputLayer((2,), input_tensor=np.ones(2))
    with pytest.warns(UserWarning, match="`input_shape` is deprecated"):
        layers.InputLayer(input_shape=(2,))


def test_its_shape_is_that_of_a_batch():
    assert layers.Input((4,)).shape == (None, 4)
    assert layers.Input((4,), batch_size=8).shape == (8, 4)
