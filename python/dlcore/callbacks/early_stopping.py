"""Stop when it gets no better."""

from __future__ import annotations

from dlcore.callbacks.callback import Logs
from dlcore.callbacks.monitor_callback import MonitorCallback
from dlcore.floats import Array


class EarlyStopping(MonitorCallback):
    """Ends a training when the number it watches has stopped improving.

    Parameters
    ----------
    monitor, mode, min_delta
        See :class:`MonitorCallback`.
    patience : int
        Epochs without improvement that are endured; the training ends with the last of them.
    verbose : int
        1: say so on standard output.
    baseline : float, optional
        Epochs that are no better than this count as without improvement.
    restore_best_weights : bool
        Whether the model gets back, at the end, the weights of its best epoch (the best of those seen, even if none
        was better than the baseline).
    start_from_epoch : int
        Epochs before this one are not looked at.

    Attributes
    ----------
    best, best_epoch, best_weights
        The best value, its epoch (from 0), its weights (None unless they are to be restored).
    wait : int
        Epochs since the last improvement.
    stopped_epoch : int
        The epoch (from 0) that ended the training, or 0.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._reset()

    def _reset(self) -> None:
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = None
        self.best_weights: list[Array] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Start anew, so that one object serves several trainings."""
        self._reset()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare with the best epoch so far."""
        if self.monitor_op is None:
            self._set_monitor_op()
        current = self.get_monitor_value(logs or {})
        if current is None or epoch < self.start_from_epoch:
            return
        if self._is_improvement(current, self.best) or (self.restore_best_weights and self.best_weights is None):
            self._remember(epoch)
        self.wait += 1
        if self._is_improvement(current, self.best):
            self.best = current
            if self.baseline is None or self._is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _remember(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Say what happened, and give the best weights back."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def get_monitor_value(self, logs: Logs) -> float | None:
        """The number watched, or None with a warning."""
        value: float | None = self._monitored(logs, "Early stopping")
        return value
