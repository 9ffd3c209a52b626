from __future__ import annotations

from dlcore.callbacks import LambdaCallback

from .fake import X, Y, net

HOOKS = [
    "on_train_begin", "on_epoch_begin", "on_train_batch_begin", "on_train_batch_end", "on_epoch_end", "on_train_end",
]  # fmt: skip


def test_functions_are_called_in_their_places():
    heard = []
    callback = LambdaCallback(**{hook: lambda *a, hook=hook, **k: heard.append(hook) for hook in HOOKS})
    net().fit(X, Y, epochs=1, verbose=0, callbacks=[callback])
    assert heard == HOOKS


def test_only_batch_functions_want_batches():
    assert not LambdaCallback(on_epoch_end=print, on_test_end=print).wants_batches
    for hook in ("on_train_batch_begin", "on_train_batch_end", "on_batch_end"):
        assert LambdaCallback(**{hook: print}).wants_batches


def test_whatever_else_is_kept():
    found = []
    callback = LambdaCallback(on_test_begin=found.append, name="mine")
    callback.on_test_begin({"a": 1})
    assert found == [{"a": 1}]
    assert callback.name == "mine"
