from __future__ import annotations

import numpy as np
import pytest

from dlcore import Sequential, layers, utils
from dlcore.callbacks import Callback, CallbackList, History, LambdaCallback, ProgbarLogger

X = np.random.default_rng(0).standard_normal((10, 2)).astype(np.float32)
Y = X[:, :1] * 2


def net():
    utils.set_random_seed(1)
    model = Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile("adam", "mse", metrics=["mae"])
    return model


class Recorder(Callback):
    def __init__(self):
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("begin")

    def on_train_end(self, logs=None):
        self.calls.append(("end", sorted(logs)))

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("epoch", epoch))

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(("epoch end", epoch, sorted(logs)))


class BatchRecorder(Recorder):
    def on_train_batch_begin(self, batch, logs=None):
        self.calls.append(("batch", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append(("batch end", batch, sorted(logs)))


def test_the_order_of_calls():
    recorder = Recorder()
    net().fit(X, Y, batch_size=4, epochs=2, verbose=0, validation_data=(X, Y), callbacks=[recorder])
    names = ["loss", "mae", "val_loss", "val_mae"]
    assert recorder.calls == [
        "begin",
        ("epoch", 0),
        ("epoch end", 0, names),
        ("epoch", 1),
        ("epoch end", 1, names),
        ("end", names),
    ]
    assert recorder.params == {"verbose": 0, "epochs": 2, "steps": 3}
    assert isinstance(recorder.model, Sequential)


@pytest.mark.usefixtures("backend")
def test_batches_have_the_same_bits_as_whole_epochs():
    recorder, whole, parts = BatchRecorder(), net(), net()
    a = whole.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    b = parts.fit(X, Y, batch_size=4, epochs=2, verbose=0, callbacks=[recorder])
    assert all(np.array_equal(p, q) for p, q in zip(whole.get_weights(), parts.get_weights(), strict=True))
    assert a.history["loss"] == pytest.approx(b.history["loss"], rel=1e-6)
    assert a.history["mae"] == pytest.approx(b.history["mae"], rel=1e-6)
    assert parts.optimizer.iterations == 6
    batches = [call for call in recorder.calls if call[0] == "batch end"]
    assert batches == [("batch end", i, ["loss", "mae"]) for i in (0, 1, 2)] * 2


def test_batches_with_weights_unshuffled():
    whole, parts = net(), net()
    arguments = {"batch_size": 3, "verbose": 0, "shuffle": False, "sample_weight": np.arange(10.0)}
    whole.fit(X, Y, **arguments)
    parts.fit(X, Y, callbacks=[BatchRecorder()], **arguments)
    assert all(np.array_equal(p, q) for p, q in zip(whole.get_weights(), parts.get_weights(), strict=True))


def test_stop_training():
    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    model = net()
    assert model.fit(X, Y, epochs=10, verbose=0, callbacks=[Stop()]).epoch == [0, 1]
    assert model.fit(X, Y, epochs=1, verbose=0).epoch == [0]

    class StopEarly(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    model = net()
    assert model.fit(X, Y, batch_size=2, epochs=10, verbose=0, callbacks=[StopEarly()]).epoch == [0]
    assert model.optimizer.iterations == 2


def test_history_can_be_given_logs():
    history = History()
    history.on_epoch_end(3, {"loss": 1.0})
    history.on_epoch_end(4, {"loss": 0.5, "mae": 2.0})
    assert history.epoch == [3, 4]
    assert history.history == {"loss": [1.0, 0.5], "mae": [2.0]}


def test_only_callbacks_are_taken():
    with pytest.raises(TypeError, match="callbacks must hold Callback objects; got function"):
        CallbackList([lambda: None])


def test_what_callbacks_add_to_the_logs_becomes_history():
    class Noting(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["twice"] = 2 * logs["loss"]

    found = net().fit(X, Y, epochs=2, verbose=0, callbacks=Noting()).history
    assert found["twice"] == [2 * loss for loss in found["loss"]]


def test_a_history_of_the_callers_own_is_used():
    mine = History()
    model = net()
    assert model.fit(X, Y, verbose=0, callbacks=[mine]) is mine
    assert model.history is mine
    assert mine.epoch == [0]


def test_the_short_names_of_the_batch_methods():
    class Short(Callback):
        def __init__(self):
            self.heard = []

        def on_batch_begin(self, batch, logs=None):
            self.heard.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            self.heard.append(("end", batch))

    short = Short()
    net().fit(X[:4], Y[:4], batch_size=2, verbose=0, callbacks=[short])
    assert short.heard == [("begin", 0), ("end", 0), ("begin", 1), ("end", 1)]


METHODS = [
    *(f"on_{kind}_{place}" for kind in ("train", "test", "predict") for place in ("begin", "end")),
]
PLACES = [
    *(f"on_{kind}_batch_{place}" for kind in ("train", "test", "predict") for place in ("begin", "end")),
    "on_epoch_begin",
    "on_epoch_end",
    "on_batch_begin",
    "on_batch_end",
]


@pytest.mark.parametrize("method", METHODS + PLACES)
def test_every_call_reaches_all_in_order(method):
    heard = []
    hear = [LambdaCallback(**{method: lambda *a, i=i: heard.append((i, a))}) for i in range(3)]
    place = (7,) if method in PLACES else ()
    getattr(CallbackList([hear[0], [hear[1:]]]), method)(*place)
    assert heard == [(i, (*place, {})) for i in range(3)]
    heard.clear()
    getattr(CallbackList(hear[0]), method)(*place, {"loss": 1})
    assert heard == [(0, (*place, {"loss": 1}))]
    assert getattr(Callback(), method)(*place) is None


def test_what_a_list_adds():
    mine = History()
    assert CallbackList().callbacks == []
    assert CallbackList().history is None
    assert CallbackList(mine, add_history=True).callbacks == [mine]
    both = CallbackList([Callback()], add_history=True, add_progbar=True, verbose=0)
    assert [type(callback) for callback in both.callbacks] == [Callback, ProgbarLogger, History]
    assert both.shows_progress
    both.append(mine)
    assert both.callbacks[-1] is mine
    assert CallbackList(both).callbacks == both.callbacks


def test_model_and_params_reach_all():
    callback, model = Callback(), object()
    assert (callback.model, callback.params) == (None, None)
    everyone = CallbackList([callback], model=model, epochs=3)
    assert (callback.model, callback.params) == (model, {"epochs": 3})
    assert (everyone.model, everyone.params) == (model, {"epochs": 3})


@pytest.mark.parametrize("kind", ["train", "test", "predict"])
@pytest.mark.parametrize("place", ["begin", "end"])
def test_who_wants_batches(kind, place):
    method = f"on_{kind}_batch_{place}"
    for callback in (LambdaCallback(**{method: print}), type("Mine", (Callback,), {method: print})()):
        wants = CallbackList([Callback(), callback])
        assert wants.wants_batches == (kind == "train")
        assert wants.wants_test_batches == (kind == "test")
        assert wants.wants_predict_batches == (kind == "predict")
    quiet = CallbackList(Callback())
    assert (quiet.wants_batches, quiet.wants_test_batches, quiet.wants_predict_batches) == (False, False, False)


def test_validation_is_told_of():
    heard = []
    callback = LambdaCallback(on_test_begin=lambda logs: heard.append("begin"), on_test_end=heard.append)
    net().fit(X, Y, epochs=1, verbose=0, validation_data=(X, Y), callbacks=[callback])
    assert heard[0] == "begin"
    assert set(heard[1]) == {"loss", "mae"}


def test_text_is_no_list_of_callbacks():
    with pytest.raises(TypeError, match="callbacks must be a Callback or a list of them"):
        CallbackList("history")
