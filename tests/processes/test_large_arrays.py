"""Arrays of more than 2^31 elements, whose indices and sizes do not fit into 32 bits.

What is only read holds zeros but in a few places, most of them near the end, and takes no memory: the system gives one
page of zeros for all. What is written takes all it has, and its test is skipped where that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest

import dlcore
from dlcore.backends import get_backend

pytestmark = pytest.mark.slow

BEYOND = 1 << 31
GIBIBYTES = 4 * BEYOND / (1 << 30)


def needs(gibibytes: float) -> None:
    with open("/proc/meminfo") as file:
        available = next(int(line.split()[1]) for line in file if line.startswith("MemAvailable")) / (1 << 20)
    if available < gibibytes + 1:
        pytest.skip(f"needs {gibibytes:g} GiB of memory and one to spare; {available:.1f} are available")


class Sparse(NamedTuple):
    """A matrix of zeros but for one number in each of some rows."""

    array: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray


def sparse(rows: int, columns: int) -> Sparse:
    array = np.zeros((rows, columns), np.float32)
    assert array.size > BEYOND
    at = np.array([0, 1, rows // 2, rows - 3, rows - 2, rows - 1])
    across = np.array([5, columns - 1, 7, 0, columns - 2, 11])
    values = np.array([0.5, -0.25, 1, 2, -1.5, 0.75], np.float32)
    array[at, across] = values
    return Sparse(array, at, across, values)


@pytest.fixture(scope="module")
def tall() -> Sparse:
    """Rows of data: 2^22 of 513 columns."""
    needs(2)
    return sparse(1 << 22, 513)


@pytest.fixture(scope="module")
def square() -> Sparse:
    """A layer's weights."""
    needs(2)
    return sparse(46_400, 46_400)


@pytest.fixture(scope="module")
def room() -> Iterator[np.ndarray]:
    """Memory for one result of so many elements, used by one test after the other."""
    needs(GIBIBYTES + 1)
    return np.empty(46_400**2, np.float32)


def holds_only(found: np.ndarray, expected: Sparse, values: np.ndarray) -> bool:
    """Whether the values are where the sparse matrix has its own, and zeros elsewhere."""
    same = np.array_equal(found[expected.rows, expected.columns], values)
    return same and np.count_nonzero(found) == len(values)


def net_of(inputs: int) -> dlcore.Sequential:
    """Without a bias: what is zero teaches nothing."""
    dlcore.utils.set_random_seed(2)
    net = dlcore.Sequential([dlcore.layers.Input((inputs,)), dlcore.layers.Dense(1, use_bias=False)])
    net.compile(dlcore.optimizers.SGD(100.0), "mse")
    return net


def test_predict_and_evaluate(tall):
    net = net_of(tall.array.shape[1])
    found, few = net.predict(tall.array), net.predict(tall.array[tall.rows])
    np.testing.assert_array_equal(found[tall.rows], few)
    assert few.all()
    assert np.count_nonzero(found) == len(few)
    loss = net.evaluate(tall.array, np.zeros_like(found), verbose=0)
    np.testing.assert_allclose(loss, np.sum(few.astype(np.float64) ** 2) / len(found), rtol=1e-6)


@pytest.mark.parametrize("shuffle", [False, True])
def test_fit(tall, shuffle):
    """Each row that is not zero moves a weight of its own, so that it does not matter which comes first."""
    batch = 1 << 12
    y = np.zeros((len(tall.array), 1), np.float32)
    y[tall.rows] = 1
    few = np.zeros((batch, tall.array.shape[1]), np.float32)
    few[: len(tall.rows)] = tall.array[tall.rows]
    net, again = net_of(few.shape[1]), net_of(few.shape[1])
    before = net.get_weights()[0]
    net.fit(tall.array, y, batch_size=batch, epochs=1, shuffle=shuffle, verbose=0)
    again.fit(few, few.any(axis=1, keepdims=True), batch_size=batch, epochs=1, verbose=0)
    np.testing.assert_array_equal(net.get_weights()[0], again.get_weights()[0])
    assert np.count_nonzero(net.get_weights()[0] != before) == len(tall.rows)


@pytest.mark.parametrize("rows", [3, 40])
def test_products_with_so_many_weights(square, rows):
    """Few rows have a way of their own; for many, panels of the weights are gathered."""
    k, n = square.array.shape
    x, expected = np.zeros((rows, k), np.float32), np.zeros((rows, n), np.float32)
    for r, (row, column, value) in enumerate(zip(*square[1:], strict=True)):
        x[r % rows, row] = 2
        expected[r % rows, column] = 2 * value
    np.testing.assert_array_equal(dlcore.ops.dense(x, square.array), expected)

    dz, dx, back = np.zeros((rows, n), np.float32), np.empty((rows, k), np.float32), np.zeros((rows, k), np.float32)
    for r, (row, column, value) in enumerate(zip(*square[1:], strict=True)):
        dz[r % rows, column] = 2
        back[r % rows, row] = 2 * value
    get_backend().dense_backward(dz.copy(), x, square.array, None, dz, "linear", 0.0, dz, dx, None, None)
    np.testing.assert_array_equal(dx, back)


def test_gradients_of_so_many_weights(square, room):
    k, n = square.array.shape
    x, dz = np.zeros((len(square.rows), k), np.float32), np.zeros((len(square.rows), n), np.float32)
    for r, (row, column, value) in enumerate(zip(*square[1:], strict=True)):
        x[r, row], dz[r, column] = 3, value
    dw = room[: k * n].reshape(k, n)
    get_backend().dense_backward(dz.copy(), x, square.array, None, dz, "linear", 0.0, dz, None, dw, None)
    assert holds_only(dw, square, 3 * square.values)


def test_an_activation_of_so_many_numbers(square, room):
    y = room[: square.array.size].reshape(square.array.shape)
    get_backend().activation_forward("tanh", 0.0, square.array, y)
    few = np.empty((1, len(square.values)), np.float32)
    get_backend().activation_forward("tanh", 0.0, square.values[None], few)
    assert holds_only(y, square, few[0])


def test_an_update_of_so_many_weights(square, room):
    p = room[: square.array.size].reshape(square.array.shape)
    p[...] = 0
    dlcore.ops.sgd_step(p, square.array, learning_rate=0.5)
    assert holds_only(p, square, -square.values / 2)


def test_a_series_of_so_many_numbers(room):
    y = np.zeros(BEYOND + 100, np.float32)
    y[[0, BEYOND + 50]] = 4
    found = room[: len(y)]
    get_backend().weighted_average(y, 0.5, False, found)
    for start in (0, BEYOND + 50):
        np.testing.assert_array_equal(found[start : start + 20], 2 * 0.5 ** np.arange(20))
    assert not found[1000 : BEYOND + 50].any()
