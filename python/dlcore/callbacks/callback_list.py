"""Several callbacks spoken to as one."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, TypeVar

from dlcore.callbacks.callback import PREDICT_BATCHES, TEST_BATCHES, Callback, Logs
from dlcore.callbacks.history import History
from dlcore.callbacks.progbar_logger import ProgbarLogger
from dlcore.checks import several

T = TypeVar("T")

_wants_batches = attrgetter("wants_batches")


class CallbackList(Callback):
    """Callbacks in a row: each call goes to all of them, in their order.

    Parameters
    ----------
    callbacks : Callback, or (nested) list of Callback, optional
        Whom to call.
    add_history : bool
        Whether to add a :class:`History` if there is none. It comes last, so that what other callbacks put into the
        logs becomes history, too.
    add_progbar : bool
        Whether to add a :class:`ProgbarLogger` if there is none.
    model : Sequential, optional
        For ``set_model``.
    **params
        For ``set_params``.

    Attributes
    ----------
    callbacks : list of Callback
        Those called.
    history : History or None
        The one among them.

    Raises
    ------
    TypeError
        If something else than callbacks is given.
    """

    def __init__(
        self,
        callbacks: Callback | Sequence[Any] | None = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        self.callbacks = _flat(callbacks)
        if add_progbar and not self.shows_progress:
            self.callbacks.append(ProgbarLogger())
        if add_history and self.history is None:
            self.callbacks.append(History())
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def append(self, callback: Callback) -> None:
        """Add a callback at the end."""
        self.callbacks.extend(_flat(callback))

    def set_model(self, model: Any) -> None:
        """Tell all of the model."""
        super().set_model(model)
        for callback in self.callbacks:
            callback.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        """Tell all of the parameters."""
        super().set_params(params)
        for callback in self.callbacks:
            callback.set_params(params)

    # --- What the callbacks need ---

    @property
    def history(self) -> History | None:
        """The first History among the callbacks."""
        return self._first(History)

    @property
    def shows_progress(self) -> bool:
        """Whether a ProgbarLogger is among the callbacks, so that nothing else need show the progress."""
        return self._first(ProgbarLogger) is not None

    def _first(self, kind: type[T]) -> T | None:
        for callback in self.callbacks:
            if isinstance(callback, kind):
                return callback
        return None

    @property
    def wants_batches(self) -> bool:
        """Whether one must hear of each batch of a training."""
        return any(map(_wants_batches, self.callbacks))

    @property
    def wants_test_batches(self) -> bool:
        """Whether one must hear of each batch of an evaluation."""
        return any(callback.overrides(Callback, TEST_BATCHES) for callback in self.callbacks)

    @property
    def wants_predict_batches(self) -> bool:
        """Whether one must hear of each batch of a prediction."""
        return any(callback.overrides(Callback, PREDICT_BATCHES) for callback in self.callbacks)

    @property
    def may_interfere(self) -> bool:
        """Whether there is any that might do more than note the epochs."""
        return any(type(callback) is not History for callback in self.callbacks)

    # --- Calls ---

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_train_begin(logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_train_end(logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of a training."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_train_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of a training."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch, for those who know this name only."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_batch_begin(batch, logs)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch, for those who know this name only."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_test_begin(logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_test_end(logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of an evaluation."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_test_batch_begin(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of an evaluation."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_test_batch_end(batch, logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_predict_begin(logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After a prediction."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_predict_end(logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of a prediction."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_predict_batch_begin(batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of a prediction."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_predict_batch_end(batch, logs)


def _flat(callbacks: Any) -> list[Callback]:
    """The callbacks in nested lists."""
    if callbacks is None:
        return []
    if isinstance(callbacks, CallbackList):
        return list(callbacks.callbacks)
    if isinstance(callbacks, Callback):
        return [callbacks]
    found: list[Callback] = []
    for entry in several("callbacks", callbacks, "a Callback or a list of them"):
        if not isinstance(entry, (Callback, list, tuple)):
            raise TypeError(f"callbacks must hold Callback objects; got {type(entry).__name__}: {entry!r}")
        found += _flat(entry)
    return found
