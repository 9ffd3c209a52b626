"""Who predicts: ReLU hidden layers and a linear output, float32, one row or many.

A contestant is made from a dlcore model, ``(model, x) -> predict``; ``predict()`` gives the output for x.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from bench.grid.training import torch_twin

import dlcore
from dlcore import Sequential, layers

Predict = Callable[[], np.ndarray]


def model(sizes: Sequence[int]) -> Sequential:
    """The net, with its first weights."""
    dlcore.utils.set_random_seed(0)
    hidden = [layers.Dense(units, activation="relu") for units in sizes[1:-1]]
    return Sequential([layers.Input((sizes[0],)), *hidden, layers.Dense(sizes[-1])])


def native(net: Sequential, x: np.ndarray) -> Predict:
    """``model.predictor()``, with an array for the result."""
    predictor, out = net.predictor(), np.empty((len(x), net.output_shape[-1]), np.float32)
    return lambda: predictor(x, out)


def numpy(net: Sequential, x: np.ndarray) -> Predict:
    """In place, into arrays made once."""
    weights = net.get_weights()
    outputs = [np.empty((len(x), len(bias)), np.float32) for bias in weights[1::2]]
    steps = list(zip(weights[::2], weights[1::2], outputs, strict=True))

    def predict() -> np.ndarray:
        h = x
        for kernel, bias, out in steps:
            np.matmul(h, kernel, out=out)
            np.add(out, bias, out=out)
            if out is not outputs[-1]:
                np.maximum(out, 0, out=out)
            h = out
        return h

    return predict


def torch(net: Sequential, x: np.ndarray) -> Predict:
    """Eager, in inference mode."""
    import torch

    twin, given = torch_twin(net.get_weights()), torch.from_numpy(x)

    def predict() -> np.ndarray:
        with torch.inference_mode():
            return twin(given).numpy()

    return predict


def onnx_runtime(net: Sequential, x: np.ndarray) -> Predict:
    """The exported model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = dlcore.get_num_threads()
    options.log_severity_level = 3
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        net.export_onnx(path)
        session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: x}
    return lambda: session.run(None, feed)[0]


#: Name -> the contestant, and what must be installed.
CONTESTANTS: dict[str, tuple[Callable[[Sequential, np.ndarray], Predict], tuple[str, ...]]] = {
    "native": (native, ()),
    "NumPy": (numpy, ()),
    "torch": (torch, ("torch",)),
    "ONNX Runtime": (onnx_runtime, ("onnxruntime", "onnx")),
}
