"""The op-by-op engine against a training written out in float64, and against the fused engines."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.backends.contract import ACTIVATIONS, LOSSES, NORMALIZATIONS, UPDATES
from dlcore.backends.network import DenseSpec, Hyper, NetworkSpec, NormalizationSpec, Totals
from dlcore.engine import Extras, StepwiseEngine, make_engine

HYPER = Hyper(0.0, momentum=0.5, beta_1=0.9, beta_2=0.99, rho=0.9, epsilon=1e-5, weight_decay=0.01, step=1)
ROWS, INPUTS = 23, 5


def network(rng, spec, dtype):
    parameters, slots = [], []
    inputs = spec.inputs
    for layer in spec.layers:
        shape = (inputs, layer.units) if isinstance(layer, DenseSpec) else layer.units
        w = (rng.standard_normal(shape) / 2).astype(dtype)
        b = (rng.standard_normal(layer.units) / 2).astype(dtype) if getattr(layer, "use_bias", True) else None
        parameters.append((w, b))
        kinds = UPDATES[spec.update]
        slots.append(tuple([] if p is None else [np.full_like(p, 0.1) for _ in kinds] for p in (w, b)))
        inputs = layer.units
    return parameters, slots


def data(rng, spec, dtype):
    x = rng.standard_normal((ROWS, INPUTS)).astype(dtype)
    units = spec.layers[-1].units
    if LOSSES[spec.loss].sparse:
        y = rng.integers(0, units, ROWS)
    else:
        y = rng.uniform(0.1, 0.9, (ROWS, units)).astype(dtype)
        y /= y.sum(axis=1, keepdims=True)
    return x, y, rng.uniform(0.5, 2, ROWS).astype(dtype)


def two_layers(hidden="tanh", last="linear", loss="mean_squared_error", **more):
    layers = (DenseSpec(7, hidden, ACTIVATIONS[hidden].alpha), DenseSpec(3, last, ACTIVATIONS[last].alpha, False))
    return NetworkSpec(INPUTS, layers, loss, LOSSES[loss].default or 0.02, **more)


def normalized(kind, activation="linear"):
    normalization = NormalizationSpec(kind, 7, 0.1, 0.9, activation, ACTIVATIONS[activation].alpha)
    first = NormalizationSpec(kind, INPUTS, 0.01, 0.9)
    layers = (first, DenseSpec(7, "tanh"), normalization, DenseSpec(3))
    return NetworkSpec(INPUTS, layers, "mean_squared_error")


def statistics(spec):
    return [(np.zeros(layer.units), np.ones(layer.units)) if layer.kind == "batch" else None for layer in spec.layers]


def loss_of(spec, backend, parameters, x, y, weight, divisor):
    """The loss of a batch, in float64."""
    for layer, (w, b) in zip(spec.layers, parameters, strict=True):
        out = np.empty((len(x), layer.units))
        name = "linear" if spec.fused_output and layer is spec.layers[-1] else layer.activation
        if isinstance(layer, NormalizationSpec):
            axis = {"batch": 0, "layer": 1}[layer.kind]
            deviation = np.sqrt(x.var(axis=axis, keepdims=True) + layer.epsilon)
            z = (x - x.mean(axis=axis, keepdims=True)) / deviation * w + b
            backend.activation_forward(name, layer.alpha, z, out)
        else:
            backend.dense_forward(x, w, b, name, layer.alpha, None, out)
        x = out
    return backend.loss(spec.loss, y, x, weight, spec.loss_parameter, 1.0, np.empty(len(x)), None) / divisor


def trained_by_hand(backend, spec, parameters, slots, x, y, weight, batch, rates, reduction="sum_over_batch_size"):
    """Steps along gradients found by differences: nothing in common with backward passes."""
    flat = [p for pair in parameters for p in pair if p is not None]
    states = [
        s
        for pair, state in zip(parameters, slots, strict=True)
        for p, s in zip(pair, state, strict=True)
        if p is not None
    ]
    total = 0.0
    for step, start in enumerate(range(0, len(x), batch)):
        rows = slice(start, start + batch)
        count = len(x[rows])
        divisor = {"sum": 1.0, "mean_with_sample_weight": weight[rows].sum()}.get(reduction, count)
        part = (x[rows], y[rows], weight[rows], divisor)
        total += loss_of(spec, backend, parameters, *part) * count
        gradients = []
        for p in flat:
            g = np.empty_like(p)
            for place in np.ndindex(p.shape):
                kept = p[place]
                p[place] = kept + 1e-5
                above = loss_of(spec, backend, parameters, *part)
                p[place] = kept - 1e-5
                g[place] = (above - loss_of(spec, backend, parameters, *part)) / 2e-5
                p[place] = kept
            gradients.append(g)
        hyper = HYPER._replace(learning_rate=rates[step], step=HYPER.step + step)
        for p, g, s in zip(flat, gradients, states, strict=True):
            backend.update(spec.update, p, g, s, hyper)
    return total


SPECS = {
    **{f"hidden {kind}": two_layers(hidden=kind) for kind in ACTIVATIONS},
    **{f"loss {kind}": two_layers(loss=kind, last="linear" if s.logits else "softmax") for kind, s in LOSSES.items()},
    **{f"update {kind}": two_layers(update=kind) for kind in UPDATES},
    **{
        f"{kind} normalization, {activation}": normalized(kind, activation)
        for kind in NORMALIZATIONS
        for activation in ("linear", "tanh", "silu", "softmax")
    },
    "fused softmax": two_layers(last="softmax", loss="sparse_categorical_crossentropy_logits", fused_output=True),
    "fused sigmoid": two_layers(last="sigmoid", loss="binary_crossentropy_logits", fused_output=True),
}


@pytest.mark.parametrize("name", SPECS)
def test_training_follows_the_gradient(name, backend, rng):
    spec = SPECS[name]
    parameters, slots = network(rng, spec, np.float64)
    x, y, weight = data(rng, spec, np.float64)
    twin = [tuple(None if p is None else p.copy() for p in pair) for pair in parameters]
    twin_slots = [tuple([s.copy() for s in state] for state in pair) for pair in slots]
    rates = np.array([0.1, 0.05, 0.02]) * (0.01 if "exponential" in name else 1)  # its gradients are large
    engine = StepwiseEngine(backend, spec, parameters, slots, statistics=statistics(spec))
    totals = engine.train(x, y, weight, None, 8, HYPER, rates, None)
    expected = trained_by_hand(backend, spec, twin, twin_slots, x, y, weight, 8, rates)
    assert totals[:2] == (3, ROWS)
    assert totals.loss == pytest.approx(expected, rel=1e-9)
    for pair, other in zip(parameters, twin, strict=True):
        for p, q in zip(pair, other, strict=True):
            if p is not None:
                np.testing.assert_allclose(p, q, rtol=1e-5, atol=1e-7)


METRICS = (("sparse_categorical_accuracy", 0.0),)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("name", ["fused softmax", "hidden gelu", "update adam", "loss huber"])
def test_fused_engines_give_the_same_bits(name, shuffled, weighted, backend, rng, dtype):
    spec = SPECS[name]
    spec = spec._replace(metrics=METRICS if LOSSES[spec.loss].sparse else (("mean_absolute_error", 0.0),))
    parameters, slots = network(rng, spec, dtype)
    twin = [tuple(None if p is None else p.copy() for p in pair) for pair in parameters]
    twin_slots = [tuple([s.copy() for s in state] for state in pair) for pair in slots]
    fused = make_engine(backend, spec, parameters, slots)
    assert isinstance(fused, StepwiseEngine) == (backend.name != "native")
    stepwise = StepwiseEngine(backend, spec, twin, twin_slots)
    x, y, weight = data(rng, spec, dtype)
    order = rng.permutation(ROWS) if shuffled else None
    arguments = (x, y, weight if weighted else None, order, 8, HYPER, np.array([0.1, 0.05, 0.02]), None)
    totals = [engine.train(*arguments) for engine in (fused, stepwise)]
    assert totals[0][:2] == totals[1][:2]
    assert totals[0].loss == pytest.approx(totals[1].loss, rel=1e-6)
    assert totals[0].metrics == pytest.approx(totals[1].metrics, rel=1e-6)
    for pair, other in zip(parameters, twin, strict=True):
        assert all(p is q is None or np.array_equal(p, q) for p, q in zip(pair, other, strict=True))
    tested = [engine.evaluate(x, y, arguments[2], 10) for engine in (fused, stepwise)]
    assert tested[0].loss == pytest.approx(tested[1].loss, rel=1e-6)
    assert tested[0].metrics == pytest.approx(tested[1].metrics, rel=1e-6)
    outputs = [np.empty((ROWS, 3), dtype) for _ in range(2)]
    fused.predict(x, outputs[0])
    stepwise.predict(x, outputs[1])
    assert np.array_equal(*outputs)


def test_an_order_is_an_order(backend, rng):
    """Training on rows in an order is training on the rows put in that order."""
    spec = SPECS["fused softmax"]
    x, y, weight = data(rng, spec, np.float32)
    order = rng.permutation(ROWS)
    results = []
    for rows, way in [((x, y, weight), order), ((x[order], y[order], weight[order]), None)]:
        parameters, slots = network(np.random.default_rng(1), spec, np.float32)
        StepwiseEngine(backend, spec, parameters, slots).train(*rows, way, 8, HYPER, np.full(3, 0.1), None)
        results.append(parameters[0][0])
    assert np.array_equal(*results)


@pytest.mark.parametrize("reduction", ["sum", "mean_with_sample_weight"])
def test_reductions(reduction, backend, rng):
    spec = two_layers()
    parameters, slots = network(rng, spec, np.float64)
    twin = [tuple(None if p is None else p.copy() for p in pair) for pair in parameters]
    x, y, weight = data(rng, spec, np.float64)
    rates = np.array([0.01, 0.01, 0.01])
    engine = make_engine(backend, spec, parameters, slots, Extras(reduction))
    assert isinstance(engine, StepwiseEngine)
    totals = engine.train(x, y, weight, None, 8, HYPER, rates, None)
    expected = trained_by_hand(backend, spec, twin, slots, x, y, weight, 8, rates, reduction)
    assert totals.loss == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(parameters[0][0], twin[0][0], rtol=1e-6)


def test_weights_that_sum_to_nothing_move_nothing(backend, rng):
    spec = two_layers()
    parameters, slots = network(rng, spec, np.float64)
    before = parameters[0][0].copy()
    x, y, weight = data(rng, spec, np.float64)
    engine = StepwiseEngine(backend, spec, parameters, slots, Extras("mean_with_sample_weight"))
    totals = engine.train(x, y, weight * 0, None, ROWS, HYPER._replace(weight_decay=0.0), np.array([0.1]), None)
    assert totals.loss == 0
    assert np.array_equal(parameters[0][0], before)


def test_frozen_parameters_stay(backend, rng):
    spec = two_layers(update="adam")
    for frozen in [((True, True), (False, False)), ((False, True), (True, True)), ((True, True), (True, True))]:
        parameters, slots = network(rng, spec, np.float32)
        slots = [tuple([] if f else s for f, s in zip(*pair, strict=True)) for pair in zip(frozen, slots, strict=True)]
        before = [[None if p is None else p.copy() for p in pair] for pair in parameters]
        x, y, _ = data(rng, spec, np.float32)
        engine = StepwiseEngine(backend, spec, parameters, slots, Extras(frozen=frozen))
        engine.train(x, y, None, None, 8, HYPER, np.full(3, 0.1), None)
        for pair, old, stay in zip(parameters, before, frozen, strict=True):
            for p, q, stays in zip(pair, old, stay, strict=True):
                assert p is None or np.array_equal(p, q) == stays


def test_frozen_layers_below_change_nothing_above(backend, rng):
    """Freezing leaves the gradients of the others as they were."""
    spec = two_layers()
    results = []
    for frozen in [(), ((True, True), (False, False))]:
        parameters, slots = network(np.random.default_rng(1), spec, np.float32)
        x, y, _ = data(np.random.default_rng(2), spec, np.float32)
        engine = StepwiseEngine(backend, spec, parameters, slots, Extras(frozen=frozen))
        engine.train(x, y, None, None, ROWS, HYPER, np.full(1, 0.1), None)
        results.append(parameters[1][0])
    assert np.array_equal(*results)


def test_the_step_may_be_taken_elsewhere(backend, rng):
    spec = two_layers()
    parameters, slots = network(rng, spec, np.float64)
    mine = [parameters[0][0], parameters[0][1], parameters[1][0]]
    before = [p.copy() for p in mine]
    seen = []

    def apply(gradients):
        seen.append([g.shape for g in gradients])
        for p, g in zip(mine, gradients, strict=True):
            p -= 0.5 * np.sign(g) ** 2

    x, y, _ = data(rng, spec, np.float64)
    engine = make_engine(backend, spec, parameters, slots, Extras(apply=apply))
    engine.train(x, y, None, None, ROWS, HYPER, np.array([0.5]), None)
    assert seen == [[(5, 7), (7,), (7, 3)]]
    for p, q in zip(mine, before, strict=True):
        np.testing.assert_allclose(p, q - 0.5)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_loss_from_outside_gives_the_bits_of_the_kernel(weighted, backend):
    """Handed the kernel's own value and gradient, a training is the same."""
    spec = two_layers()
    results = []
    for outside in (False, True):
        parameters, slots = network(np.random.default_rng(1), spec, np.float32)
        x, y, weight = data(np.random.default_rng(2), spec, np.float32)

        def loss(t, p, w, wanted):
            grad = np.empty_like(p) if wanted else None
            total = backend.loss(spec.loss, t, p, w, 0.0, 1 / len(t), np.empty(len(t), p.dtype), grad)
            return total / len(t), grad

        extras = Extras(loss=loss if outside else None)
        engine = StepwiseEngine(backend, spec, parameters, slots, extras)
        totals = engine.train(x, y, weight if weighted else None, None, 8, HYPER, np.full(3, 0.1), None)
        evaluated = engine.evaluate(x, y, weight if weighted else None, 8)
        results.append((totals.loss, evaluated.loss, *(p for pair in parameters for p in pair if p is not None)))
    assert results[0][:2] == pytest.approx(results[1][:2], rel=1e-12)
    assert all(np.array_equal(p, q) for p, q in zip(results[0][2:], results[1][2:], strict=True))


