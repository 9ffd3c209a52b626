"""The callback that fit returns."""

from __future__ import annotations

from typing import Any

from dlcore.callbacks.callback import Callback, Logs


class History(Callback):
    """What fit returns.

    Attributes
    ----------
    epoch : list of int
        The epochs of the last training, counted from 0.
    history : dict of str to list of float
        "loss", the metrics, and both for the validation data: a number an epoch.
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Start a new list of epochs, as the model's history."""
        self.epoch = []
        if self.model is not None:
            self.model.history = self

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the numbers of an epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def _repr_html_(self) -> str:
        from dlcore.explain.notebook import history_html

        return history_html(self.epoch, self.history)
