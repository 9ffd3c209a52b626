"""Averaged weights, where they are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dlcore.callbacks.callback import Callback, Logs
from dlcore.variable import Variable


class SwapEMAWeights(Callback):
    """Puts the optimizer's moving average of the weights into the model while it is evaluated or predicts.

    Parameters
    ----------
    swap_on_epoch : bool
        Whether to do so at the end of each epoch as well, until the next one begins: then a ModelCheckpoint after it
        saves the averages. The model keeps them when the training is over.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = swap_on_epoch
        self._averages_in_model = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Back to the weights that are trained."""
        if self.swap_on_epoch:
            self._put_averages(False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """The averages, for good after the last epoch."""
        if self.swap_on_epoch and not self._averages_in_model:
            self._put_averages(True)
            if epoch == (self.params or {}).get("epochs", 0) - 1:
                for weight, average in self._pairs():
                    average.assign(weight)

    def on_test_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """The averages."""
        self._put_averages(True)

    def on_test_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Back to the weights that are trained."""
        self._put_averages(False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """The averages."""
        self._put_averages(True)

    def on_predict_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Back to the weights that are trained."""
        self._put_averages(False)

    def _put_averages(self, wanted: bool) -> None:
        """Swap weights and averages, unless they lie as wanted."""
        if wanted != self._averages_in_model:
            for weight, average in self._pairs():
                kept = weight.array.copy()
                weight.assign(average)
                average.assign(kept)
            self._averages_in_model = wanted

    def _pairs(self) -> Iterator[tuple[Variable, Variable]]:
        """Each weight with its average.

        Raises
        ------
        ValueError
            If no optimizer keeps averages.
        """
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        averaging = [one for one in getattr(optimizer, "optimizers", [optimizer]) if getattr(one, "use_ema", False)]
        if not averaging:
            raise ValueError("SwapEMAWeights must be used when `use_ema=True` is set on the optimizer; it is not")
        for one in averaging:
            yield from zip(*_averages(one), strict=True)


def _averages(optimizer: Any) -> tuple[list[Variable], list[Variable]]:
    """The weights an optimizer trains, and their averages."""
    return optimizer._trainable_variables, optimizer._model_variables_moving_average