def test_a_penalty_adds_to_loss_and_gradients(backend, rng):
    spec = two_layers()
    parameters, slots = network(rng, spec, np.float64)
    x, y, _ = data(rng, spec, np.float64)
    w = parameters[0][0]

    def penalty(wanted):
        return 3.0 * float((w**2).sum()), [6.0 * w, None, None] if wanted else []

    calls = []
    engine = StepwiseEngine(backend, spec, parameters, slots, Extras(penalty=penalty))
    bare = StepwiseEngine(
        backend, spec, parameters, slots, Extras(apply=lambda gradients: calls.append([g.copy() for g in gradients]))
    )
    before = engine.evaluate(x, y, None, ROWS).loss - bare.evaluate(x, y, None, ROWS).loss
    assert before == pytest.approx(ROWS * 3 * (w**2).sum(), rel=1e-9)
    both = Extras(penalty=penalty, apply=lambda gradients: calls.append([g.copy() for g in gradients]))
    for extras_engine in (bare, StepwiseEngine(backend, spec, parameters, slots, both)):
        extras_engine.train(x, y, None, None, ROWS, HYPER, np.ones(1), None)
    np.testing.assert_allclose(calls[1][0], calls[0][0] + 6 * w, rtol=1e-12)
    assert all(np.array_equal(p, q) for p, q in zip(calls[0][1:], calls[1][1:], strict=True))


