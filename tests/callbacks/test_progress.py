from __future__ import annotations

import pytest

from dlcore.callbacks import Callback, CallbackList, ProgbarLogger, Progress

from .fake import X, Y, net


def test_a_bar_is_closed_when_training_ends_early(capfd):
    class Fail(Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        net().fit(X, Y, verbose=1, callbacks=[Fail()])
    assert capfd.readouterr().out.endswith("\n")


def test_progress_reports(capfd):
    progress = Progress(1, 5, 100)
    progress.begin(1)
    progress.show(40, {"loss": 0.5})
    progress.end({"loss": 0.25, "note": "text"})
    out = capfd.readouterr().out
    assert "Epoch 2/5" in out
    assert "loss: 0.2500" in out
    assert "note: text" in out
    Progress(0, 1, 1).begin(0)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("verbose", [1, 2])
def test_rows_nobody_counted_beforehand(capfd, verbose):
    progress = Progress(verbose, 1, None)
    progress.begin(0)
    progress.show(40, {})
    progress.show(70, {"loss": 1.0})
    progress.end({"loss": 0.5})
    out = capfd.readouterr().out
    assert "loss: 0.5000" in out
    if verbose == 1:
        assert "70.0/70.0" in out


def told(logger, verbose):
    logger.set_params({"verbose": verbose, "epochs": 2, "steps": 3})
    logger.on_train_begin({})
    for epoch in range(2):
        logger.on_epoch_begin(epoch, {})
        for batch in range(3):
            logger.on_train_batch_end(batch, {"loss": 1.0})
        logger.on_test_begin({})
        logger.on_test_batch_end(0, {})
        logger.on_test_end({})
        logger.on_epoch_end(epoch, {"loss": 0.5})
    logger.on_train_end({})


def test_a_logger_for_loops_of_ones_own(capfd):
    told(ProgbarLogger(), 2)
    out = capfd.readouterr().out.splitlines()
    assert [line.split(" - ")[0] for line in out] == ["Epoch 1/2", "Epoch 2/2"]
    assert out[1].endswith("loss: 0.5000")
    told(ProgbarLogger(), "auto")
    assert "3.00/3.00" in capfd.readouterr().out
    told(ProgbarLogger(), 0)
    assert capfd.readouterr().out == ""


def test_evaluation_and_prediction(capfd):
    logger = ProgbarLogger()
    logger.set_params({"verbose": 2, "steps": 2})
    for kind in ("test", "predict"):
        getattr(logger, f"on_{kind}_begin")({})
        getattr(logger, f"on_{kind}_batch_end")(0, {})
        getattr(logger, f"on_{kind}_end")({"loss": 0.5})
    assert len(capfd.readouterr().out.splitlines()) == 2


def test_a_logger_replaces_the_display(capfd):
    net().fit(X, Y, epochs=2, batch_size=5, verbose=1, callbacks=[ProgbarLogger()])
    out = capfd.readouterr().out
    assert "steps" in out
    assert "rows" not in out
    assert not CallbackList([ProgbarLogger()], verbose=2).wants_batches
    assert CallbackList([ProgbarLogger()], verbose=1).wants_batches
