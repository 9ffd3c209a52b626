"""What every operation refuses, in words that name the argument, and that nothing is written by then."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import ops
from ops.arrays import F32, F64, layer, misaligned, read_only, spread

BAD_INPUTS = [
    (None, TypeError, "got None"),
    (np.ones((5, 7), complex), TypeError, "got dtype complex128"),
    (np.ones((5, 7), np.float16), TypeError, "got dtype float16"),
    (np.ones((5, 7), object), TypeError, "got dtype object"),
    (np.full((5, 7), "1"), TypeError, "got dtype <U1"),
    (np.ma.ones((5, 7)), TypeError, "masked array"),
    ([["a"]], TypeError, "got list"),
    ([[1, 2], [3]], ValueError, "got list"),
    (object(), TypeError, "got object"),
]


@pytest.mark.parametrize(("bad", "error", "message"), BAD_INPUTS, ids=[m for _, _, m in BAD_INPUTS])
def test_inputs_that_are_refused(rng, bad, error, message):
    x, w, _ = layer(rng, F32)
    for name, call in {
        "x": lambda: ops.dense(bad, w),
        "w": lambda: ops.dense(x, bad),
        "dy": lambda: ops.dense_backward(bad, x, w),
        "x ": lambda: ops.relu(bad),
        "y_pred": lambda: ops.mean_squared_error(x, bad),
        "y_true": lambda: ops.mean_squared_error(bad, x),
        "g": lambda: ops.sgd_step(x, bad),
        "y": lambda: ops.exponentially_weighted_average(bad),
    }.items():
        with pytest.raises(error, match=rf"^{name.strip()} must be .*{message}"):
            call()


def outputs(shape):
    """Arrays that cannot be written to as the result of a float32 operation of that shape."""
    good = np.zeros(shape, F32)
    return [
        (good.tolist(), TypeError, "must be a NumPy array; got list"),
        (np.ma.array(good), TypeError, "must be a NumPy array; got MaskedArray"),
        (good.astype(F64), TypeError, "must have dtype float32"),
        (good.astype(int), TypeError, "must be float32 or float64"),
        (good.astype(">f4"), TypeError, "native byte order"),
        (good[1:], ValueError, "must have shape"),
        (spread(good), ValueError, "must be C-contiguous"),
        (misaligned(good), ValueError, "must be aligned"),
        (read_only(good), ValueError, "must be writeable"),
    ]


@pytest.mark.parametrize(("out", "error", "message"), outputs((5, 7)), ids=[m for _, _, m in outputs((5, 7))])
def test_outputs_that_are_refused(rng, out, error, message):
    x = rng.standard_normal((5, 7)).astype(F32)
    w = rng.standard_normal((7, 7)).astype(F32)
    before = np.array(out)
    for name, call in {
        "out": lambda: ops.dense(x, w, out=out),
        "preactivation_out": lambda: ops.dense(x, w, preactivation_out=out),
        "dz_out": lambda: ops.dense_backward(x, x, w, dz_out=out),
        r"out\[0\]": lambda: ops.dense_backward(x, x, w, out=(out, None, None)),
        "out ": lambda: ops.softmax(x, out=out),
        "out  ": lambda: ops.activation_backward(x, x, "relu", out=out),
        "out   ": lambda: ops.mean_squared_error(x, x, out=out),
    }.items():
        with pytest.raises(error, match=rf"^{name.strip()} .*{message}"):
            call()
    assert np.array_equal(np.array(out), before)


@pytest.mark.parametrize(("state", "error", "message"), outputs((5, 7)), ids=[m for _, _, m in outputs((5, 7))])
def test_state_that_is_refused(rng, state, error, message):
    p, g, m = (rng.standard_normal((5, 7)).astype(F32) for _ in range(3))
    before = p.copy(), m.copy()
    for call in (
        lambda: ops.momentum_step(p, g, state),
        lambda: ops.adam_step(p, g, m, state, 1),
        lambda: ops.rmsprop_step(p, g, m, momentum_state=state),
    ):
        with pytest.raises(error, match=message):
            call()
    if error is not ValueError or "shape" not in message:
        with pytest.raises((TypeError, ValueError)):
            ops.momentum_step(state, g, m)
    assert np.array_equal(p, before[0])
    assert np.array_equal(m, before[1])


def test_overlaps_are_refused(rng):
    x = rng.standard_normal((6, 6)).astype(F32)
    w = rng.standard_normal((6, 6)).astype(F32)
    with pytest.raises(ValueError, match=r"out is written to, so it must not share memory with x"):
        ops.dense(x, w, out=x)
    with pytest.raises(ValueError, match=r"out .* must not share memory with x"):
        ops.relu(x[1:], out=x[:-1])
    with pytest.raises(ValueError, match=r"out .* must not share memory with x"):
        ops.relu(x.T, out=x)
    with pytest.raises(ValueError, match=r"out\[1\] .* must not share memory with out\[0\]"):
        ops.dense_backward(x, x, w, out=((both := np.empty_like(x)), both, None))
    with pytest.raises(ValueError, match=r"preactivation_out .* must not share memory with out"):
        ops.dense(x, w, out=both, preactivation_out=both)
    with pytest.raises(ValueError, match=r"out .* must not share memory with y_true"):
        ops.mean_squared_error(x, w, out=x)
    with pytest.raises(ValueError, match=r"p .* must not share memory with g"):
        ops.sgd_step(x, x)
    with pytest.raises(ValueError, match=r"velocity .* must not share memory with p"):
        ops.momentum_step(x, w, x)
    with pytest.raises(ValueError, match=r"velocity .* must not share memory with momentum"):
        ops.adam_step(x, w, (state := np.zeros_like(x)), state, 1)
    with pytest.raises(ValueError, match=r"velocity .* must not share memory with g"):
        ops.adam_step(x, w, state, w, 1)
    with pytest.raises(ValueError, match=r"momentum_state .* must not share memory with velocity"):
        ops.rmsprop_step(x, w, state[:], momentum_state=state)
    with pytest.raises(ValueError, match=r"out .* must not share memory with dy"):
        ops.activation_backward(x, w, "softmax", out=x)
    with pytest.raises(ValueError, match=r"out .* must not share memory with y"):
        ops.exponentially_weighted_average(x[0], out=x[0])


def test_an_overlap_is_seen_through_anything_like_an_array(rng):
    """An input that is no NumPy array may still be a door to the memory of one."""
    x = rng.standard_normal((6, 6)).astype(F32)
    before = x.copy()

    class Wrapper:
        def __array__(self, dtype=None, copy=None):
            return x

    for door in (Wrapper(), memoryview(x)):
        for call in (
            lambda door=door: ops.dense(door, before, out=x),
            lambda door=door: ops.softmax(door, out=x),
            lambda door=door: ops.dense_backward(before, door, before, out=(None, x, None)),
            lambda door=door: ops.mean_squared_error(door, before, out=x),
            lambda door=door: ops.sgd_step(x, door),
        ):
            with pytest.raises(ValueError, match="must not share memory with"):
                call()
    assert np.array_equal(x, before)


def test_parts_of_one_array_can_be_stepped_and_written(rng, backend, dtype):
    """All the arrays of a call may be views of one, as of a flat buffer, if only they lie apart."""
    p, g, m, v = whole = rng.standard_normal((4, 5, 5)).astype(dtype)
    np.abs(v, out=v)
    expected = [part.copy() for part in whole]
    ops.adam_step(*expected, 3)
    ops.adam_step(p, g, m, v, 3)
    assert np.array_equal(whole, expected)
    results = np.empty((3, 5, 5), dtype)
    dx, dw, _ = ops.dense_backward(p, g, m, bias_gradient=False, dz_out=results[0], out=(results[1], results[2], None))
    assert np.shares_memory(dx, results)
    assert np.array_equal([dx, dw], ops.dense_backward(p, g, m)[:2])


def test_neighbours_are_no_overlap(backend, dtype):
    """Interleaved columns share bounds but no number."""
    both = np.ones((4, 6), dtype)
    left, right = both[:2], both[2:]
    assert ops.relu(left, out=right) is right
    interleaved = np.ones(12, dtype)
    out = np.empty(6, dtype)
    assert np.array_equal(ops.relu(interleaved[::2], out=out), np.ones(6))
