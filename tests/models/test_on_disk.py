"""Rows in files: trained on, evaluated and predicted with the same bits as in memory."""

from __future__ import annotations

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
