"""A training that survives its process."""

from __future__ import annotations

import os
from pathlib import Path

from dlcore.callbacks.callback import TRAIN_BATCHES, Callback, Logs
from dlcore.callbacks.checkpoints import SaveFrequency


class BackupAndRestore(Callback):
    """Backs a training up while it runs; the next fit with the same folder takes it up where it was, bit for bit.

    Weights, the optimizer's state, the random state and the place in the training are in one file, replaced as a whole.

    Parameters
    ----------
    backup_dir : path
        The folder of the backup, which is made.
    save_freq : "epoch" or int
        After each epoch, or after so many batches; then the training is taken up within an epoch.
    double_checkpoint : bool
        Whether to keep the backup before the last, too, for a disk that spoils files.
    delete_checkpoint : bool
        Whether to delete the backup when the training is over.

    Raises
    ------
    ValueError
        If backup_dir is empty or save_freq is neither.
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        if not backup_dir:
            raise ValueError("Empty `backup_dir` argument passed")
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._frequency = SaveFrequency(save_freq)
        self._latest = Path(self.backup_dir, "latest.safetensors")
        self._previous = Path(self.backup_dir, "previous.safetensors")
        self._current_epoch = 0
        self._last_batch_seen = 0

    @property
    def wants_batches(self) -> bool:
        """Only if it saves after batches, or a subclass wants them."""
        return not self._frequency.by_epoch or self.overrides(BackupAndRestore, TRAIN_BATCHES)

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Take up a training that was broken off: fit starts at ``model._initial_epoch``, ``model._initial_batch``.

        Raises
        ------
        ValueError
            If the model has no weights yet, or the backup is that of another model, or damaged.
        """
        if not self.model.built:
            raise ValueError(
                "BackupAndRestore needs a model that is built before fit(): give it an Input, or call it on data"
            )
        if not (self._latest.exists() or self._previous.exists()):
            return
        try:
            place = self.model.load_state(self._latest)
        except (OSError, ValueError):
            if not self._previous.exists():
                raise
            place = self.model.load_state(self._previous)
        epoch, batch = place.get("epoch", 0), place.get("batch", 0)
        if batch and batch == (self.params or {}).get("steps"):  # all of the epoch had been trained, none of it noted
            epoch, batch = epoch + 1, 0
            self.model.epochs_trained += 1
        self._current_epoch = self.model._initial_epoch = epoch
        self.model._initial_batch = batch
        self._frequency.begin(batch)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Batches belong to this epoch from now on."""
        self._current_epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Back up if it is time."""
        self._last_batch_seen = batch
        if not self._frequency.by_epoch and self._frequency.is_due(batch):
            self._back_up(batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Back up if that is asked for after epochs, or if the last backup is that of the epoch's last batch."""
        stale = self._frequency.waiting == 0
        self._current_epoch, self._last_batch_seen = epoch + 1, 0
        self._frequency.begin(0)
        if self._frequency.by_epoch or stale:
            self._back_up(0)

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Delete the backup, and its folder if nothing else is in it."""
        if not self.delete_checkpoint:
            return
        for path in (self._latest, self._previous):
            path.unlink(missing_ok=True)
        folder = Path(self.backup_dir)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    def _back_up(self, batch: int) -> None:
        os.makedirs(self.backup_dir, exist_ok=True)
        if self.double_checkpoint and self._latest.exists():
            os.replace(self._latest, self._previous)
        self.model.save_state(self._latest, epoch=self._current_epoch, batch=batch)
