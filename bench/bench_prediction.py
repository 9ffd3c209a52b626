"""One row through a trained net: ``model.predict``, and ``model.predictor()`` into an array that is there already."""

from __future__ import annotations

import numpy as np

import dlcore
import handwritten
from dlcore.cli.contest import classifier

_NETS = {"digits": (64, 128, 10), "mnist": (784, 128, 10), "field": (32, 64, 64, 64, 64, 16)}
QUICK = {f"{way} {name}": (sizes, way) for way in ("predict", "predictor") for name, sizes in _NETS.items()}
FULL = {f"{way} mnist wide": ((784, 512, 512, 10), way) for way in ("predict", "predictor")}


def test_prediction(compare, case, rng):
    sizes, way = case
    dlcore.utils.set_random_seed(0)
    net = classifier(sizes)
    x = rng.standard_normal((1, sizes[0])).astype(np.float32)
    out = np.empty((1, sizes[-1]), np.float32)
    predictor = net.predictor()

    def predict() -> None:
        out[:] = net.predict(x)

    compare(
        ours=predict if way == "predict" else lambda: predictor(x, out),
        written=forward(net.get_weights(), x, out),
        answer=lambda: (out,),
        expected=(exactly(net.get_weights(), x),),
    )


def exactly(weights, x):
    """The prediction in float64."""
    wide = [w.astype(np.float64) for w in weights]
    out = np.empty((1, len(wide[-1])))
    forward(wide, x.astype(np.float64), out)()
    return out


def forward(weights, x, out):
    """All layers in NumPy, into arrays made once."""
    calls, last = [], len(weights) - 2
    for i in range(0, len(weights), 2):
        y = out if i == last else np.empty((1, len(weights[i + 1])), x.dtype)
        calls.append(handwritten.dense_forward(x, *weights[i : i + 2], "softmax" if i == last else "relu", y))
        x = y

    def run() -> None:
        for call in calls:
            call()

    return run
