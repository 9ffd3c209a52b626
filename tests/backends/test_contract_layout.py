"""Weights whose rows lie apart give what the same weights give packed, on every backend."""

from __future__ import annotations

import numpy as np
import pytest

from backends.common import random
from dlcore.backends.contract import UPDATES
from dlcore.backends.network import Hyper
from dlcore.variable import CROWDED, allocate


def apart(array: np.ndarray) -> np.ndarray:
    """The same numbers, laid out as a Variable lays them."""
    result = allocate(array.shape, array.dtype)
    result[...] = array
    assert not result.flags.c_contiguous
    return result


@pytest.fixture
def columns(dtype) -> int:
    return CROWDED // np.dtype(dtype).itemsize


def test_products(backend, dtype, rng, columns):
    x, w, dy = random(rng, dtype, 9, 7), random(rng, dtype, 7, columns), random(rng, dtype, 9, columns)
    results = []
    for weights in (w, apart(w)):
        y, dz, dx = np.empty_like(dy), np.empty_like(dy), np.empty_like(x)
        dw, db = np.empty_like(w), np.empty(columns, dtype)
        backend.dense_forward(x, weights, None, "relu", 0.0, None, y)
        backend.dense_backward(dy, x, weights, None, y, "relu", 0.0, dz, dx, dw, db)
        results.append((y, dz, dx, dw, db))
    for a, b in zip(*results, strict=True):
        if backend.name == "native":
            np.testing.assert_array_equal(a, b)
        else:  # a BLAS may sum in another order
            np.testing.assert_allclose(a, b, rtol=1e-4 if dtype is np.float32 else 1e-12, atol=1e-5)


@pytest.mark.parametrize("name", UPDATES)
def test_updates(backend, dtype, rng, columns, name):
    p, g = random(rng, dtype, 5, columns), random(rng, dtype, 5, columns)
    hyper = Hyper(0.1, 0.9, 0.9, 0.999, 0.9, 1e-7, 0.01, 1)
    packed = [p.copy(), *(np.full_like(p, 0.1) for _ in UPDATES[name])]
    spaced = [apart(a) for a in packed]
    for arrays in (packed, spaced):
        backend.update(name, arrays[0], g, arrays[1:], hyper)
    for a, b in zip(packed, spaced, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(packed[0], p)


def test_memory_between_the_rows_is_left_alone(backend, dtype, rng, columns):
    p, g = apart(random(rng, dtype, 5, columns)), random(rng, dtype, 5, columns)
    between = np.lib.stride_tricks.as_strided(p, (4, p.strides[0] // p.itemsize))[:, columns:]
    between[...] = 7
    backend.update("sgd", p, g, [], Hyper(0.1))
    assert (between == 7).all()
