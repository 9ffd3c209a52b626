from __future__ import annotations

import numpy as np
import pytest

from dlcore.callbacks import CSVLogger

from .fake import X, Y, net


def follow(callback, epochs):
    callback.on_train_begin({})
    for epoch, logs in enumerate(epochs):
        callback.on_epoch_end(epoch, logs)
    callback.on_train_end({})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


def test_lines(path):
    follow(CSVLogger(path), [{"loss": 1.5, "acc": 0.5}, {"loss": 1.25, "val_loss": 3, "acc": 1}])
    assert path.read_bytes() == b"epoch,acc,loss,val_acc,val_loss\r\n0,0.5,1.5,NA,NA\r\n1,1,1.25,NA,3\r\n"


def test_validation_from_the_first_epoch_on(path):
    follow(CSVLogger(str(path), separator=";"), [{"loss": 1, "val_loss": 2}, {"loss": 3}])
    assert path.read_text().split() == ["epoch;loss;val_loss", "0;1;2", "1;3;NA"]


def test_appending(path):
    callback = CSVLogger(path, append=True)
    follow(callback, [{"val_a": 1}])
    follow(callback, [{"val_a": 2}])
    assert path.read_text().split() == ["epoch,val_a", "0,1", "0,2"]
    follow(CSVLogger(path), [{"val_a": 3}])
    assert path.read_text().split() == ["epoch,val_a", "0,3"]
    path.write_text("")
    follow(CSVLogger(path, append=True), [{"val_a": 4}])
    assert path.read_text().split() == ["epoch,val_a", "0,4"]


def test_arrays_and_text(path):
    follow(CSVLogger(path), [{"val_a": np.array([1, 2]), "val_b": "x", "val_c": np.array(3)}])
    assert path.read_text().splitlines()[1] == '0,"""[1, 2]""",x,3'


def test_each_line_is_there_at_once(path):
    callback = CSVLogger(path)
    callback.on_train_begin({})
    callback.on_epoch_end(0, {"val_a": 1})
    assert path.read_text().split() == ["epoch,val_a", "0,1"]
    callback.on_train_begin({})  # the last training was broken off
    callback.on_train_end({})
    assert path.read_text() == ""


def test_in_a_training(path):
    callback = CSVLogger(path)
    assert not callback.wants_batches
    found = net().fit(X, Y, epochs=2, verbose=0, callbacks=[callback]).history
    lines = path.read_text().split()
    assert lines[0] == "epoch,loss,mae,val_loss,val_mae"
    assert lines[2] == f"1,{found['loss'][1]},{found['mae'][1]},NA,NA"
