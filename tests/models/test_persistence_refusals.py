from __future__ import annotations

import errno
import os

import numpy as np
import pytest

from dlcore import Sequential, files, layers, load_model, random, utils
from dlcore.files import atomic

from .test_persistence import net, path, train

__all__ = ["path"]  # a fixture


def test_a_full_disk_leaves_the_old_file(path, monkeypatch):
    model = train(net(), 1)
    model.save(path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    for save in (model.save, model.save_weights):
        with pytest.raises(OSError, match="No space left"):
            save(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def rewritten(path, change):
    """The file with another document, correctly signed."""
    tensors, document = files.read(path)
    change(document, tensors)
    for key in ("sha256", "format", "dlcore"):
        document.pop(key, None)
    files.write(path, tensors, document)


def deep(document, tensors):
    for _ in range(300):
        document["model"] = {"class_name": "Sequential", "config": {"layers": [document["model"]]}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d, t: d.pop("model"), "holds no whole model"),
        (lambda d, t: d["model"].update(class_name="Popen", module="subprocess"), "Could not locate class 'Popen'"),
        (lambda d, t: d["model"].update(class_name="Dense", module="keras.layers"), "cannot be rebuilt"),
        (lambda d, t: d["model"].pop("config"), "cannot be rebuilt"),
        (lambda d, t: d["model"]["config"].pop("layers"), "cannot be rebuilt"),
        (lambda d, t: d["model"]["config"]["layers"][0]["config"].update(units=2**40), "more than the file holds"),
        (lambda d, t: d["model"]["config"]["layers"][0]["config"].update(units=7), "has the shape"),
        (lambda d, t: d["model"]["build_config"].update(input_shape=[None, 2**40]), "more than the file holds"),
        (lambda d, t: d["model"]["build_config"].update(input_shape="x"), "cannot be rebuilt"),
        (lambda d, t: d.pop("layers"), "does not hold the state of a model"),
        (lambda d, t: d.update(layers=3), "does not hold the state of a model"),
        (lambda d, t: d["layers"].pop(), "holds the weights of 1 layers"),
        (lambda d, t: d["layers"][0][1].pop(), "holds 1"),
        (lambda d, t: t.pop("optimizer/iteration"), "does not hold the state of a model"),
        (lambda d, t: d["training"]["optimizer"].pop(), "holds the optimizer state"),
        (lambda d, t: d["training"].pop("epochs"), "does not hold the state of a model"),
        (lambda d, t: d["training"].update(epochs="x"), "cannot be rebuilt"),
        (lambda d, t: d["training"].update(random={"seed": -1, "draws": 0}), "seed must be in"),
        (lambda d, t: d["training"].update(random={"seed": 1, "draws": "x"}), "draws must be"),
        (lambda d, t: d["training"].update(random=5), "does not hold the state of a model"),
        (deep, "cannot be rebuilt"),
    ],
)
def test_a_hostile_file_is_refused(path, change, message):
    train(net(), 1).save(path)
    rewritten(path, change)
    utils.set_random_seed(11)
    state = random.get_state()
    with pytest.raises(ValueError, match=message) as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    assert random.get_state() == state


def test_every_shortened_file_is_refused(path):
    train(net(), 1).save(path)
    good = path.read_bytes()
    for length in range(0, len(good), 37):
        path.write_bytes(good[:length])
        with pytest.raises(ValueError, match="damaged"):
            load_model(path)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ([layers.Dense(5)], "holds the weights of 2 layers .*; the model has 1 layers"),
        ([layers.Dense(5, name="a"), layers.Dense(2, name="b")], r"'kernel' of layer 'b' has .* holds \(5, 1\)"),
        ([layers.Dense(5), layers.Dense(1, use_bias=False, name="b")], "layer 'b' has 1 weights .* holds 2"),
    ],
)  # fmt: skip
def test_weights_that_do_not_fit_are_none_at_all(tmp_path, other, message):
    model = net()
    model.build((None, 4))
    model.save_weights(tmp_path / "w")
    other = Sequential(other)
    other.build((None, 4))
    before = other.get_weights()
    with pytest.raises(ValueError, match=message):
        other.load_weights(tmp_path / "w")
    assert all(np.array_equal(p, q) for p, q in zip(before, other.get_weights(), strict=True))


def test_weights_need_a_built_model(tmp_path):
    with pytest.raises(ValueError, match="no weights to save yet"):
        net().save_weights(tmp_path / "w")
    train(net(), 1).save_weights(tmp_path / "w")
    with pytest.raises(ValueError, match="no weights yet: build it"):
        net().load_weights(tmp_path / "w")
