"""Dropout in an engine: the tape's bits, draws counted as the tape counts them, and what goes batch by batch."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import dlcore
from dlcore import Sequential, layers, streams
from dlcore.backends import available_backends, get_backend, network, use_backend
from dlcore.engine import StepwiseEngine
from dlcore.models import plan, running

RNG = np.random.default_rng(0)
X = RNG.standard_normal((1300, 20))
Y = (X[:, 0] > 0) + 2 * (X[:, 1] > 0)

#: What is dropped of the data, and the hidden layers with what is dropped of them.
HIDDEN = {
    "relu": (0.0, ("relu", 0.3), ("relu", 0.5)),
    "visible": (0.2, ("relu", 0.5), ("tanh", 0.0)),
    "from the output": (0.1, ("tanh", 0.2), ("linear", 0.1)),
    "from the input": (0.0, ("gelu", 0.25), ("leaky_relu", 0.4)),
    "of rows": (0.0, ("softmax", 0.1), ("elu", 0.0)),
    "all of it": (0.0, ("relu", 1.0), ("tanh", 0.3)),
}


class Same(layers.Layer):
    """No engine knows it."""

    def call(self, inputs):
        return inputs


def model(hidden: str = "relu", dtype: str = "float32", taped: bool = False, **options: object) -> Sequential:
    """Layers of 33 and 17 units: the elements of a row begin anywhere in a block of random words."""
    dlcore.utils.set_random_seed(7)
    visible, *others = HIDDEN[hidden]
    stack: list[layers.Layer] = [layers.Input((20,), dtype=dtype), layers.Dropout(visible, dtype=dtype)]
    for units, (activation, rate) in zip((33, 17), others, strict=True):
        stack += [layers.Dense(units, activation, dtype=dtype), layers.Dropout(rate, dtype=dtype)]
    stack += [Same(dtype=dtype)] if taped else []
    net = Sequential([*stack, layers.Dense(4, "softmax", dtype=dtype)])
    loss = dlcore.losses.SparseCategoricalCrossentropy(dtype=dtype)
    net.compile(dlcore.optimizers.Adam(0.01, **options), loss)
    return net


def state(net: Sequential) -> list[bytes]:
    """Weights, what the optimizer remembers, and how often each layer drew."""
    return [v.numpy().tobytes() for v in (*net.variables, *net.optimizer.variables)]


def draws(net: Sequential) -> list[int]:
    return [int(layer.seed_generator.state.array[1]) for layer in net.layers if getattr(layer, "seed_generator", None)]


@pytest.fixture
def op_by_op(monkeypatch: pytest.MonkeyPatch):
    def switch() -> None:
        monkeypatch.setattr(running, "training_plan", partial(plan.training_plan, make=StepwiseEngine))

    return switch


@pytest.mark.usefixtures("native_core")
@pytest.mark.parametrize("batch_size", [48, 1100])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_one_result_whatever_the_way(hidden, dtype, batch_size, op_by_op):
    """Fused on every instruction set and number of threads, op by op, on the tape."""
    native = pytest.importorskip("dlcore.backends.native")
    fit = {"batch_size": batch_size, "epochs": 2, "verbose": 0}
    found = []
    for isa in [isa for isa in native.available_isas() if isa != "x86_64_v2"]:
        native.force_isa(isa)
        for threads in (1, 2, 3):
            dlcore.set_num_threads(threads)
            net = model(hidden, dtype)
            assert net.how_it_trains().startswith("in an engine")
            net.fit(X, Y, **fit)
            found.append(state(net))
    steps = 2 * -(-len(X) // batch_size)
    visible, *others = HIDDEN[hidden]
    assert draws(net) == [steps] * sum(rate > 0 for rate in (visible, *(rate for _, rate in others)))
    op_by_op()
    stepwise = model(hidden, dtype)
    stepwise.fit(X, Y, **fit)
    assert isinstance(stepwise._plan.engine, StepwiseEngine)
    taped = model(hidden, dtype, taped=True)
    taped.fit(X, Y, **fit)
    assert taped.how_it_trains().startswith("batch by batch")
    assert all(result == found[0] for result in [*found, state(stepwise), state(taped)])


@pytest.mark.usefixtures("native_core")
def test_with_gradients_that_are_clipped_and_gathered():
    results = []
    for taped in (False, True):
        net = model(taped=taped, global_clipnorm=0.1, gradient_accumulation_steps=3)
        net.fit(X, Y, batch_size=100, epochs=2, shuffle=False, verbose=0)
        results.append(state(net))
    assert results[0] == results[1]


def test_what_is_dropped_is_what_the_mask_says(backend):
    """One step of a net whose output is the mean of what the hidden layer lets through."""
    for name, rate in (("tanh", 0.4), ("relu", 0.9)):
        x, w = np.abs(RNG.standard_normal((37, 5))), np.abs(RNG.standard_normal((5, 19)))
        hidden = np.tanh(x @ w) if name == "tanh" else x @ w
        kept = streams.keep_mask(streams.drawn(11, 3), hidden.shape, rate)
        out = (np.where(kept, hidden, 0) / (1 - rate)).mean(axis=1, keepdims=True)
        spec = network.NetworkSpec(
            5, (network.DenseSpec(19, name), network.DenseSpec(1, dropout=rate)), "mean_squared_error"
        )
        parameters = [(w.copy(), None), (np.full((19, 1), 1 / 19), None)]
        drawn = np.array([11, 3], np.uint32)
        fused = backend.engine(spec, parameters, [((), ()), ((), ())], None, [None, drawn])
        engine = fused or StepwiseEngine(backend, spec, parameters, [((), ()), ((), ())], draws=[None, drawn])
        before = engine.evaluate(x, np.zeros((37, 1)), None, 37).loss / 37
        assert before == pytest.approx((hidden.mean(axis=1) ** 2).mean())
        assert drawn.tolist() == [11, 3]
        totals = engine.train(x, np.zeros((37, 1)), None, None, 37, network.Hyper(0.1), np.full(1, 0.1), None)
        assert totals.loss / 37 == pytest.approx((out**2).mean(), rel=1e-9)
        assert drawn.tolist() == [11, 4]
        slope = np.where(kept, 2 * out / 37 / 19, 0) / (1 - rate) * (1 - hidden**2 if name == "tanh" else 1)
        np.testing.assert_allclose(parameters[0][0], w - 0.1 * x.T @ slope, rtol=1e-9)


@pytest.mark.parametrize("name", ["numba", "numpy"])
def test_the_other_backends_come_close(name):
    if name not in available_backends():
        pytest.skip(f"backend {name} is not available")
    net = model("from the output", "float64")
    net.fit(X, Y, batch_size=50, verbose=0)
    with use_backend(name):
        other = model("from the output", "float64")
        other.fit(X, Y, batch_size=50, verbose=0)
    assert draws(other) == draws(net)
    for w, expected in zip(other.get_weights(), net.get_weights(), strict=True):
        np.testing.assert_allclose(w, expected, rtol=1e-6, atol=1e-9)


def test_predictions_and_evaluations_drop_nothing():
    net = model()
    net.fit(X, Y, epochs=1, verbose=0, validation_data=(X, Y))
    counted = draws(net)
    weights = net.get_weights()
    hidden = np.maximum(np.maximum(X @ weights[0] + weights[1], 0) @ weights[2] + weights[3], 0)
    expected = np.exp(hidden @ weights[4] + weights[5])
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(net.predict(X), expected, rtol=1e-4, atol=1e-6)
    loss = -np.log(expected[np.arange(len(X)), Y]).mean()
    assert net.evaluate(X, Y, verbose=0) == pytest.approx(loss, rel=1e-5)
    assert draws(net) == counted


def test_a_training_cut_in_two():
    whole, cut = model(), model()
    whole.fit(X, Y, batch_size=50, epochs=3, verbose=0)
    cut.fit(X, Y, batch_size=50, epochs=1, verbose=0)
    cut.fit(X, Y, batch_size=50, epochs=3, initial_epoch=1, verbose=0)
    assert state(whole) == state(cut)


def test_a_saved_model_goes_on_drawing(tmp_path):
    whole = model()
    whole.fit(X, Y, epochs=1, verbose=0)
    whole.save(tmp_path / "net.safetensors")
    again = dlcore.load_model(tmp_path / "net.safetensors")
    for net in (whole, again):
        net.fit(X, Y, epochs=2, initial_epoch=1, shuffle=False, verbose=0)
    assert state(whole) == state(again)


def test_a_rate_that_is_changed_counts_from_then_on():
    changed, twin = model(), model(taped=True)
    for net in (changed, twin):
        net.fit(X, Y, epochs=1, verbose=0)
        net.layers[2].rate = 0.7
        net.fit(X, Y, epochs=1, verbose=0)
    assert state(changed) == state(twin)


@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        (
            [layers.Dense(3), layers.Dropout(0.2), layers.Dropout(0.1, name="d"), layers.Dense(3)],
            "'d' comes right after another Dropout",
        ),
        (
            [layers.Dropout(0.2), layers.Activation("relu", name="a"), layers.Dense(3)],
            "'a' does not come right after a Dense or a normalization without an activation",
        ),
        (
            [layers.Dense(3), layers.Dropout(0.2), layers.Activation("relu", name="a"), layers.Dense(3)],
            "'a' does not come right after a Dense or a normalization without an activation",
        ),
        ([layers.Dense(3), layers.Dropout(0.2, name="d")], "'d' comes after the last Dense"),
        ([layers.Dense(3), layers.Dropout(0.2, (None, 1), name="d"), layers.Dense(3)], "'d' (Dropout) has no kernel"),
        ([layers.Dense(3), layers.AlphaDropout(0.2, name="d"), layers.Dense(3)], "'d' (AlphaDropout) has no kernel"),
        ([layers.Dense(3), layers.Dropout(0.2, dtype="float64"), layers.Dense(3)], "several dtypes"),
    ],
)
def test_what_goes_batch_by_batch(stack, reason):
    net = Sequential([layers.Input((4,)), *stack])
    net.compile("sgd", "mse")
    assert net.how_it_trains().startswith("batch by batch")
    assert reason in net.how_it_trains()
    net.fit(X[:50, :4], X[:50, :3], verbose=0)


def test_a_rate_of_0_is_no_dropout():
    net = Sequential([layers.Input((4,)), layers.Dropout(0.0), layers.Dense(3), layers.Dropout(0.0)])
    net.compile("sgd", "mse")
    assert net.how_it_trains().startswith("in an engine")


@pytest.mark.usefixtures("native_core")
@pytest.mark.parametrize(
    ("rates", "drawn", "error", "match"),
    [
        ((0.5, 0.0), [np.zeros(3, np.uint32), None], ValueError, "draws has 3 elements, not 2"),
        ((0.5, 0.0), [np.zeros(2, np.int64), None], TypeError, "draws has another dtype"),
        ((0.5, 0.0), [[0, 0], None], TypeError, "draws is not a NumPy array"),
        ((0.5, 0.0), [None], IndexError, "range"),
        ((1.5, 0.0), [np.zeros(2, np.uint32), None], ValueError, "outside"),
    ],
)
def test_what_an_engine_refuses(rates, drawn, error, match):
    spec = network.NetworkSpec(3, tuple(network.DenseSpec(2, dropout=rate) for rate in rates), "mean_squared_error")
    parameters = [(np.zeros((3, 2)), None), (np.zeros((2, 2)), None)]
    with pytest.raises(error, match=match):
        get_backend().engine(spec, parameters, [((), ()), ((), ())], None, drawn)
