"""A predictor gives what predict gives, to the bit, for whatever it is called with; and refuses as clearly."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcore
from dlcore import Sequential, layers


def made(inputs, *units, last="softmax", dtype="float32"):
    dlcore.utils.set_random_seed(inputs)
    hidden = [layers.Dense(n, "tanh", dtype=dtype) for n in units[:-1]]
    return Sequential([layers.Input((inputs,)), *hidden, layers.Dense(units[-1], last, dtype=dtype)])


def some(*shape, dtype="float32"):
    return np.random.default_rng(7).normal(size=shape).astype(dtype)


@settings(max_examples=40, deadline=None)
@given(
    inputs=st.integers(1, 70), hidden=st.integers(1, 300), units=st.integers(1, 40), rows=st.integers(0, 200),
    dtype=st.sampled_from(["float32", "float64"]), last=st.sampled_from(["softmax", "sigmoid", "linear"]),
)  # fmt: skip
def test_the_same_bits_as_predict(inputs, hidden, units, rows, dtype, last):
    model = made(inputs, hidden, units, last=last, dtype=dtype)
    x = some(rows, inputs, dtype=dtype)
    expected, predict = model.predict(x), model.predictor()
    assert predict(x).tobytes() == expected.tobytes()
    out = np.empty_like(expected)
    assert predict(x, out) is out
    assert out.tobytes() == expected.tobytes()
    for row, result in zip(x[:5], expected, strict=False):
        assert predict(row).tobytes() == result.tobytes()
        alone = np.empty(units, dtype)
        assert predict(row, alone) is alone
        assert alone.tobytes() == result.tobytes()


def test_whatever_converts_is_taken(backend):
    model = made(4, 5, 3)
    x = some(6, 4)
    predict, expected = model.predictor(), model.predict(x)
    for given_x in (x.astype("f8"), x.astype(">f4"), np.asfortranarray(x), x.tolist(), x[::-1][::-1]):
        assert predict(given_x).tobytes() == expected.tobytes()
    assert predict(x[2].tolist()).tobytes() == model.predict(x[2:3]).tobytes()
    assert predict(x=x, out=None).tobytes() == expected.tobytes()
    shifted = np.frombuffer(b"." + x.tobytes(), np.uint8)[1:].view("f4").reshape(6, 4)
    assert not shifted.flags.aligned or shifted.ctypes.data % 4
    assert predict(shifted).tobytes() == expected.tobytes()


def test_what_is_wrong_is_said_and_nothing_is_written(backend):
    predict = made(4, 5, 3).predictor()
    x, out = some(4), np.full(3, 9, "f4")
    with pytest.raises(ValueError, match=r"expects shape \(rows, 4\); found \(1, 5\)"):
        predict(some(5), out)
    with pytest.raises(ValueError, match=r"out must have shape \(3,\)"):
        predict(x, np.empty(4, "f4"))
    with pytest.raises(ValueError, match=r"out must have shape \(1, 3\)"):
        predict(x[None], out)
    with pytest.raises(TypeError, match="out must have dtype float32"):
        predict(x, np.empty(3))
    with pytest.raises(TypeError, match="must be a NumPy array"):
        predict(x, [0, 0, 0])
    with pytest.raises(TypeError):
        predict()
    with pytest.raises(TypeError):
        predict(x, out, 3)
    both = np.zeros(6, "f4")
    with pytest.raises(ValueError, match="must not share memory"):
        predict(both[:4], both[3:])
    frozen = out.copy()
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="writeable"):
        predict(x, frozen)
    assert (out == 9).all()
    assert not both.any()


def test_it_follows_the_weights():
    model = made(4, 5, 3)
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, predict = some(20, 4), model.predictor()
    before = predict(x)
    model.fit(x, np.arange(20) % 3, verbose=0)
    assert not np.array_equal(predict(x), before)
    assert predict(x).tobytes() == model.predict(x).tobytes()


def test_layers_of_any_kind(backend):
    model = Sequential([layers.Input((4,)), layers.Dense(5), layers.LayerNormalization(), layers.Dense(2)])
    x, out = some(6, 4), np.empty((6, 2), "f4")
    assert model.predictor()(x).tobytes() == model.predict(x).tobytes()
    assert model.predictor()(x, out) is out
    assert out.tobytes() == model.predict(x).tobytes()
    with pytest.raises(ValueError, match="no weights yet"):
        Sequential([layers.Dense(3)]).predictor()


def test_threads_share_one():
    model = made(32, 64, 4)
    x = some(300, 32)
    expected, predict = model.predict(x), model.predictor()
    wrong: list[int] = []

    def work(seed):
        out = np.empty(4, "f4")
        for count, i in enumerate(np.random.default_rng(seed).permutation(len(x))):
            same = predict(x[i], out).tobytes() == expected[i].tobytes()
            if not same or (count % 50 == 0 and not np.array_equal(predict(x), expected)):
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_nothing_is_kept_alive():
    predict = made(4, 3).predictor()
    kept = weakref.ref(predict.predict) if hasattr(predict, "predict") else None
    predict(some(4))
    del predict
    gc.collect()
    assert kept is None or kept() is None
