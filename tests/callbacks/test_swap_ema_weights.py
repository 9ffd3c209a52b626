from __future__ import annotations

import pytest

from dlcore import Variable
from dlcore.callbacks import SwapEMAWeights

from .fake import FakeModel


class Averaging:
    """An optimizer that keeps averages."""

    use_ema = True

    def __init__(self):
        self._trainable_variables = [Variable([1.0, 2.0])]
        self._model_variables_moving_average = [Variable([5.0, 6.0])]

    @property
    def state(self):
        return (
            self._trainable_variables[0].array.tolist()[0],
            self._model_variables_moving_average[0].array.tolist()[0],
        )


def made(optimizer=None, **arguments):
    callback, model = SwapEMAWeights(**arguments), FakeModel()
    inner = Averaging()
    model.optimizer = optimizer(inner) if optimizer else inner
    callback.set_model(model)
    callback.set_params({"epochs": 2})
    return callback, inner


class Scaled:
    def __init__(self, inner):
        self.inner_optimizer = inner


class Several:
    def __init__(self, inner):
        self.optimizers = [FakeModel().optimizer, inner]


@pytest.mark.parametrize("optimizer", [None, Scaled, Several])
@pytest.mark.parametrize("kind", ["test", "predict"])
def test_evaluation_sees_the_averages(optimizer, kind):
    callback, inner = made(optimizer)
    for _ in range(2):
        getattr(callback, f"on_{kind}_begin")({})
        assert inner.state == (5, 1)
        getattr(callback, f"on_{kind}_end")({})
        assert inner.state == (1, 5)


def test_epochs_end_with_the_averages_if_asked_for():
    callback, inner = made(swap_on_epoch=True)
    callback.on_epoch_begin(0, {})
    assert inner.state == (1, 5)
    callback.on_epoch_end(0, {})
    assert inner.state == (5, 1)
    callback.on_epoch_begin(1, {})
    assert inner.state == (1, 5)
    callback.on_epoch_end(1, {})
    assert inner.state == (5, 5)


def test_epochs_are_left_alone_otherwise():
    callback, inner = made()
    callback.on_epoch_begin(0, {})
    callback.on_epoch_end(0, {})
    assert inner.state == (1, 5)


def test_an_optimizer_without_averages():
    callback = SwapEMAWeights()
    callback.set_model(FakeModel())
    with pytest.raises(ValueError, match="must be used when `use_ema=True` is set"):
        callback.on_test_begin({})