@pytest.mark.parametrize("name", ["fused softmax", "fused sigmoid", "hidden tanh"])
def test_observers_see_the_output_of_every_batch(name, backend, rng):
    spec = SPECS[name]
    parameters, slots = network(rng, spec, np.float32)
    x, y, weight = data(rng, spec, np.float32)
    expected = np.empty((ROWS, 3), np.float32)
    StepwiseEngine(backend, spec, parameters, slots).predict(x, expected)
    seen = []
    extras = Extras(observe=lambda t, output, w: seen.append((t.copy(), output.copy(), w.copy())))
    StepwiseEngine(backend, spec, parameters, slots, extras).evaluate(x, y, weight, 8)
    assert [len(part) for part, _, _ in seen] == [8, 8, 7]
    for i, whole in enumerate((y, expected, weight)):
        assert np.array_equal(np.concatenate([part[i] for part in seen]), whole)
    seen.clear()
    StepwiseEngine(backend, spec, parameters, slots, extras).train(x, y, weight, None, 8, HYPER, np.zeros(3), None)
    assert len(seen) == 3


def test_reports_come_by_time_and_may_end_the_epoch(backend, rng, monkeypatch):
    spec = two_layers()
    parameters, slots = network(rng, spec, np.float32)
    x, y, _ = data(rng, spec, np.float32)
    engine = StepwiseEngine(backend, spec, parameters, slots)
    seen: list[Totals] = []
    engine.train(x, y, None, None, 4, HYPER, np.full(6, 0.1), seen.append)
    assert len(seen) < 6
    monkeypatch.setattr("dlcore.engine.stepwise.REPORT_EVERY", -1.0)
    engine.train(x, y, None, None, 4, HYPER, np.full(6, 0.1), seen.append)
    assert [t.steps for t in seen[-6:]] == [1, 2, 3, 4, 5, 6]
    assert [t.rows for t in seen[-6:]] == [4, 8, 12, 16, 20, 23]

    def stop(totals):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.train(x, y, None, None, 4, HYPER, np.full(6, 0.1), stop)


def test_prediction_goes_in_blocks(backend, rng, monkeypatch):
    spec = SPECS["fused softmax"]
    parameters, slots = network(rng, spec, np.float32)
    engine = StepwiseEngine(backend, spec, parameters, slots)
    x = rng.standard_normal((ROWS, INPUTS)).astype(np.float32)
    whole, parts = np.empty((ROWS, 3), np.float32), np.empty((ROWS, 3), np.float32)
    engine.predict(x, whole)
    monkeypatch.setattr("dlcore.engine.stepwise.BLOCK_ROWS", 5)
    engine.predict(x, parts)
    np.testing.assert_allclose(whole, parts, rtol=1e-5)
    np.testing.assert_allclose(whole.sum(axis=1), 1, rtol=1e-5)
    engine.predict(x[:0], whole[:0])
