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
from dlcore import streams
from dlcore.backends import get_backend
from dlcore.backends.contract import LOSSES, METRICS

pytestmark = pytest.mark.slow

BEYOND = 1 << 31
GIBIBYTES = 4 * BEYOND / (1 << 30)

#: Rows and columns. A row of few columns shares its vectors with others; one of very many comes alone.
SHAPES = {"tall": (1 << 22, 513), "narrow": (178_957_000, 12), "wide": (7, 306_783_400)}

#: One of each family of kernels.
KINDS = (
    "sparse_categorical_crossentropy_logits",
    "categorical_crossentropy",
    "mean_squared_error",
    "cosine_similarity",
)


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
    return sparse(*SHAPES["tall"])


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


def test_an_update_with_state_of_so_many_weights(square, room):
    p = room[: square.array.size].reshape(square.array.shape)
    p[...] = 0
    needs(GIBIBYTES)
    velocity = np.zeros(p.shape, np.float32)
    for _ in range(2):
        dlcore.ops.momentum_step(p, square.array, velocity, learning_rate=0.5, momentum=0.25)
    assert holds_only(velocity, square, -0.625 * square.values)
    assert holds_only(p, square, -1.125 * square.values)


@pytest.mark.parametrize("batch", [1 << 12, 1 << 22], ids=["batches", "one batch"])
def test_dropout_of_so_many_numbers(batch):
    """Of one batch, the last bits of a mask decide upon its last row, which alone teaches anything."""
    needs(7)
    rows, columns = SHAPES["tall"]
    x, y = np.zeros((rows, columns), np.float32), np.zeros((rows, 1), np.float32)
    x[-1], y[-1] = 1, 100
    dlcore.utils.set_random_seed(2)
    dense = dlcore.layers.Dense(1, use_bias=False)
    net = dlcore.Sequential([dlcore.layers.Input((columns,)), dlcore.layers.Dropout(0.5, seed=11), dense])
    net.compile(dlcore.optimizers.SGD(batch / 400), "mse")
    assert net.how_it_trains().startswith("in an engine")
    before = net.get_weights()[0]
    net.fit(x, y, batch_size=batch, shuffle=False, verbose=0)
    kept = streams.keep_mask(streams.drawn(11, rows // batch - 1), (batch, columns), 0.5)[-1]
    np.testing.assert_array_equal(net.get_weights()[0][:, 0] != before[:, 0], kept)


def rows_to_look_at(of: Sparse) -> list[int]:
    """Those that are not zero, and the third, which is like all others."""
    assert 2 not in of.rows
    return [2, *of.rows]


def others_are_like_the_third(found: np.ndarray, of: Sparse, step: int = 1) -> bool:
    """Whether every row that held but zeros, or one in so many, became what the third did."""
    looked_at = found[::step].copy()
    looked_at[of.rows[of.rows % step == 0] // step] = found[2]
    return np.array_equal(looked_at, np.broadcast_to(found[2], looked_at.shape), equal_nan=True)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [(KINDS[0], "wide"), *((kind, shape) for kind in KINDS for shape in ("tall", "narrow"))],  # the first takes longest
)
def test_losses_of_so_many_numbers(kind, shape, room):
    """A row has the loss and the gradient among the others that it has alone."""
    needs(3)
    pred, backend, parameter = sparse(*SHAPES[shape]), get_backend(), LOSSES[kind].default
    true = np.zeros(len(pred.array), np.int64) if LOSSES[kind].sparse else np.zeros(pred.array.shape, np.float32)
    if LOSSES[kind].sparse:
        true[pred.rows] = pred.columns
    else:
        true[pred.rows, pred.columns[::-1]] = 1
    values, grad = np.empty(len(true), np.float32), room[: pred.array.size].reshape(pred.array.shape)
    backend.loss(kind, true, pred.array, None, parameter, 0.5, values, grad)
    value, slope = np.empty(1, np.float32), np.empty((1, pred.array.shape[1]), np.float32)
    for row in rows_to_look_at(pred):
        alone = slice(row, row + 1)
        backend.loss(kind, true[alone], pred.array[alone], None, parameter, 0.5, value, slope)
        np.testing.assert_array_equal(values[alone], value)
        assert np.array_equal(grad[alone], slope, equal_nan=True)
    assert np.isfinite(values[pred.rows]).all()  # zeros have no sum that they could be divided by
    assert others_are_like_the_third(values, pred)
    assert others_are_like_the_third(grad, pred, step=4099)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["sparse_categorical_accuracy", "mean_squared_error"])
def test_metrics_of_so_many_numbers(kind, shape):
    needs(3)
    pred, backend = sparse(*SHAPES[shape]), get_backend()
    true = np.zeros(len(pred.array), np.int64) if METRICS[kind].sparse else np.zeros(pred.array.shape, np.float32)
    if METRICS[kind].sparse:
        true[pred.rows] = pred.columns
    else:
        true[pred.rows, pred.columns] = 1
    values, value = np.empty(len(true), np.float32), np.empty(1, np.float32)
    backend.metric(kind, true, pred.array, None, METRICS[kind].default, values)
    for row in rows_to_look_at(pred):
        alone = slice(row, row + 1)
        backend.metric(kind, true[alone], pred.array[alone], None, METRICS[kind].default, value)
        np.testing.assert_array_equal(values[alone], value)
    assert others_are_like_the_third(values, pred)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_softmax_of_so_many_numbers(shape, room):
    needs(3)
    kind = "softmax"
    z, backend = sparse(*SHAPES[shape]), get_backend()
    out, row_out = room[: z.array.size].reshape(z.array.shape), np.empty((1, z.array.shape[1]), np.float32)
    backend.activation_forward(kind, 0.0, z.array, out)
    for row in rows_to_look_at(z):
        backend.activation_forward(kind, 0.0, z.array[row : row + 1], row_out)
        assert np.array_equal(out[row : row + 1], row_out)
    assert others_are_like_the_third(out, z, step=4099)

    dy = np.zeros(z.array.shape, np.float32)
    dy[z.rows, z.columns[::-1]] = 2
    backend.activation_backward(kind, 0.0, dy, None, z.array, out)
    for row in rows_to_look_at(z):
        alone = slice(row, row + 1)
        backend.activation_backward(kind, 0.0, dy[alone], None, z.array[alone], row_out)
        assert np.array_equal(out[alone], row_out)
    assert others_are_like_the_third(out, z, step=4099)


def test_sums_and_a_look_for_nan(square):
    backend, values = get_backend(), square.values.astype(np.float64)
    assert backend.sum_of_squares(square.array) == np.sum(values**2)
    assert backend.sum_of_absolutes(square.array) == np.sum(np.abs(values))
    assert backend.all_finite(square.array)
    array = np.zeros(BEYOND + 100, np.float32)
    for place in (BEYOND - 1, BEYOND, BEYOND + 99):
        array[place] = np.nan
        assert not backend.all_finite(array)
        array[place] = 0
