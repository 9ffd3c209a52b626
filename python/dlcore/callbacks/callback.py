"""What a callback is: methods that a training, an evaluation or a prediction calls."""

from __future__ import annotations

from functools import cache
from typing import Any

#: Loss and metrics by name, ``val_`` before those of the validation data.
Logs = dict[str, Any]

TRAIN_BATCHES = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
TEST_BATCHES = ("on_test_batch_begin", "on_test_batch_end")
PREDICT_BATCHES = ("on_predict_batch_begin", "on_predict_batch_end")


class Callback:
    """Base class: subclasses override what they want to hear of.

    ``logs`` is a dict, never None. What a callback puts into the logs of an epoch becomes part of the history.

    Attributes
    ----------
    model : Sequential or None
        The model at work. Setting ``model.stop_training = True`` ends a training.
    params : dict or None
        Of a training: "epochs", "steps" (batches an epoch, None if not known) and "verbose".
    """

    _model: Any = None
    params: dict[str, Any] | None = None

    @property
    def model(self) -> Any:
        """The model at work."""
        return self._model

    def set_model(self, model: Any) -> None:
        """Called with the model before anything else."""
        self._model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Called with the parameters before anything else."""
        self.params = params

    # --- Whether whole epochs are enough ---

    @property
    def wants_batches(self) -> bool:
        """Whether the callback must hear of each batch of a training, which then goes batch by batch.

        True if it overrides a method that is called for batches; what does so for some of its arguments only, says so
        here.
        """
        return self.overrides(Callback, TRAIN_BATCHES)

    def overrides(self, base: Any, methods: tuple[str, ...]) -> bool:
        """Whether one of the methods is not that of the base class."""
        own: Any = type(self)
        return _redefines(own, base, methods) or not self.__dict__.keys().isdisjoint(methods)

    # --- Training ---

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
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch, with the logs of the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of :meth:`on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of :meth:`on_train_batch_end`."""

    # --- Evaluation, that of validation data included ---

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation, with its logs."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of an evaluation, with the logs so far."""

    # --- Prediction ---

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of a prediction, with its "outputs"."""


@cache
def _redefines(kind: type, base: type, methods: tuple[str, ...]) -> bool:
    return any(getattr(kind, name) is not getattr(base, name) for name in methods)
