"""The model saved while it is trained."""

from __future__ import annotations

import os
import warnings

import numpy as np

from dlcore.callbacks.callback import TRAIN_BATCHES, Logs
from dlcore.callbacks.checkpoints import SaveFrequency
from dlcore.callbacks.monitor_callback import MonitorCallback
from dlcore.files import FOREIGN_SUFFIXES


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after epochs or batches.

    Parameters
    ----------
    filepath : path
        May hold ``{epoch:02d}`` (from 1), ``{batch}`` (from 1) and the names of the logs: ``{val_loss:.2f}``. By custom
        it ends in ``.safetensors``, or ``.weights.safetensors`` with ``save_weights_only``. Folders are made.
    monitor, mode
        See :class:`MonitorCallback`.
    verbose : int
        1: say so on standard output.
    save_best_only : bool
        Whether to save only if the number watched is the best so far.
    save_weights_only : bool
        Whether to save the weights alone.
    save_freq : "epoch" or int
        After each epoch, or after so many batches.
    initial_value_threshold : float, optional
        What counts as the best so far at the beginning.

    Raises
    ------
    ValueError
        If save_freq is neither, or the name ends in .keras or .h5, which are not written.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._frequency = SaveFrequency(save_freq)
        self._epoch = 0
        if self.filepath.lower().endswith(FOREIGN_SUFFIXES):
            ending = ".weights.safetensors" if save_weights_only else ".safetensors"
            raise ValueError(
                f"The filepath provided must end in {ending}, or in anything but "
                f"{', '.join(FOREIGN_SUFFIXES)}, which are not written; got filepath={self.filepath}"
            )

    @property
    def wants_batches(self) -> bool:
        """Only if it saves after batches, or a subclass wants them."""
        return not self._frequency.by_epoch or self.overrides(ModelCheckpoint, TRAIN_BATCHES)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Batches belong to this epoch from now on."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save if it is time."""
        if not self._frequency.by_epoch and self._frequency.is_due(batch):
            self._save(self._epoch, batch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save if that is asked for after epochs."""
        if self._frequency.by_epoch:
            self._save(epoch, None, logs or {})

    def _save(self, epoch: int, batch: int | None, logs: Logs) -> None:
        path = self._path(epoch, batch, logs)
        if not self._is_worth_it(epoch, logs, path):
            return
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        try:
            if self.save_weights_only:
                self.model.save_weights(path, overwrite=True)
            else:
                self.model.save(path, overwrite=True)
        except IsADirectoryError as error:
            raise OSError(
                f"Please specify a non-directory filepath for ModelCheckpoint: {path} is an existing directory"
            ) from error
        self._say(epoch, f"finished saving model to {path}")

    def _path(self, epoch: int, batch: int | None, logs: Logs) -> str:
        places = {"epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1}), **logs}
        try:
            return self.filepath.format(**places)
        except KeyError as error:
            raise KeyError(
                f"Failed to format this callback filepath: {self.filepath!r}. There is no {error}; "
                f"there are {', '.join(places)}"
            ) from error

    def _is_worth_it(self, epoch: int, logs: Logs, path: str) -> bool:
        if not self.save_best_only:
            self._say(epoch, f"saving model to {path}")
            return True
        current = logs.get(self.monitor)
        if current is None:
            warnings.warn(
                f"Can save best model only with {self.monitor} available; available are: {', '.join(logs) or 'none'}",
                stacklevel=4,
            )
            return True
        if np.ndim(current):
            warnings.warn(
                f"Can save best model only when `monitor` is a scalar value; got {current}. It is saved", stacklevel=4
            )
            return True
        if self.monitor_op is None:
            self._set_monitor_op()
        before = "None" if self.best is None else f"{self.best:.5f}"
        if not self._is_improvement(current, self.best):
            self._say(epoch, f"{self.monitor} did not improve from {before}")
            return False
        self._say(epoch, f"{self.monitor} improved from {before} to {current:.5f}, saving model to {path}")
        self.best = current
        return True

    def _say(self, epoch: int, what: str) -> None:
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: {what}")
