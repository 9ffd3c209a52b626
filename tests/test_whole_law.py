"""The whole numeric law at once: threads × instruction sets × ways to train × cuts × alignments give one hash a net."""

from __future__ import annotations

import hashlib
import os
import time
from itertools import product
from typing import NamedTuple

import numpy as np
import pytest

import dlcore

native = pytest.importorskip("dlcore.backends.native")
pytest.importorskip("dlcore._core")
pytestmark = pytest.mark.usefixtures("native_core")

#: Instruction sets with fma: these agree to the bit.
FUSED = [isa for isa in native.available_isas() if isa != "x86_64_v2"]

#: In this order: the counts differ from run to run, so that each run with more than one makes a pool of its own.
THREADS = (1, 2, 3, 5, 8)

WAYS = ("in an engine", "op by op", "batch by batch")


class Net(NamedTuple):
    """What is trained. A step uses threads if it has 1e6 weights times rows and more than 100 rows: all of these."""

    sizes: tuple[int, ...]
    rows: int
    batch: int
    activation: str = "tanh"
    optimizer: str = "adam"
    shuffle: bool = True
    dtype: str = "float32"
    dropout: float = 0.0


NETS = {
    # Two windows a batch for few threads and one for many; a last batch of 41 rows, which one thread takes.
    "small": Net((20, 70, 33, 4), 1241, 600),
    # Nothing is a multiple of a vector, a tile or a chunk. Rows are read where they lie.
    "odd": Net((37, 129, 65, 3), 523, 523, "gelu", "rmsprop", shuffle=False),
    # Rows of weights and activations are multiples of 1 KiB, hence padded; both sides of the gradients are copied.
    "padded": Net((256, 512, 256, 4), 640, 640, "relu", "sgd", shuffle=False),
    # Products of more than 512 terms, forward and back, in two passes. A chunk of x, and of one layer's dz, over
    # 512 KiB, so that one side of a gradient is copied; four blocks of 192 inputs.
    "deep": Net((600, 100, 530, 4), 530, 530, "softplus", "nadam", shuffle=False),
    # Chunks enough that windows differ with every thread count: of one, two and four chunks.
    "windows": Net((24, 48, 3), 2700, 2700, "mish", "adamax"),
    # Threads by chunks of the batch, each of which drops what the order of the rows says.
    "dropping": Net((30, 61, 45, 3), 1500, 1100, "swish", "adam", dropout=0.3),
    "float64": Net((40, 90, 5), 700, 700, "selu", "adagrad", dtype="float64"),
}


class Same(dlcore.layers.Layer):
    """A layer that no engine knows: it puts the training on the tape."""

    def call(self, inputs: object) -> object:
        return inputs


class Observed(dlcore.metrics.Metric):
    """A metric that no kernel sums: it has the training go op by op."""

    def update_state(self, y_true: object, y_pred: object, sample_weight: object = None) -> None:
        pass

    def result(self) -> float:
        return 0.0


def model(net: Net, way: str) -> dlcore.Sequential:
    dlcore.utils.set_random_seed(7)
    layers = [dlcore.layers.Input((net.sizes[0],), dtype=net.dtype)]
    for units in net.sizes[1:-1]:
        layers += [dlcore.layers.Dropout(net.dropout, dtype=net.dtype)]
        layers += [dlcore.layers.Dense(units, net.activation, dtype=net.dtype)]
    layers += [dlcore.layers.Dropout(net.dropout, dtype=net.dtype)]
    layers += [Same(dtype=net.dtype)] if way == "batch by batch" else []
    made = dlcore.Sequential([*layers, dlcore.layers.Dense(net.sizes[-1], "softmax", dtype=net.dtype)])
    observed = [Observed()] if way == "op by op" else []
    made.compile(net.optimizer, "sparse_categorical_crossentropy", metrics=observed)
    assert made.how_it_trains().startswith(way)
    return made


def data(net: Net, offset: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows, the first of them so many bytes behind a cache line's beginning, and their labels."""
    values = np.random.default_rng(0).standard_normal((net.rows, net.sizes[0])).astype(net.dtype)
    memory = np.zeros(values.nbytes + 128, np.uint8)
    start = -memory.ctypes.data % 64 + offset
    x = memory[start : start + values.nbytes].view(net.dtype).reshape(values.shape)
    x[...] = values
    assert x.ctypes.data % 64 == offset
    return x, (x[:, 0] > 0) + (x[:, 1] > 0)


def fitted(net: Net, way: str, parts: tuple[int, ...], offset: int) -> str:
    """A hash of all weights after a fit, or several, of so many epochs."""
    made, (x, y) = model(net, way), data(net, offset)
    for epochs in parts:
        made.fit(x, y, batch_size=net.batch, epochs=epochs, shuffle=net.shuffle, verbose=0)
    weights = made.get_weights()
    assert all(np.isfinite(w).all() and w.any() for w in weights)  # else they would agree for nothing
    return hashlib.sha256(b"".join(w.tobytes() for w in weights)).hexdigest()


def tasks() -> int:
    """Threads this process has."""
    return len(os.listdir("/proc/self/task"))


def tasks_become(count: int) -> bool:
    """Whether there are so many threads, in a moment: the system takes one to forget those that have ended."""
    until = time.monotonic() + 1
    while tasks() != count and time.monotonic() < until:
        time.sleep(0.001)
    return tasks() == count


def outside_the_pool() -> int:
    """Threads that are none of the core's workers."""
    dlcore.set_num_threads(2)
    dlcore.ops.dense(np.ones((600, 200), np.float32), np.ones((200, 200), np.float32))
    time.sleep(0.01)
    return tasks() - 1


def hashes(net: Net, ways: tuple[str, ...], cuts_and_offsets: list[tuple[tuple[int, ...], int]]) -> set[str]:
    """The hashes of all fits; that each with more threads than one uses them is checked on the way."""
    outside, seen = outside_the_pool(), set()
    for isa, way, (parts, offset) in product(FUSED, ways, cuts_and_offsets):
        native.force_isa(isa)
        for threads in THREADS:
            dlcore.set_num_threads(threads)
            seen.add(fitted(net, way, parts, offset))
            assert threads == 1 or tasks_become(outside + threads - 1), (isa, way, threads)
    return seen


@pytest.mark.parametrize("name", NETS)
def test_one_hash(name):
    """The ways that go by kernels, each whole on aligned rows and in two fits on rows that lie anywhere."""
    net = NETS[name]
    assert len(hashes(net, WAYS[:2], [((2,), 0), ((1, 1), 40 if net.dtype == "float64" else 4)])) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_one_hash_of_the_whole_product(name):
    """The tape too, and every cut with every alignment."""
    size = np.dtype(NETS[name].dtype).itemsize
    cuts, offsets = [(3,), (2, 1), (1, 1, 1)], [k * size for k in (0, 1, 2, 3, 64 // size - 1)]
    assert len(hashes(NETS[name], WAYS, list(product(cuts, offsets)))) == 1
