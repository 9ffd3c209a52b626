"""Stop when the loss is no number any more."""

from __future__ import annotations

import math
from typing import Any

from dlcore.callbacks.callback import TRAIN_BATCHES, Callback, Logs


class TerminateOnNaN(Callback):
    """Ends a training when the loss is NaN or infinite.

    A loss that is not finite makes that of its epoch not finite, so the callback need only hear of epochs, and a
    training stays in the engine. If it goes batch by batch for another reason, it ends with the batch.

    Parameters
    ----------
    raise_error : bool
        Whether to raise a RuntimeError, rather than to end the training in peace.
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    @property
    def wants_batches(self) -> bool:
        """Only if a subclass does."""
        return self.overrides(TerminateOnNaN, TRAIN_BATCHES)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        self._look(f"Batch {batch}", (logs or {}).get("loss"))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the loss, if the training has not been ended already."""
        if not getattr(self.model, "stop_training", False):
            self._look(f"Epoch {epoch + 1}", (logs or {}).get("loss"))

    def _look(self, place: str, loss: Any) -> None:
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at {place.lower()}. Loss value: {loss}. Terminating training immediately."
            )
        print(f"{place}: Invalid loss, terminating training")
        self.model.stop_training = True
