"""Smaller steps when it gets no better."""

from __future__ import annotations

from typing import Any

from dlcore.callbacks.callback import Logs
from dlcore.callbacks.learning_rates import note_rates, optimizers_of, rate_of
from dlcore.callbacks.monitor_callback import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by a factor when the number it watches has stopped improving.

    The rate goes into the logs as "learning_rate".

    Parameters
    ----------
    monitor, mode, min_delta
        See :class:`MonitorCallback`.
    factor : float
        Below 1.
    patience : int
        Epochs without improvement that are endured.
    verbose : int
        1: say so on standard output.
    cooldown : int
        Epochs after a reduction that are not counted.
    min_lr : float
        The rate stays at this or above.

    Raises
    ------
    ValueError
        If factor is 1 or more.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau does not support a factor >= 1.0; got factor={factor}")
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Start anew, so that one object serves several trainings."""
        self.best = None
        self.cooldown_counter = self.wait = 0

    def in_cooldown(self) -> bool:
        """Whether a reduction is so recent that epochs are not counted."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare with the best epoch so far."""
        if self.monitor_op is None:
            self._set_monitor_op()
        logs = {} if logs is None else logs
        note_rates(self.model, logs)
        current = self._monitored(logs, "Learning rate reduction")
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter = self.cooldown
                self.wait = 0

    def _reduce(self, epoch: int) -> bool:
        """Reduce all rates that are above the smallest; whether there was one."""
        reduced = [self._reduce_one(name, optimizer, epoch) for name, optimizer in optimizers_of(self.model)]
        return any(reduced)

    def _reduce_one(self, name: str, optimizer: Any, epoch: int) -> bool:
        old = rate_of(optimizer)
        if not old > self.min_lr:
            return False
        new = max(old * self.factor, self.min_lr)
        optimizer.learning_rate = new
        if self.verbose > 0:
            whose = f"{name} " if name else ""
            print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing {whose}learning rate to {new}.")
        return True
