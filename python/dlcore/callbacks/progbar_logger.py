"""A progress display as a callback, for loops of one's own."""

from __future__ import annotations

from typing import Any

from dlcore.callbacks.callback import Callback, Logs
from dlcore.callbacks.progress import Progress


class ProgbarLogger(Callback):
    """Shows batches as they go by, as ``params["verbose"]`` wants it: 0 not at all, 1 a bar, 2 a line an epoch.

    ``fit`` shows its progress by itself, row by row and without being cut into batches; it leaves that to a
    ProgbarLogger if one is given.
    """

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._training = False

    @property
    def wants_batches(self) -> bool:
        """Only for a bar."""
        return self._verbose == 1

    @property
    def _verbose(self) -> int:
        verbose = (self.params or {}).get("verbose", 1)
        return 1 if verbose == "auto" else int(verbose)

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Evaluations from now on are validations, which get no bar of their own."""
        self._training = True

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Nothing more to show."""
        self._training = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """A new bar."""
        self._begin(epoch)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """One batch more."""
        self._show(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """The epoch's numbers."""
        self._end(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """A bar, unless a training validates."""
        if not self._training:
            self._begin(0)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """One batch more."""
        if not self._training:
            self._show(batch, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """The evaluation's numbers."""
        if not self._training:
            self._end(logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """A bar."""
        self._begin(0)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """One batch more."""
        self._show(batch, None)

    def on_predict_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Finish the bar."""
        self._end(None)

    def _begin(self, epoch: int) -> None:
        params: dict[str, Any] = self.params or {}
        if self._progress is not None:
            self._progress.close()
        self._progress = Progress(self._verbose, params.get("epochs", 1), params.get("steps"), unit="steps")
        self._progress.begin(epoch)

    def _show(self, batch: int, logs: Logs | None) -> None:
        if self._progress is not None:
            self._progress.show(batch + 1, logs or {})

    def _end(self, logs: Logs | None) -> None:
        if self._progress is not None:
            self._progress.end(logs or {})
