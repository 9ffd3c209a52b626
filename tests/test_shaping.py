"""Clipped and gathered gradients and penalties: the bits of op by op in a fused engine, and the formulas' numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import dlcore
from dlcore import Sequential, callbacks, layers, optimizers
from dlcore.backends import available_backends, get_backend, network, use_backend
from dlcore.backends.network import Shaping
from dlcore.engine import StepwiseEngine
from dlcore.models import plan, running
from dlcore.regularizers import L1, L1L2, L2

native = pytest.importorskip("dlcore.backends.native")
pytest.importorskip("dlcore._core")
pytestmark = pytest.mark.usefixtures("native_core")

#: Instruction sets with fma: these agree to the bit.
FUSED = [isa for isa in native.available_isas() if isa != "x86_64_v2"]

RNG = np.random.default_rng(0)
X = RNG.standard_normal((1300, 20))
Y = (X[:, 0] > 0) + 2 * (X[:, 1] > 0)
WEIGHT = RNG.uniform(0.2, 2, len(X))

PENALIZED = {"kernel_regularizer": L1L2(0.001, 0.01), "bias_regularizer": L2(0.1)}

#: An optimizer and what the hidden layers have besides: each feature alone, then together.
CASES: dict[str, tuple[Callable[[], optimizers.Optimizer], dict[str, Any]]] = {
    "clipvalue": (lambda: optimizers.Adam(0.01, clipvalue=0.002), {}),
    "clipnorm": (lambda: optimizers.SGD(0.2, momentum=0.9, clipnorm=0.05), {}),
    "global_clipnorm": (lambda: optimizers.RMSprop(0.01, global_clipnorm=0.1), {}),
    "gathered": (lambda: optimizers.Nadam(0.01, gradient_accumulation_steps=3), {}),
    "l1": (lambda: optimizers.SGD(0.1), {"kernel_regularizer": L1(0.003)}),
    "l2": (lambda: optimizers.Adam(0.01), {"bias_regularizer": L2(0.02)}),
    "l1 and l2, no bias": (lambda: optimizers.Adam(0.01), {"kernel_regularizer": L1L2(0.001, 0.01), "use_bias": False}),
    "values of gathered": (lambda: optimizers.Adam(clipvalue=0.001, gradient_accumulation_steps=2), PENALIZED),
    "norms of gathered": (
        lambda: optimizers.Adam(amsgrad=True, clipnorm=0.1, gradient_accumulation_steps=5),
        PENALIZED,
    ),
    "norm of all": (lambda: optimizers.Adam(weight_decay=0.01, global_clipnorm=0.1), PENALIZED),
}


@pytest.fixture
def op_by_op(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Models that are planned after its call train op by op."""

    def switch() -> None:
        monkeypatch.setattr(running, "training_plan", partial(plan.training_plan, make=StepwiseEngine))

    return switch


def model(optimizer: optimizers.Optimizer, options: dict[str, Any], dtype: str = "float32") -> Sequential:
    """Rows of 256 numbers lie apart in memory; those of 33 fill no vector."""
    dlcore.utils.set_random_seed(7)
    net = Sequential(
        [
            layers.Input((20,)),
            layers.Dense(256, "tanh", dtype=dtype, **options),
            layers.Dense(33, "gelu", dtype=dtype, **options),
            layers.Dense(4, "softmax", dtype=dtype),
        ]
    )
    net.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def state(net: Sequential) -> list[bytes]:
    """Weights and everything the optimizer remembers."""
    return [v.numpy().tobytes() for v in (*net.weights, *net.optimizer.variables)]


def trained(case: str, dtype: str = "float32", **fit: Any) -> tuple[Sequential, Any]:
    make, options = CASES[case]
    net = model(make(), options, dtype)
    history = net.fit(X, Y, verbose=0, **fit).history
    return net, (state(net), history, net.evaluate(X, Y, verbose=0))


def is_fused(net: Sequential) -> bool:
    return not isinstance(net._plan.engine, StepwiseEngine)


@pytest.mark.parametrize("batch_size", [48, 1100])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_one_result_fused_or_op_by_op(case, dtype, batch_size, op_by_op):
    """On every instruction set and number of threads, with and without chunks of the batch: weights, state and logs."""
    fit = {"batch_size": batch_size, "epochs": 2, "sample_weight": WEIGHT}
    found = []
    for isa in FUSED:
        native.force_isa(isa)
        for threads in (1, 2, 3):
            dlcore.set_num_threads(threads)
            net, result = trained(case, dtype, **fit)
            assert is_fused(net)
            assert "in an engine" in net.how_it_trains()
            found.append(result)
    op_by_op()
    for isa in FUSED:
        native.force_isa(isa)
        net, result = trained(case, dtype, **fit)
        assert not is_fused(net)
        found.append(result)
    assert all(result == found[0] for result in found)


def test_the_baseline_gives_one_result_too(op_by_op):
    if "x86_64_v2" not in native.available_isas():
        pytest.skip("this processor's baseline has fma")
    native.force_isa("x86_64_v2")
    cases = ("norm of all", "norms of gathered")
    fused = [trained(case)[1] for case in cases]
    op_by_op()
    assert [trained(case)[1] for case in cases] == fused


