"""What runs beside a training: callbacks, the History that fit returns, the progress shown."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dlcore.backends.contract import Totals
from dlcore.checks import several

if TYPE_CHECKING:
    from dlcore.models import Sequential

Logs = dict[str, float]


class Callback:
    """Base class: subclasses override what they want to hear of.

    ``logs`` maps "loss" and the metrics' names (``val_`` before those of the validation data) to numbers.
    Overriding a batch method makes fit call the engine batch by batch rather than epoch by epoch.

    Attributes
    ----------
    model : Sequential
        The model in training. Setting ``model.stop_training = True`` ends it.
    params : dict
        "epochs", "steps" (batches an epoch) and "verbose".
    """

    model: Sequential
    params: dict[str, Any]

    def set_model(self, model: Sequential) -> None:
        """Called before the training with the model."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Called before the training with its parameters."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch, with its logs."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation, with the epoch's logs."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch, counted from 0 in each epoch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch, with the logs of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of :meth:`on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of :meth:`on_train_batch_end`."""


class History(Callback):
    """What fit returns.

    Attributes
    ----------
    epoch : list of int
        The epochs trained, counted from 0.
    history : dict of str to list of float
        "loss", the metrics, and both for the validation data: a number an epoch.
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the numbers of an epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class CallbackList:
    """Several callbacks spoken to as one."""

    def __init__(
        self, callbacks: Callback | Sequence[Callback] | None, model: Sequential, params: dict[str, Any]
    ) -> None:
        given = [callbacks] if isinstance(callbacks, Callback) else callbacks or ()
        self._callbacks = several("callbacks", given, "a Callback or a list of them")
        for callback in self._callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(f"callbacks must hold Callback objects; got {type(callback).__name__}: {callback!r}")
        # Last, so that what other callbacks put into the logs becomes history, too; the caller's own, if there is one.
        if not any(isinstance(callback, History) for callback in self._callbacks):
            self._callbacks.append(History())
        self.history = next(callback for callback in self._callbacks if isinstance(callback, History))
        for callback in self._callbacks:
            callback.set_model(model)
            callback.set_params(params)
        self.wants_batches = any(
            getattr(type(callback), method) is not getattr(Callback, method)
            for callback in self._callbacks
            for method in ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
        )

    wants_test_batches = False

    def test_begin(self): ...
    def test_end(self, logs): ...
    def test_batch_begin(self, batch): ...
    def test_batch_end(self, batch, logs): ...
    def predict_begin(self): ...
    def predict_end(self): ...
    def predict_batch_begin(self, batch): ...
    def predict_batch_end(self, batch, outputs): ...

    def train_begin(self) -> None:
        """Before the first epoch."""
        for callback in self._callbacks:
            callback.on_train_begin({})

    def train_end(self, logs: Logs) -> None:
        """After the last epoch."""
        for callback in self._callbacks:
            callback.on_train_end(dict(logs))

    def epoch_begin(self, epoch: int) -> None:
        """Before an epoch."""
        for callback in self._callbacks:
            callback.on_epoch_begin(epoch, {})

    def epoch_end(self, epoch: int, logs: Logs) -> None:
        """After an epoch."""
        for callback in self._callbacks:
            callback.on_epoch_end(epoch, logs)

    def batch_begin(self, batch: int) -> None:
        """Before a batch."""
        for callback in self._callbacks:
            callback.on_train_batch_begin(batch, {})

    def batch_end(self, batch: int, logs: Logs) -> None:
        """After a batch."""
        for callback in self._callbacks:
            callback.on_train_batch_end(batch, logs)


def _written(logs: Logs) -> str:
    return " - ".join(f"{name}: {value:.4f}" for name, value in logs.items())


class Progress:
    """A training shown as it goes: a bar for each epoch, or a line.

    Parameters
    ----------
    verbose : int
        0: nothing. 1: a bar with loss, metrics and rows per second. 2: a line after each epoch.
    epochs : int
        The number of the last epoch.
    rows : int
        Rows of an epoch.
    logs_of : callable
        Totals -> logs.
    """

    def __init__(self, verbose: int, epochs: int, rows: int, logs_of: Callable[[Totals], Logs]) -> None:
        self._verbose = verbose
        self._epochs = epochs
        self._rows = rows
        self._logs_of = logs_of
        self._bar: Any = None
        self._title = ""
        self._began = 0.0

    def begin(self, epoch: int) -> None:
        """Start showing an epoch, counted from 0."""
        if not self._verbose:
            return
        self._title = f"Epoch {epoch + 1}/{self._epochs}"
        self._began = time.perf_counter()
        if self._verbose == 1:
            from tqdm import tqdm

            self._bar = tqdm(total=self._rows, desc=self._title, unit=" rows", unit_scale=True, file=sys.stdout)

    def report(self, totals: Totals) -> None:
        """Show how far the epoch has come."""
        if self._bar is not None:
            self._show(totals.rows, self._logs_of(totals))

    def end(self, logs: Logs) -> None:
        """Show the epoch's numbers and finish it."""
        if self._bar is not None:
            self._show(self._rows, logs)
            self.close()
        elif self._verbose == 2:
            seconds = time.perf_counter() - self._began
            rate = self._rows / seconds if seconds else float("inf")
            print(f"{self._title} - {seconds:.2f}s - {rate:,.0f} rows/s - {_written(logs)}")

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _show(self, rows: int, logs: Logs) -> None:
        self._bar.set_postfix_str(_written(logs), refresh=False)
        self._bar.update(rows - self._bar.n)
