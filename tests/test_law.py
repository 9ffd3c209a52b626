"""The numeric law: one seed, one result, bit for bit, whatever runs it and however the training is cut."""

from __future__ import annotations

import hashlib
from functools import partial
from itertools import product

import numpy as np
import pytest

import dlcore
from dlcore.backends import contract, get_backend, network
from dlcore.engine import StepwiseEngine

native = pytest.importorskip("dlcore.backends.native")
pytest.importorskip("dlcore._core")
pytestmark = pytest.mark.usefixtures("native_core")

#: Instruction sets with fma: these agree to the bit. The baseline without it has bits of its own.
FUSED = [isa for isa in native.available_isas() if isa != "x86_64_v2"]

#: Bytes behind a cache line's beginning.
OFFSETS = (4, 8, 12, 20, 60)


def problem(rows: int = 700) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, 20)).astype(np.float32)
    return x, (x[:, 0] > 0) + 2 * (x[:, 1] > 0)


def model(activation: str, optimizer: str) -> dlcore.Sequential:
    dlcore.utils.set_random_seed(7)
    net = dlcore.Sequential(
        [
            dlcore.layers.Input((20,)),
            dlcore.layers.Dense(70, activation=activation),
            dlcore.layers.Dense(33, activation=activation),
            dlcore.layers.Dense(4, activation="softmax"),
        ]
    )
    net.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def digest(net: dlcore.Sequential) -> str:
    return hashlib.sha256(b"".join(w.tobytes() for w in net.get_weights())).hexdigest()


def trained(activation: str, optimizer: str, epochs: int = 2, **fit: object) -> str:
    net = model(activation, optimizer)
    net.fit(*problem(), epochs=epochs, verbose=0, **fit)
    return digest(net)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "softplus", "mish"])
def test_threads_and_instruction_sets(activation, optimizer):
    """With batches of 350 rows a step of this net is work enough for threads."""
    seen = set()
    for isa in FUSED:
        native.force_isa(isa)
        for threads in (1, 2, 3, 5, 8):
            dlcore.set_num_threads(threads)
            seen.add(trained(activation, optimizer, batch_size=350))
    assert len(seen) == 1