class Same(layers.Layer):
    def call(self, inputs):
        return inputs


@pytest.mark.parametrize("case", CASES)
def test_the_tape_gives_the_same_weights(case):
    make, options = CASES[case]
    net, twin = model(make(), options), model(make(), options)
    twin = Sequential([*twin.layers[:1], Same(), *twin.layers[1:]])
    twin.compile(make(), "sparse_categorical_crossentropy")
    ran = [m.fit(X[:200], Y[:200], epochs=2, shuffle=False, verbose=0).history["loss"] for m in (net, twin)]
    assert "differentiable" in twin.how_it_trains()
    assert state(net) == state(twin)
    assert ran[1] == pytest.approx(ran[0], rel=1e-5)


@pytest.mark.parametrize("name", ["numba", "numpy"])
def test_the_other_backends_come_close(name):
    """They go op by op, and do the same in float64."""
    if name not in available_backends():
        pytest.skip(f"backend {name} is not available")
    for case in ("values of gathered", "norms of gathered", "norm of all"):
        net, (_, history, _) = trained(case, "float64", batch_size=300)
        with use_backend(name):
            other, (_, logs, _) = trained(case, "float64", batch_size=300)
        assert (is_fused(net), is_fused(other)) == (True, False)
        assert logs["loss"] == pytest.approx(history["loss"], rel=1e-9)
        for w, expected in zip(other.get_weights(), net.get_weights(), strict=True):
            np.testing.assert_allclose(w, expected, rtol=1e-6, atol=1e-9)


# --- By formula ---


def step_of(optimizer: optimizers.Optimizer, options: dict[str, Any], batch: slice) -> tuple[Any, Any, float]:
    """Weights before and after an epoch over some rows, in float64, and the loss it reports."""
    net = model(optimizer, options, "float64")
    before = [w.copy() for w in net.get_weights()]
    logs = net.fit(X[batch], Y[batch], batch_size=16, shuffle=False, verbose=0).history
    assert is_fused(net)
    return before, net.get_weights(), logs["loss"][0]


def gradients(batch: slice) -> tuple[list[np.ndarray], float]:
    before, after, loss = step_of(optimizers.SGD(1.0), {}, batch)
    return [b - a for b, a in zip(before, after, strict=True)], loss


def check_step(optimizer: optimizers.Optimizer, options: dict[str, Any], rows: slice, expected: list[Any]) -> float:
    before, after, loss = step_of(optimizer, options, rows)
    for b, a, g in zip(before, after, expected, strict=True):
        np.testing.assert_allclose(b - a, g, rtol=1e-9, atol=1e-15)
    return loss


FIRST, SECOND, BOTH = slice(0, 16), slice(16, 32), slice(0, 32)


def test_bounds():
    plain, _ = gradients(FIRST)
    check_step(optimizers.SGD(1.0, clipvalue=0.01), {}, FIRST, [np.clip(g, -0.01, 0.01) for g in plain])
    norms = [np.linalg.norm(g) for g in plain]
    bound = float(np.median(norms))
    each = [g * min(1, bound / norm) for g, norm in zip(plain, norms, strict=True)]
    check_step(optimizers.SGD(1.0, clipnorm=bound), {}, FIRST, each)
    norm = np.sqrt(np.sum(np.square(norms)))
    for bound in (norm / 3, 2 * norm):
        shrunk = [g * min(1, bound / norm) for g in plain]
        check_step(optimizers.SGD(1.0, global_clipnorm=bound), {}, FIRST, shrunk)


def test_the_mean_of_gathered_gradients_is_bounded():
    mean = [(a + b) / 2 for a, b in zip(gradients(FIRST)[0], gradients(SECOND)[0], strict=True)]
    check_step(optimizers.SGD(1.0, gradient_accumulation_steps=2), {}, BOTH, mean)
    clipped = [np.clip(g, -0.004, 0.004) for g in mean]
    check_step(optimizers.SGD(1.0, gradient_accumulation_steps=2, clipvalue=0.004), {}, BOTH, clipped)
    check_step(optimizers.SGD(1.0, gradient_accumulation_steps=3), {}, BOTH, [0 * g for g in mean])


def test_penalties_count_in_the_loss_and_in_the_gradient():
    plain, loss = gradients(FIRST)
    start = model(optimizers.SGD(), {}, "float64").get_weights()
    slopes = [0.001 * np.sign(w) + 0.02 * w if w.ndim == 2 else 0.2 * w for w in start[:4]]
    expected = [g + slope for g, slope in zip(plain, [*slopes, 0, 0], strict=True)]
    penalty = sum(0.001 * np.abs(w).sum() + 0.01 * (w**2).sum() if w.ndim == 2 else 0 for w in start[:4])
    assert check_step(optimizers.SGD(1.0), PENALIZED, FIRST, expected) == pytest.approx(loss + penalty, rel=1e-12)
    net = model(optimizers.SGD(), PENALIZED, "float64")
    bare = model(optimizers.SGD(), {}, "float64")
    seen, plain_loss = (m.evaluate(X[:100], Y[:100], verbose=0, batch_size=32)[0] for m in (net, bare))
    assert seen == pytest.approx(plain_loss + penalty, rel=1e-12)


