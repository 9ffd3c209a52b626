from __future__ import annotations

import os

import numpy as np
import pytest

from dlcore import Sequential, layers, utils
from dlcore.callbacks import BackupAndRestore, Callback

from .fake import X, Y, net


class Stop(Callback):
    """Breaks a training off as a failing process would."""

    def __init__(self, epoch=None, batch=None):
        self.place = epoch, batch

    @property
    def wants_batches(self):
        return self.place[1] is not None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.place:
            raise RuntimeError("broken off")

    def on_epoch_end(self, epoch, logs=None):
        if (epoch, None) == self.place:
            raise RuntimeError("broken off")


ARGUMENTS = {"batch_size": 3, "epochs": 5, "verbose": 0}  # 4 batches an epoch


def broken_off(folder, place, **arguments):
    with pytest.raises(RuntimeError, match="broken off"):
        net().fit(X, Y, **ARGUMENTS, callbacks=[BackupAndRestore(folder, **arguments), Stop(*place)])


def taken_up(folder, **arguments):
    """A training in what might be another process."""
    model = net()
    if folder.exists():
        utils.set_random_seed(55)
    callback = BackupAndRestore(folder, **arguments)
    history = model.fit(X, Y, **ARGUMENTS, callbacks=[callback])
    return model, history


def assert_like_unbroken(model):
    whole = net()
    whole.fit(X, Y, **ARGUMENTS)
    assert all(np.array_equal(a, b) for a, b in zip(whole.get_weights(), model.get_weights(), strict=True))
    assert int(model.optimizer.iterations) == int(whole.optimizer.iterations)
    assert model.epochs_trained == whole.epochs_trained


@pytest.mark.parametrize("epoch", [0, 2, 4])
@pytest.mark.parametrize("double", [False, True])
def test_by_epochs(tmp_path, epoch, double):
    folder = tmp_path / "backup"
    broken_off(folder, (epoch,), double_checkpoint=double)
    assert folder.exists()
    model, history = taken_up(folder, double_checkpoint=double)
    assert history.epoch == list(range(epoch + 1, 5))
    assert_like_unbroken(model)
    assert not folder.exists()


@pytest.mark.parametrize("place", [(0, 0), (0, 2), (0, 3), (1, 0), (2, 1), (4, 3)])
@pytest.mark.parametrize("save_freq", [1, 2, 3])
def test_by_batches(tmp_path, place, save_freq):
    broken_off(tmp_path / "b", place, save_freq=save_freq)
    model, _ = taken_up(tmp_path / "b", save_freq=save_freq)
    assert_like_unbroken(model)


def test_a_backup_of_batches_is_taken_up_by_epochs(tmp_path):
    broken_off(tmp_path / "b", (2, 1), save_freq=1)
    assert_like_unbroken(taken_up(tmp_path / "b")[0])


def test_broken_off_twice(tmp_path):
    broken_off(tmp_path / "b", (1, 1), save_freq=1)
    broken_off(tmp_path / "b", (3, 2), save_freq=1)
    assert_like_unbroken(taken_up(tmp_path / "b", save_freq=1)[0])


def test_a_spoilt_backup(tmp_path):
    broken_off(tmp_path, (2,), double_checkpoint=True)
    assert sorted(os.listdir(tmp_path)) == ["latest.safetensors", "previous.safetensors"]
    (tmp_path / "latest.safetensors").write_text("0")
    model, history = taken_up(tmp_path, double_checkpoint=True)
    assert history.epoch == [2, 3, 4]
    assert_like_unbroken(model)


def test_a_spoilt_backup_without_another(tmp_path):
    broken_off(tmp_path, (2,))
    (tmp_path / "latest.safetensors").write_text("0")
    with pytest.raises(ValueError, match="damaged"):
        taken_up(tmp_path)


def test_what_is_deleted_in_the_end(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    net().fit(X, Y, **ARGUMENTS, callbacks=[BackupAndRestore(tmp_path)])
    assert os.listdir(tmp_path) == ["mine.txt"]
    net().fit(X, Y, **ARGUMENTS, callbacks=[BackupAndRestore(tmp_path / "kept", delete_checkpoint=False)])
    model = net()
    history = model.fit(X, Y, **ARGUMENTS, callbacks=[BackupAndRestore(tmp_path / "kept", delete_checkpoint=False)])
    assert history.epoch == []  # it was over
    assert_like_unbroken(model)


def test_the_backup_of_another_model(tmp_path):
    broken_off(tmp_path, (1,))
    other = Sequential([layers.Dense(1, input_shape=(2,))])
    other.compile("adam", "mse")
    with pytest.raises(ValueError, match="holds the weights of 2 layers"):
        other.fit(X, Y, **ARGUMENTS, callbacks=[BackupAndRestore(tmp_path)])


def test_arguments(tmp_path):
    for empty in ("", None):
        with pytest.raises(ValueError, match="Empty `backup_dir` argument passed"):
            BackupAndRestore(empty)
    for bad in ("batch", 0.15):
        with pytest.raises(ValueError, match="Invalid value"):
            BackupAndRestore(tmp_path, save_freq=bad)
    assert not BackupAndRestore(tmp_path).wants_batches
    assert BackupAndRestore(tmp_path, save_freq=5).wants_batches


def test_a_model_without_weights(tmp_path):
    callback = BackupAndRestore(tmp_path)
    callback.set_model(Sequential([layers.Dense(1)]))
    with pytest.raises(ValueError, match="built before fit"):
        callback.on_train_begin({})