@pytest.mark.parametrize("name", contract.ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_on_every_instruction_set(name, dtype):
    """Value and derivative, for a number in a whole vector or in what is left over, near 0 and far out."""
    backend, spec = get_backend(), contract.ACTIVATIONS[name]
    rng = np.random.default_rng(3)
    z = np.concatenate([rng.standard_normal((9, 37)) * scale for scale in (1e-3, 1, 10, 300)]).astype(dtype)
    dy = rng.standard_normal(z.shape).astype(dtype)
    seen = set()
    for isa in FUSED:
        native.force_isa(isa)
        for columns in (37, 1):
            y, dz = np.empty_like(z), np.empty_like(z)
            if spec.rowwise or columns == 37:
                arrays = (z, y, dy, dz)
            else:
                arrays = tuple(a.reshape(-1, 1) for a in (z, y, dy, dz))
            backend.activation_forward(name, 0.7, arrays[0], arrays[1])
            backend.activation_backward(name, 0.7, arrays[2], arrays[0], arrays[1], arrays[3])
            seen.add(y.tobytes() + dz.tobytes())
    assert len(seen) == 1


@pytest.mark.parametrize("name", contract.LOSSES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses_on_every_instruction_set(name, dtype):
    """Value and gradient of a row, in a batch or alone, whatever is left over of its last vector."""
    backend, spec = get_backend(), contract.LOSSES[name]
    rng = np.random.default_rng(3)
    for columns in (1, 7, 16, 37):
        pred = rng.uniform(0.01, 2, (9, columns)).astype(dtype)
        true = rng.integers(0, columns, 9) if spec.sparse else rng.uniform(-1, 1, pred.shape).astype(dtype)
        seen = set()
        for isa in FUSED:
            native.force_isa(isa)
            for rows in (9, 1):
                values, grad = np.empty(9, dtype), np.empty_like(pred)
                for part in (slice(i, i + rows) for i in range(0, 9, rows)):
                    backend.loss(name, true[part], pred[part], None, 0.3, 0.7, values[part], grad[part])
                seen.add(values.tobytes() + grad.tobytes())
        assert len(seen) == 1


def test_the_baseline_is_deterministic_and_close():
    if "x86_64_v2" not in native.available_isas():
        pytest.skip("this processor's baseline has fma")
    weights = {}
    for isa in ("x86_64_v2", native.available_isas()[0]):
        native.force_isa(isa)
        net = model("tanh", "sgd")
        net.fit(*problem(), epochs=2, verbose=0)
        weights[isa] = net.get_weights()
        again = model("tanh", "sgd")
        again.fit(*problem(), epochs=2, verbose=0)
        assert digest(net) == digest(again)
    for a, b in zip(*weights.values(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=2e-6)


def test_two_fits_of_one_epoch_are_one_fit_of_two():
    whole = trained("relu", "adam", epochs=4)
    net = model("relu", "adam")
    for _ in range(4):
        net.fit(*problem(), epochs=1, verbose=0)
    assert digest(net) == whole


def moved(array: np.ndarray, offset: int) -> np.ndarray:
    """The same numbers so many bytes behind a cache line's beginning, where they may lie across their own size."""
    memory = np.zeros(array.nbytes + 128, np.uint8)
    start = -memory.ctypes.data % 64 + offset
    copy = memory[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    assert copy.ctypes.data % 64 == offset
    return copy


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("targets", ["labels", "a column each"])
def test_alignment_of_the_data(targets, shuffle):
    """Of rows, labels or targets, and weights: in their own order they are read where they lie, not gathered."""
    x, labels = problem()
    y = labels.astype(np.int64) if targets == "labels" else np.eye(4, dtype=np.float32)[labels]
    weight = np.random.default_rng(1).uniform(0.5, 2, len(x)).astype(np.float32)
    loss = "sparse_categorical_crossentropy" if targets == "labels" else "categorical_crossentropy"
    seen = set()
    for places in [(0, 0, 0), *((k, 0, 0) for k in OFFSETS), *((0, k, 0) for k in OFFSETS), (0, 0, 4), (4, 12, 20)]:
        data, true, factors = (moved(array, k) for array, k in zip((x, y, weight), places, strict=True))
        net = model("relu", "adam")
        net.compile("adam", loss, metrics=["accuracy"])
        fit = net.fit(data, true, sample_weight=factors, batch_size=350, epochs=2, shuffle=shuffle, verbose=0)
        totals = net.evaluate(data, true, sample_weight=factors, verbose=0)
        seen.add((digest(net), str(fit.history), str(totals), net.predict(data).tobytes()))
    assert len(seen) == 1


def spec_with(update: str) -> network.NetworkSpec:
    return network.NetworkSpec(
        inputs=20,
        layers=(
            network.DenseSpec(40, "gelu"),
            network.DenseSpec(17, "leaky_relu", 0.2, use_bias=False),
            network.DenseSpec(4, "softmax"),
        ),
        loss="sparse_categorical_crossentropy_logits",
        fused_output=True,
        metrics=(("sparse_categorical_accuracy", 0.0),),
        update=update,
    )


def arrays_of(spec: network.NetworkSpec, dtype: type) -> tuple[list, list]:
    """Parameters and state for an engine, the same at every call."""
    rng = np.random.default_rng(2)
    parameters, slots, inputs = [], [], spec.inputs
    for layer in spec.layers:
        w = (rng.standard_normal((inputs, layer.units)) * 0.3).astype(dtype)
        b = np.zeros(layer.units, dtype) if layer.use_bias else None
        parameters.append((w, b))
        slots.append(
            tuple(
                [np.full(a.shape, 0.1, dtype) for _ in contract.UPDATES[spec.update]] if a is not None else []
                for a in (w, b)
            )
        )
        inputs = layer.units
    return parameters, slots


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("update", contract.UPDATES)
def test_the_fused_engine_gives_the_bits_of_op_by_op(update, dtype):
    backend, spec = get_backend(), spec_with(update)
    x, labels = problem()
    x = x.astype(dtype)
    weight = np.random.default_rng(1).uniform(0.5, 2.0, len(x)).astype(dtype)
    order = np.empty(len(x), np.int64)
    results = []
    for make in (backend.engine, partial(StepwiseEngine, backend)):
        parameters, slots = arrays_of(spec, dtype)
        engine = make(spec, parameters, slots)
        hyper = network.Hyper(0.01, 0.9, 0.9, 0.999, 0.9, 1e-7, 0.004, 1)
        for epoch in range(2):
            backend.permutation(5, epoch, order)
            totals = engine.train(x, labels, weight, order, 48, hyper, np.full(15, 0.01), None)
            hyper = hyper._replace(step=hyper.step + totals.steps)
        out = np.empty((len(x), 4), dtype)
        engine.predict(x, out)
        seen = engine.evaluate(x, labels, weight, 48)
        results.append(
            (totals, seen, out.tobytes(), [a.tobytes() for pair in parameters for a in pair if a is not None])
        )
    assert results[0] == results[1]


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy_logits", "mean_squared_error"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_alignment_of_all_that_an_engine_is_given(dtype, loss):
    """Weights and their state among it: whichever lies by its own size alone, and all together, on every ISA."""
    backend, spec = get_backend(), spec_with("adam")._replace(loss=loss, metrics=(), fused_output=False)
    x, labels = problem()
    targets = np.eye(4, dtype=dtype)[labels]
    given = {
        "x": x.astype(dtype),
        "y": labels.astype(np.int64) if contract.LOSSES[loss].sparse else targets,
        "weight": np.random.default_rng(1).uniform(0.5, 2.0, len(x)).astype(dtype),
        "order": np.random.default_rng(4).permutation(len(x)),
    }
    own, seen = np.dtype(dtype).itemsize, set()
    for isa, (at, what) in product(FUSED, enumerate(("nothing", *given, "parameters", "slots", "all"))):
        native.force_isa(isa)
        places = {name: a.itemsize * (1 + at % 5) if what in (name, "all") else 0 for name, a in given.items()}
        x, y, weight, order = (moved(a, places[name]) for name, a in given.items())
        parameters, slots = arrays_of(spec, dtype)
        if what in ("parameters", "all"):
            parameters = [tuple(None if a is None else moved(a, own) for a in pair) for pair in parameters]
        if what in ("slots", "all"):
            slots = [tuple([moved(a, 3 * own) for a in states] for states in pair) for pair in slots]
        engine = backend.engine(spec, parameters, slots)
        hyper = network.Hyper(0.01, 0.9, 0.9, 0.999, 0.9, 1e-7, 0.004, 1)
        gathered = engine.train(x, y, weight, order, 350, hyper, np.full(2, 0.01), None)
        as_it_lies = engine.train(x, y, weight, None, 350, hyper._replace(step=3), np.full(2, 0.01), None)
        out = moved(np.empty((len(x), 4), dtype), places["x"])
        engine.predict(x, out)
        totals = (gathered, as_it_lies, engine.evaluate(x, y, weight, 48))
        weights = [a.tobytes() for pair in parameters for a in pair if a is not None]
        state = [a.tobytes() for pair in slots for states in pair for a in states]
        seen.add((totals, out.tobytes(), *weights, *state))
    assert len(seen) == 1


def test_batches_of_changing_sizes():
    """What is made for one size serves the next: large batches by chunks of their own, small ones on one thread."""
    x, y = problem(2700)
    seen = set()
    for threads in (1, 2, 3, 1):
        dlcore.set_num_threads(threads)
        net = model("tanh", "adam")
        for batch in (1100, 48, 2700, 600, 1600):
            net.fit(x, y, batch_size=batch, verbose=0)
        seen.add(b"".join(weight.tobytes() for weight in net.get_weights()))
    assert len(seen) == 1


@pytest.mark.parametrize(
    "sizes", [(1, 1), (20, 70, 33, 4), (7, 1000, 17), (784, 512, 10), (1024, 1024, 256, 1)], ids=str
)
def test_a_row_alone_is_the_row_in_any_batch(sizes):
    """Also where rows of weights lie apart, or are too large for the caches; predicted in whatever way."""
    dlcore.utils.set_random_seed(7)
    net = dlcore.Sequential([dlcore.layers.Input((sizes[0],)), *(dlcore.layers.Dense(n, "tanh") for n in sizes[1:])])
    x = np.random.default_rng(0).standard_normal((500, sizes[0])).astype(np.float32)
    predict, expected = net.predictor(), None
    for isa in FUSED:
        native.force_isa(isa)
        for threads in (1, 2, 3):
            dlcore.set_num_threads(threads)
            whole = net.predict(x)
            expected = whole if expected is None else expected
            np.testing.assert_array_equal(whole, expected)
            for rows in (slice(0, 1), slice(7, 8), slice(13, 30), slice(95, 97), slice(499, 500)):
                np.testing.assert_array_equal(net.predict(x[rows]), whole[rows])
                np.testing.assert_array_equal(predict(x[rows]), whole[rows])
            np.testing.assert_array_equal(predict(x[77]), whole[77])
