"""Mini-batch training: an epoch of shuffled batches through Sequential.fit, and in hand-written NumPy.

An epoch has 50 batches. Where it has one, what is timed is a call of fit, or with many of them an epoch, more than its
step.
"""

from __future__ import annotations

import numpy as np

import dlcore
from dlcore.cli.bench import CASES, Case
from dlcore.cli.contest import classifier, handwritten_twin

BATCHES = 50
QUICK = {f"{name} {case.label}": (case, BATCHES, 1) for name, case in CASES.items()}
QUICK["one batch of tiny"] = CASES["tiny"], 1, 1
QUICK["100 epochs of one batch of tiny"] = CASES["tiny"], 1, 100
FULL = {
    "odd 17-33-5 b9": (Case((17, 33, 5), 9), BATCHES, 1),
    "mnist 784-512-512-10 b128": (Case((784, 512, 512, 10), 128), BATCHES, 1),
    "field 32-64x4-16 b4096": (Case((32, 64, 64, 64, 64, 16), 4096), BATCHES, 1),
}


def test_training(compare, case, rng):
    """What is compared is the loss of an epoch without shuffling, from the same weights."""
    (sizes, batch_size), batches, epochs = case
    x = rng.standard_normal((batches * batch_size, sizes[0])).astype(np.float32)
    y = rng.integers(0, sizes[-1], len(x))
    dlcore.utils.set_random_seed(0)
    net = classifier(sizes)
    twin, reference = handwritten_twin(net, batch_size), handwritten_twin(net, batch_size)
    losses = []

    def ours(shuffle: bool = True) -> None:
        losses[:] = net.fit(x, y, batch_size=batch_size, epochs=epochs, shuffle=shuffle, verbose=0).history["loss"]

    def written(shuffle: bool = True) -> None:
        losses[:] = twin.fit(x, y, epochs=epochs, rng=rng if shuffle else None)

    compare(
        ours=ours,
        written=written,
        answer=lambda: losses,
        expected=reference.fit(x, y, epochs=epochs, rng=None),
        first={"shuffle": False},
        tolerance=1e-3,
    )
