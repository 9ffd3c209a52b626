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
    when : dict of str to list of int
        The epoch of each of these numbers, counted from 0; a History that is used again counts on. With
        ``validation_freq`` the validation data have no number for some of them.
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}
        self.when: dict[str, list[int]] = {}
        self._passed = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Start a new list of epochs, as the model's history."""
        self.epoch = []
        model = self.model
        if model is not None:
            model.history = self

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the numbers of an epoch."""
        if not self.epoch:
            self._passed = max(0, self._last() + 1 - epoch) if self.when else 0
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
            self.when.setdefault(name, []).append(epoch + self._passed)

    def _last(self) -> int:
        return max(epochs[-1] for epochs in self.when.values())

    def _repr_html_(self) -> str:
        from dlcore.explain.notebook import history_html

        return history_html(self.epoch, self.history, self.when)
