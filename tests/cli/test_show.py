"""`dlcore show`: what is in a file, whatever dlcore wrote it."""

from __future__ import annotations

import numpy as np
import pytest

import dlcore
from dlcore import layers

from .tables import HOSTILE, exit_code


def shown(path, capsys):
    assert exit_code("show", path) == 0
    return capsys.readouterr().out


def test_a_model_of_a_table(qualities, capsys):
    said = shown(qualities.model, capsys)
    for text in (
        f"{qualities.model}: a model of a table",
        f"written by dlcore {dlcore.__version__}",
        "MLPClassifier: classification of quality",
        "classes: <best>, good, poor",
        "seed 0",
        "48 test",
        "accuracy ",
        "It looks at 5 columns:",
        "area m²",
        HOSTILE,
        "category",
        "Total params:",
    ):
        assert text in said


def test_many_columns_are_counted(tmp_path, capsys):
    from dlcore.estimators import MLPClassifier

    from .tables import pd

    frame = pd.DataFrame(np.tile(np.eye(60), (3, 1)), columns=[f"pixel {k}" for k in range(60)])
    MLPClassifier().fit(frame, np.arange(180) % 60).save(tmp_path / "m.safetensors")
    said = shown(tmp_path / "m.safetensors", capsys)
    assert "pixel 39 " in said
    assert "pixel 40 " not in said
    assert "… and 20 more" in said
    assert "… (60 in all)" in said


@pytest.fixture
def model():
    net = dlcore.Sequential([layers.Input((3,)), layers.Dense(4, activation="relu", name="first"), layers.Dense(2)])
    net.compile("adam", "mse")
    net.fit(np.zeros((8, 3)), np.zeros((8, 2)), epochs=2, verbose=0)
    return net


def test_a_plain_model(model, tmp_path, capsys):
    model.save(tmp_path / "m.safetensors")
    said = shown(tmp_path / "m.safetensors", capsys)
    for text in ("a model\n", "Sequential", "first (Dense, units=4, activation='relu')", "26 numbers in 4 arrays",
                 "(3, 4)  float32", "trained for 2 epochs", "compiled with Adam"):  # fmt: skip
        assert text in said


def test_a_model_with_classes_of_ones_own_needs_none_of_them(tmp_path, capsys):
    class Mine(layers.Dense):
        pass

    net = dlcore.Sequential([layers.Input((3,)), Mine(2, name="own")])
    net.save(tmp_path / "m.safetensors")
    assert "own (Mine, units=2" in shown(tmp_path / "m.safetensors", capsys)


def test_weights_and_states(model, tmp_path, capsys):
    model.save_weights(tmp_path / "m.weights.safetensors")
    assert "weights without a model" in shown(tmp_path / "m.weights.safetensors", capsys)
    model.save_state(tmp_path / "s.safetensors", epoch=3, step=5)
    said = shown(tmp_path / "s.safetensors", capsys)
    assert "the state of a training" in said
    assert "stands at epoch 3, step 5" in said


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "0 bytes are too few"), (b"PK\x03\x04 and more", "a .keras archive"), (b"\xff" * 99, "is damaged, cut off")],
)
def test_other_files_are_refused(content, message, tmp_path, capsys):
    (tmp_path / "m").write_bytes(content)
    assert exit_code("show", tmp_path / "m") == 1
    assert message in capsys.readouterr().err
    assert exit_code("show", tmp_path) == 1
    assert "is not a file" in capsys.readouterr().err
    assert exit_code("show", tmp_path / "none") == 2
