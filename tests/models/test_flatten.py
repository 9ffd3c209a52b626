"""Data of any shape before a Flatten: read by an engine as the matrix they are, in every way that data come."""

from __future__ import annotations

import numpy as np
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


HEADS = {
    "with an Input": lambda: [layers.Input((4, 3, 2)), layers.Flatten()],
    "with input_shape": lambda: [layers.Flatten(input_shape=(4, 3, 2))],
    "without a shape": lambda: [layers.Flatten()],
    "behind Dropout": lambda: [layers.Dropout(0.3), layers.Flatten(), layers.Identity()],
    "twice": lambda: [layers.Flatten(), layers.Flatten()],
}


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


def test_every_way_that_data_come(tmp_path):
    """The same training, whether the rows are flat already, on disk, in another layout, or batches of a generator."""
    on_disk = np.memmap(tmp_path / "x", np.float64, "w+", shape=X.shape)
    on_disk[...] = X
    flat, other = X.reshape(70, -1), np.asfortranarray(X.astype(np.float64))

    def batches():
        for start in range(0, 70, 16):
            yield X[start : start + 16], Y[start : start + 16]

    results = []
    for x, y in ((X, Y), (flat, Y), (on_disk, Y), (other, Y), (X.tolist(), Y), (batches(), None)):
        net = model("with an Input")
        net.fit(x, y, batch_size=16 if y is not None else None, shuffle=False, verbose=0)
        results.append(net.get_weights())
    net = model("with an Input")
    for x, y in batches():
        net.train_on_batch(x, y)
    for weights in [*results, net.get_weights()]:
        for a, b in zip(weights, results[0], strict=True):
            np.testing.assert_array_equal(a, b)
    for validation in (on_disk, flat):
        net.fit(on_disk, Y, verbose=0, validation_data=(validation, Y))


def test_predictions():
    net = model("with an Input")
    expected = net.predict(X)
    predict = net.predictor()
    np.testing.assert_array_equal(predict(X), expected)
    np.testing.assert_array_equal(predict(X[0].ravel()), expected[0])
    np.testing.assert_array_equal(net.predict(X, batch_size=7, callbacks=[]), expected)
    np.testing.assert_array_equal(net.predict_on_batch(X[:1]), expected[:1])
    assert net.predict(X[:0]).shape == (0, 3)
    out = np.empty((70, 3), np.float32)
    assert predict(X, out) is out
    np.testing.assert_array_equal(out, expected)


def test_an_explained_step_shows_what_is_flattened():
    step = model("with an Input").explain_step(X[:2], Y[:2])
    assert [layer.kind for layer in step.layers][:2] == ["Flatten", "Dense"]
    assert step.layers[0].input.shape == (2, 4, 3, 2)


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
    ],
)
def test_what_goes_batch_by_batch(stack, reason):
    net = Sequential([layers.Input((4, 3, 2)), *stack, layers.Dense(3)])
    net.compile("sgd", "mse")
    assert net.how_it_trains().startswith("batch by batch")
    assert reason in net.how_it_trains()
    net.fit(X, np.zeros((70, 3)), verbose=0)
