"""Rows in files: trained on, evaluated and predicted a chunk at a time, with the same bits as in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dlcore import Sequential, layers, utils

from .problem import LABELS, X, same_weights


class Same(layers.Layer):
    def call(self, inputs):
        return inputs


def trained(x, way):
    utils.set_random_seed(3)
    model = Sequential([layers.Dense(5, "tanh"), *way, layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    history = model.fit(x, LABELS, epochs=2, batch_size=8, validation_split=0.2, verbose=0).history
    return model, (history, model.evaluate(x, LABELS, verbose=0)), model.predict(x)


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
@pytest.mark.parametrize("dtype", ["f4", "f8", "u1"])
@pytest.mark.parametrize("way", [(), (Same(),)], ids=["engine", "tape"])
def test_the_same_as_in_memory(tmp_path, monkeypatch, mode, dtype, way):
    monkeypatch.setattr("dlcore.models.intake.CHUNK_BYTES", 10 * 4 * 4)  # several chunks
    whole = (X * 10).clip(0, 255).astype(dtype) if dtype == "u1" else X.astype(dtype)
    whole.tofile(tmp_path / "x.bin")
    x = np.memmap(tmp_path / "x.bin", dtype, mode, shape=whole.shape)
    if mode == "c":
        x[3] = whole[3] = 2  # never reaches the file, and must not be lost
    model, numbers, output = trained(x, way)
    twin, expected, prediction = trained(whole, way)
    assert same_weights(model, twin)
    assert output.tolist() == prediction.tolist()
    (history, loss), (expected_history, expected_loss) = numbers, expected
    assert loss == pytest.approx(expected_loss, rel=1e-6)
    for name, values in expected_history.items():
        assert history[name] == pytest.approx(values, rel=1e-6)


LARGE = """
import sys
import numpy as np
from dlcore import Sequential, layers

def megabytes(what):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(what))

model = Sequential([layers.Dense(4, "relu"), layers.Dense(2, "softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
model.fit(np.zeros((64, 1000)), np.zeros(64), verbose=0)
before = megabytes("VmRSS")
for dtype, shuffle in (("f4", True), ("f4", False), ("u1", False)):
    x = np.memmap(sys.argv[1], dtype, "r").reshape(-1, 1000)
    model.fit(x, np.zeros(len(x)), batch_size=500, shuffle=shuffle, verbose=0)
    model.predict(x)
print(megabytes("VmHWM") - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured where the kernel says so")
def test_a_large_file_is_never_loaded_whole(tmp_path):
    with (tmp_path / "x.bin").open("wb") as file:
        file.truncate(400_000_000)  # zeros, which take no room on the disk
    run = [sys.executable, "-c", LARGE, str(tmp_path / "x.bin")]
    grown = float(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    assert grown < 150
