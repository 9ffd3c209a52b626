"""Flatten, Rescaling and Normalization before the first Dense: an engine reads data so, in every way that they come."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import dlcore
from dlcore import Sequential, layers

RNG = np.random.default_rng(0)
X = RNG.standard_normal((70, 4, 3, 2)).astype(np.float32)
Y = RNG.integers(0, 3, 70)


class Same(layers.Layer):
    """No engine knows it."""

    def call(self, inputs):
        return inputs


def normalization() -> layers.Normalization:
    layer = layers.Normalization()
    layer.adapt(X)
    return layer


HEADS = {
    "with an Input": lambda: [layers.Input((4, 3, 2)), layers.Flatten()],
    "with input_shape": lambda: [layers.Flatten(input_shape=(4, 3, 2))],
    "without a shape": lambda: [layers.Flatten()],
    "behind Dropout": lambda: [layers.Dropout(0.3), layers.Flatten(), layers.Identity()],
    "twice": lambda: [layers.Flatten(), layers.Flatten()],
    "rescaled": lambda: [layers.Rescaling(0.1, 0.5, input_shape=(4, 3, 2)), layers.Flatten(), layers.Dropout(0.1)],
    "normalized": lambda: [normalization(), layers.Identity(), layers.Flatten(), layers.Rescaling(2.0)],
    "in float64": lambda: [layers.Flatten(), layers.Normalization(mean=0.3, variance=1 / 3, dtype="float64")],
}
SCALED = ("rescaled", "normalized", "in float64")


def model(head: str, *between: layers.Layer) -> Sequential:
    dlcore.utils.set_random_seed(3)
    net = Sequential([*HEADS[head](), *between, layers.Dense(8, "relu"), layers.Flatten(), layers.Dense(3, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    return net


@pytest.mark.parametrize("head", HEADS)
def test_the_engine_has_the_bits_of_the_tape(head, backend):
    found = []
    for between in ([], [Same()]):
        net = model(head, *between)
        net.fit(X, Y, batch_size=16, epochs=2, verbose=0, validation_data=(X, Y))
        assert net.how_it_trains().startswith("batch by batch" if between else "in an engine")
        found.append([*net.get_weights(), net.predict(X), np.float64(net.evaluate(X, Y, verbose=0))])
    engine, tape = found
    for a, b in zip(engine[:-1], tape[:-1], strict=True):
        np.testing.assert_array_equal(a, b)
    assert engine[-1] == pytest.approx(tape[-1])


@pytest.mark.parametrize("head", ["with an Input", *SCALED])
def test_every_way_that_data_come(head, tmp_path, monkeypatch):
    """The same training, whether the rows are flat already, on disk, in another layout, or batches of a generator."""
    monkeypatch.setattr("dlcore.models.intake.CHUNK_BYTES", 3000)  # of 24 numbers each, 31 rows
    on_disk = np.memmap(tmp_path / "x", np.float64, "w+", shape=X.shape)
    on_disk[...] = X
    other = np.asfortranarray(X.astype(np.float64))
    flat = X if head == "normalized" else X.reshape(70, -1)

    def batches():
        for start in range(0, 70, 16):
            yield X[start : start + 16], Y[start : start + 16]

    results = []
    for x, y in ((X, Y), (flat, Y), (on_disk, Y), (other, Y), (X.tolist(), Y), (batches(), None)):
        net = model(head)
        net.fit(x, y, batch_size=16 if y is not None else None, shuffle=False, verbose=0)
        results.append(net.get_weights())
    net = model(head)
    for x, y in batches():
        net.train_on_batch(x, y)
    for weights in [*results, net.get_weights()]:
        for a, b in zip(weights, results[0], strict=True):
            np.testing.assert_array_equal(a, b)
    for validation in (on_disk, flat):
        net.fit(on_disk, Y, verbose=0, validation_data=(validation, Y))


@pytest.mark.parametrize("head", ["with an Input", *SCALED])
def test_predictions(head):
    net = model(head)
    expected = net.predict(X)
    np.testing.assert_array_equal(expected, np.asarray(net(X)))
    predict = net.predictor()
    np.testing.assert_array_equal(predict(X), expected)
    np.testing.assert_array_equal(net.predict(X, batch_size=7, callbacks=[]), expected)
    np.testing.assert_array_equal(net.predict_on_batch(X[:1]), expected[:1])
    assert net.predict(X[:0]).shape == (0, 3)
    out = np.empty((70, 3), np.float32)
    assert predict(X, out) is out
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize(
    ("x", "reason"),
    [(np.ones((5, 2)), "cannot take the shape (1, 2): subtract"), (np.ones(3), "has other statistics than rows of x")],
)
def test_rows_that_do_not_fit_the_scale(x, reason):
    """The second would give three rows of the one that was meant."""
    net = Sequential([layers.Normalization(mean=[1.0, 2, 3], variance=[1.0, 1, 2], name="n"), layers.Dense(2)])
    net.compile("sgd", "mse")
    net.fit(np.ones((5, 3)), np.ones((5, 2)), verbose=0)
    for call in (net.predict, lambda x: net.fit(x, np.ones((len(x), 2)), verbose=0)):
        with pytest.raises(ValueError, match=re.escape(f"x: layer 'n' {reason}")):
            call(x)


def test_a_row_alone():
    net = model("with an Input")
    np.testing.assert_array_equal(net.predictor()(X[0].ravel()), net.predict(X)[0])


def test_an_explained_step_shows_what_is_done_to_the_data():
    for head, kinds in (("with an Input", ["Flatten", "Dense"]), ("rescaled", ["Rescaling", "Flatten"])):
        step = model(head).explain_step(X[:2], Y[:2])
        assert [layer.kind for layer in step.layers][:2] == kinds
        assert step.layers[0].input.shape == (2, 4, 3, 2)


def test_a_single_column():
    """As in a regression on one column of a table: rows may be numbers."""
    x = RNG.uniform(50, 200, 300)
    y = 0.1 * x - 7
    found = []
    for given in (x, x[:, np.newaxis], pd.Series(x), x.tolist()):
        scale = layers.Normalization(input_shape=(1,), axis=None)
        scale.adapt(x)
        dlcore.utils.set_random_seed(0)
        net = Sequential([scale, layers.Dense(1)])
        net.compile(dlcore.optimizers.Adam(0.1), "mean_absolute_error")
        net.fit(given, y, epochs=60, verbose=0, validation_split=0.2)
        assert net.how_it_trains().startswith("in an engine")
        assert net.evaluate(given, y, verbose=0) < 0.1
        found.append(net.predict(given))
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])


def test_statistics_that_change_count_from_then_on():
    changed, twin = model("normalized"), model("normalized", Same())
    for net in (changed, twin):
        net.fit(X, Y, verbose=0)
        net.layers[0].adapt(3 * X + 1)
        net.fit(X, Y, verbose=0)
    for a, b in zip(changed.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e38])
def test_what_is_not_finite_or_becomes_so(bad):
    """Found before anything is trained, unless it is the scale that makes it infinite."""
    net = model("normalized")
    net.layers[0].adapt(1e-6 * X)
    net.fit(X, Y, verbose=0)
    before = net.get_weights()
    x = X.copy()
    x[0 if bad == 1e38 else -1, 0, 0, 0] = bad
    with pytest.raises(ValueError, match="x contains NaN or infinity"):
        net.fit(x, Y, verbose=0)
    for a, b in zip(net.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("call", ["fit", "evaluate", "predict"])
def test_rows_of_another_size(call):
    net = model("with an Input")
    arguments = (X[:, :3],) if call == "predict" else (X[:, :3], Y)
    with pytest.raises(ValueError, match=r"expects shape \(rows, 24\) after Flatten; found \(70, 3, 3, 2\)"):
        getattr(net, call)(*arguments, verbose=0)


@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        ([layers.Flatten("channels_first", name="f")], "'f' (Flatten) has no kernel"),
        ([layers.Dense(2, name="d"), layers.Flatten()], "the inputs of layer 'd' have 4 axes, not 2"),
        ([layers.Flatten(), layers.Dense(2), layers.Rescaling(2.0, name="r")], "'r' (Rescaling) has no kernel"),
        ([layers.Flatten(), layers.Dropout(0.1), layers.Normalization(name="n")], "'n' (Normalization) has no kernel"),
    ],
)
def test_what_goes_batch_by_batch(stack, reason):
    net = Sequential([layers.Input((4, 3, 2)), *stack, layers.Dense(3)])
    net.compile("sgd", "mse")
    assert net.how_it_trains().startswith("batch by batch")
    assert reason in net.how_it_trains()
    net.fit(X, np.zeros((70, 3)), verbose=0)
