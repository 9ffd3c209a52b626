from __future__ import annotations

import numpy as np
import pytest

from dlcore import layers
from dlcore.autodiff import GradientTape


def test_rows_of_the_table(rng):
    table = rng.normal(size=(5, 3))
    layer = layers.Embedding(5, 3, weights=table)
    ids = np.array([[0, 4], [2, 2]])
    for given in (ids, ids.tolist(), ids.astype(np.float32), ids.astype(np.uint8)):
        y = layer(given)
        assert y.dtype == "float32"
        assert np.array_equal(y, table.astype(np.float32)[ids])
    assert layer.compute_output_shape((None, 7)) == (None, 7, 3)
    assert layer(np.empty((0, 2), int)).shape == (0, 2, 3)


def test_gradients_add_up(rng):
    layer = layers.Embedding(6, 2, dtype="float64")
    ids = rng.integers(0, 5, (4, 3))
    factors = rng.normal(size=(4, 3, 2))
    with GradientTape(persistent=True) as outer:
        with GradientTape() as tape:
            y = layer(ids) * factors
            squares = y * y
        gradient = tape.gradient(squares, layer.embeddings)
    expected = np.zeros((6, 2))
    np.add.at(expected, ids, 2 * factors**2 * layer.embeddings.numpy()[ids])
    np.testing.assert_allclose(gradient, expected, rtol=1e-12)
    second = np.zeros((6, 2))
    np.add.at(second, ids, 2 * factors**2)
    np.testing.assert_allclose(outer.gradient(gradient, layer.embeddings), second, rtol=1e-12)


def test_masks():
    ids = np.array([[0, 3], [1, 0]])
    assert np.array_equal(layers.Embedding(4, 2, mask_zero=True).compute_mask(ids), ids != 0)
    assert layers.Embedding(4, 2).compute_mask(ids) is None
    assert layers.Embedding(4, 2, mask_zero=True).supports_masking
    assert not layers.Embedding(4, 2).supports_masking


def test_errors():
    layer = layers.Embedding(4, 2, name="words")
    with pytest.raises(AttributeError, match="must build the layer"):
        _ = layer.embeddings
    for ids in ([[4]], [[-1]]):
        with pytest.raises(ValueError, match=r"'words' takes integers in \[0, 4\); found"):
            layer(np.array(ids))
    for arguments in ((0, 2), (2, -1), (2.5, 1), ("a", 1), (True, 2)):
        with pytest.raises(ValueError, match="must be a positive integer"):
            layers.Embedding(*arguments)
    with pytest.raises(ValueError, match="lora_rank is not supported"):
        layers.Embedding(4, 2, lora_rank=2)
    with pytest.warns(UserWarning, match="input_length"):
        layers.Embedding(4, 2, input_length=3)