# --- Cut, interrupted, changed, saved ---

GATHERED = ("gathered", "norms of gathered")


@pytest.mark.parametrize("case", GATHERED)
def test_a_cut_fit_goes_on_gathering(case, tmp_path):
    """17 batches an epoch, of which 2 or 5 gather to a step: the epoch ends in between."""
    fit = {"batch_size": 80, "verbose": 0}
    whole, _ = trained(case, batch_size=80, epochs=4)
    net = model(CASES[case][0](), CASES[case][1])
    for _ in range(2):
        net.fit(X, Y, epochs=1, **fit)
    assert any(np.any(a) for a in net.optimizer._accumulated_gradients)
    net.save(tmp_path / "net.dlcore")
    again = dlcore.load_model(tmp_path / "net.dlcore")
    for m in (net, again):
        m.fit(X, Y, initial_epoch=2, epochs=4, **fit)
        assert is_fused(m)
        assert state(m) == state(whole)


class Interrupt(callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 6:
            raise KeyboardInterrupt


@pytest.mark.parametrize("case", GATHERED)
def test_an_interrupted_fit_counts_what_was_gathered(case, op_by_op):
    found = []
    for switch in (lambda: None, op_by_op):
        switch()
        net = model(CASES[case][0](), CASES[case][1])
        with pytest.raises(KeyboardInterrupt):
            net.fit(X, Y, batch_size=80, verbose=0, callbacks=[Interrupt()])
        counts = int(net.optimizer._iterations), int(net.optimizer.iterations)
        assert counts == (7, 7 // net.optimizer.gradient_accumulation_steps)
        before = state(net)
        net.fit(X, Y, batch_size=80, verbose=0)
        found.append((before, state(net)))
    assert found[0] == found[1]


class Tighter(callbacks.Callback):
    """Halves the bound after each epoch; in the last, several steps are gathered at once."""

    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.clipnorm /= 2
        self.model.layers[0].kernel_regularizer.l2 *= 2
        self.model.optimizer.gradient_accumulation_steps += 1


def test_settings_may_change_between_epochs(op_by_op):
    found = []
    for switch in (lambda: None, op_by_op):
        switch()
        optimizer = optimizers.Adam(0.01, clipnorm=0.1, gradient_accumulation_steps=2)
        net = model(optimizer, {"kernel_regularizer": L2(0.01)})
        net.fit(X, Y, epochs=3, verbose=0, callbacks=[Tighter()])
        found.append(state(net))
    assert found[0] == found[1]


# --- An engine of one's own arrays ---

SPEC = network.NetworkSpec(3, (network.DenseSpec(2),), "mean_squared_error")


def arrays() -> tuple[Any, Any]:
    return [(np.ones((3, 2), np.float32), np.zeros(2, np.float32))], [([], [])]


@pytest.mark.parametrize(
    ("shaping", "error", "match"),
    [
        (Shaping(accumulation_steps=0), ValueError, "accumulation_steps is below 1"),
        (Shaping(clipnorm=-1.0), ValueError, "below 0"),
        (Shaping(clipnorm=float("nan")), ValueError, "below 0"),
        (Shaping(clipnorm=1.0, clipvalue=1.0), ValueError, "more than one bound"),
        (Shaping(accumulation_steps=2), IndexError, "range"),
        (Shaping(accumulation_steps=2, accumulators=((None, None),)), TypeError, "accumulators is not a NumPy array"),
        (
            Shaping(accumulation_steps=2, accumulators=((np.zeros((3, 2)), np.zeros(2)),)),
            TypeError,
            "accumulators has another dtype",
        ),
        (
            Shaping(accumulation_steps=2, accumulators=((np.zeros((3, 4), np.float32)[:, :2], None),)),
            ValueError,
            "not laid out as their parameters",
        ),
    ],
)
def test_what_an_engine_refuses(shaping, error, match):
    with pytest.raises(error, match=match):
        get_backend().engine(SPEC, *arrays(), shaping)


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (5,), (), (3, 17), (700, 40), (3, 5000)])
def test_sums_of_magnitudes(shape, backend, dtype, rng):
    x = np.asarray(rng.standard_normal(shape), dtype)
    wide = x.astype(np.float64)
    assert backend.sum_of_absolutes(x) == pytest.approx(np.abs(wide).sum(), rel=1e-12)
    assert backend.sum_of_squares(x) == pytest.approx((wide**2).sum(), rel=1e-12)
    assert backend.sum_of_squares(np.full(3, 1e30, dtype)) == pytest.approx(3e60)
    apart = np.zeros((4, 9), dtype)[:, :5]
    apart[...] = 2
    assert (backend.sum_of_absolutes(apart), backend.sum_of_squares(apart)) == (40, 80)
