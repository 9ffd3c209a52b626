from __future__ import annotations

import os

import numpy as np
import pytest

from dlcore import load_model
from dlcore.callbacks import ModelCheckpoint

from .fake import X, Y, follow, net


def saved(tmp_path, values, name="m", **arguments):
    """Which files are asked for."""
    model = follow(ModelCheckpoint(tmp_path / name, **arguments), values)[1]
    return [os.path.relpath(path, tmp_path) for _, path in model.saved]


def test_every_epoch(tmp_path):
    assert saved(tmp_path, [1, 2, 3]) == ["m"] * 3
    assert saved(tmp_path, [1, 2], "m{epoch:02d}-{val_loss:.1f}") == ["m01-1.0", "m02-2.0"]


def test_the_best_only(tmp_path):
    names = saved(tmp_path, [3, 1, 2, 0.5, np.nan], "{epoch}", save_best_only=True)
    assert names == ["1", "2", "4"]
    assert saved(tmp_path, [3, 1, 4], "{epoch}", save_best_only=True, mode="max") == ["1", "3"]
    assert saved(tmp_path, [3, 1], "{epoch}", save_best_only=True, initial_value_threshold=2) == ["2"]
    assert saved(tmp_path, [3], "{epoch}", save_best_only=True, initial_value_threshold=2) == []


def test_without_the_metric_it_saves_and_warns(tmp_path):
    with pytest.warns(UserWarning, match="only with val_acc available; available are: val_loss"):
        assert saved(tmp_path, [1], monitor="val_acc", save_best_only=True) == ["m"]
    with pytest.warns(UserWarning, match="is a scalar value"):
        assert saved(tmp_path, [np.ones(2)], save_best_only=True) == ["m"]


def test_messages(tmp_path, capsys):
    follow(ModelCheckpoint("m", save_best_only=True, verbose=1), [1, 0.5, 2])
    assert capsys.readouterr().out.split("\n\n") == [
        "\nEpoch 1: val_loss improved from None to 1.00000, saving model to m",
        "Epoch 1: finished saving model to m",
        "Epoch 2: val_loss improved from 1.00000 to 0.50000, saving model to m",
        "Epoch 2: finished saving model to m",
        "Epoch 3: val_loss did not improve from 0.50000\n",
    ]
    follow(ModelCheckpoint("m", verbose=1), [1])
    assert "\nEpoch 1: saving model to m\n" in capsys.readouterr().out


def test_whole_models_and_weights(tmp_path):
    model = net()
    whole = ModelCheckpoint(tmp_path / "deep" / "er" / "{epoch}.safetensors")
    weights = ModelCheckpoint(tmp_path / "{epoch}.weights.safetensors", save_weights_only=True)
    assert not whole.wants_batches
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[whole, weights])
    assert sorted(os.listdir(tmp_path / "deep" / "er")) == ["1.safetensors", "2.safetensors"]
    found = load_model(tmp_path / "deep" / "er" / "1.safetensors")
    other = net()
    other.load_weights(tmp_path / "1.weights.safetensors")
    assert all(np.array_equal(a, b) for a, b in zip(found.get_weights(), other.get_weights(), strict=True))
    found.fit(X, Y, epochs=1, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(found.get_weights(), model.get_weights(), strict=True))


def test_after_so_many_batches(tmp_path):
    callback = ModelCheckpoint(tmp_path / "{epoch}-{batch}-{loss:.0f}", save_freq=3, save_weights_only=True)
    assert callback.wants_batches
    net().fit(X, Y, batch_size=3, epochs=3, verbose=0, callbacks=[callback])  # 4 batches an epoch
    assert [name.rpartition("-")[0] for name in sorted(os.listdir(tmp_path))] == ["1-3", "2-2", "3-1", "3-4"]


def test_the_best_of_batches(tmp_path):
    callback = ModelCheckpoint(tmp_path / "{epoch}-{batch}", "loss", save_best_only=True, save_freq=1)
    net().fit(X[:4], Y[:4], batch_size=2, epochs=1, verbose=0, callbacks=[callback])
    assert "1-1" in os.listdir(tmp_path)


@pytest.mark.parametrize("save_freq", ["batch", 0, -1, 1.5, True, None])
def test_frequencies(tmp_path, save_freq):
    with pytest.raises(ValueError, match=f"Unrecognized save_freq. Invalid value: {save_freq!r}"):
        ModelCheckpoint(tmp_path / "m", save_freq=save_freq)


@pytest.mark.parametrize(("name", "only"), [("m.keras", False), ("m.h5", False), ("m.weights.h5", True)])
def test_keras_formats(name, only):
    with pytest.raises(ValueError, match="The filepath provided must end in"):
        ModelCheckpoint(name, save_weights_only=only)


def test_bad_places(tmp_path):
    with pytest.raises(KeyError, match=r"Failed to format this callback filepath.*'acc'; there are epoch, val_loss"):
        saved(tmp_path, [1], "{acc}")
    model = net()
    with pytest.raises(OSError, match="Please specify a non-directory filepath"):
        model.fit(X, Y, verbose=0, callbacks=[ModelCheckpoint(tmp_path)])


def test_a_subclass_may_listen_to_batches(tmp_path):
    class Listening(ModelCheckpoint):
        def on_train_batch_begin(self, batch, logs=None):
            pass

    assert Listening(tmp_path / "m").wants_batches
