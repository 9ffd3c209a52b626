"""When to save in the course of a training."""

from __future__ import annotations

from typing import Any

from dlcore.checks import whole


class SaveFrequency:
    """Counts batches, and says when it is time to save.

    Parameters
    ----------
    save_freq : "epoch" or int
        After each epoch, or after so many batches.

    Raises
    ------
    ValueError
        If it is neither.
    """

    def __init__(self, save_freq: Any) -> None:
        if save_freq != "epoch":
            try:
                whole("save_freq", save_freq, 1, 2**63 - 1)
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"Unrecognized save_freq. Invalid value: {save_freq!r}; it must be 'epoch' or a number of batches, "
                    "1 or more"
                ) from error
        self.by_epoch = save_freq == "epoch"
        self._every = save_freq
        self._last = -1
        #: Batches since the last time.
        self.waiting = 0

    def begin(self, batch: int) -> None:
        """The next batch is this one."""
        self._last = batch - 1

    def is_due(self, batch: int) -> bool:
        """Whether to save after this batch; batches may be skipped in between, and a lower one is of a new epoch."""
        self.waiting += batch + 1 if batch <= self._last else batch - self._last
        self._last = batch
        if self.waiting < self._every:
            return False
        self.waiting = 0
        return True
