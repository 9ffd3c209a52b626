from __future__ import annotations

import numpy as np
import pytest

from dlcore import optimizers
from dlcore.callbacks import Callback, TerminateOnNaN

from .fake import FakeModel, X, Y, net


class Batches(Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


def exploding():
    return net(optimizers.SGD(1e30))


def test_whole_epochs_are_enough(capsys):
    callback = TerminateOnNaN()
    assert not callback.wants_batches
    model = exploding()
    found = model.fit(X, Y, batch_size=2, epochs=9, verbose=0, callbacks=[callback])
    assert len(found.epoch) == 1
    assert not np.isfinite(found.history["loss"][0])
    assert capsys.readouterr().out == "Epoch 1: Invalid loss, terminating training\n"


def test_batches_are_looked_at_where_there_are_any(capsys):
    model = exploding()
    model.fit(X, Y, batch_size=2, epochs=9, verbose=0, callbacks=[TerminateOnNaN(), Batches()])
    assert int(model.optimizer.iterations) < 5
    assert capsys.readouterr().out.startswith("Batch ")


def test_an_error_if_asked_for():
    with pytest.raises(RuntimeError, match=r"NaN or Inf loss encountered at epoch 1. Loss value: (nan|inf)"):
        exploding().fit(X, Y, batch_size=2, epochs=9, verbose=0, callbacks=[TerminateOnNaN(raise_error=True)])


@pytest.mark.parametrize("loss", [np.nan, np.inf, -np.inf, np.float32("nan")])
def test_what_is_no_number(loss):
    callback, model = TerminateOnNaN(), FakeModel()
    callback.set_model(model)
    callback.on_train_batch_end(0, {"loss": 1.0})
    callback.on_epoch_end(0, {})
    assert not model.stop_training
    callback.on_train_batch_end(0, {"loss": loss})
    assert model.stop_training


def test_a_subclass_may_listen_to_batches():
    class Listening(TerminateOnNaN):
        def on_train_batch_begin(self, batch, logs=None):
            pass

    assert Listening().wants_batches
