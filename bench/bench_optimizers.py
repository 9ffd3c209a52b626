"""Optimizers: one step in place, with Keras's formulas."""

from __future__ import annotations

import itertools

import numpy as np

import handwritten
from dlcore import ops

STATE = {"sgd": 0, "momentum": 1, "adagrad": 1, "rmsprop": 1, "adam": 2}
QUICK = {f"{kind} 64x128": (kind, (64, 128)) for kind in STATE}
FULL = {f"{kind} 1024x1024": (kind, (1024, 1024)) for kind in STATE}


def test_optimizers(compare, case, rng):
    kind, shape = case
    wide = [rng.standard_normal(shape), rng.standard_normal(shape)]
    wide += [rng.uniform(0.1, 0.2, shape) for _ in range(STATE[kind])]
    arrays = [a.astype(np.float32) for a in wide]
    handwritten.UPDATES[kind](*wide)()
    function = getattr(ops, f"{kind}_step")
    numbers = ({"step": step} for step in itertools.count(1)) if kind == "adam" else itertools.repeat({})

    def ours() -> None:
        function(*arrays, **next(numbers), learning_rate=0.01)

    compare(
        ours=ours,
        written=handwritten.UPDATES[kind](*arrays),
        answer=lambda: (arrays[0], *arrays[2:]),
        expected=(wide[0], *wide[2:]),
    )
