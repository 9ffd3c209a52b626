"""compile, fit, evaluate, predict: an epoch is one call into the engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from dlcore import losses, optimizers, random
from dlcore.backends import get_backend
from dlcore.backends.contract import Array, Backend, Engine
from dlcore.callbacks import Callback, CallbackList, History, Logs, Progress
from dlcore.checks import number, several
from dlcore.models import data
from dlcore.models.arguments import check_epochs, check_flag, checked_metric, rows_at_once, verbosity
from dlcore.models.data import Data
from dlcore.models.epoch import run_batches, run_epoch
from dlcore.models.plan import (
    ANY_CROSSENTROPY,
    Objective,
    Outline,
    Plan,
    objective,
    prediction_engine,
    training_plan,
)
from dlcore.optimizers import Optimizer

if TYPE_CHECKING:
    from dlcore.models.sequential import Sequential


class Trainer(ABC):
    """The training half of a model; the other half knows the layers."""

    optimizer: Optimizer
    loss: Any
    stop_training: bool

    def __init__(self) -> None:
        self.compiled = False
        self.stop_training = False
        self.history: History | None = None
        #: Epochs trained so far, by all fits together: what the next shuffle is drawn from.
        self.epochs_trained = 0
        self._metrics: list[Any] = []
        self._forget_plan()

    @abstractmethod
    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Make the weights for inputs of a shape."""

    @abstractmethod
    def _outline(self) -> Outline:
        """The layers as an engine sees them."""

    def _forget_plan(self) -> None:
        self._shape: Outline | None = None
        self._objective: Objective | None = None
        self._plan: Plan | None = None
        self._predictor: tuple[Backend, Engine] | None = None
        self._order = np.empty(0, np.int64)

    def __getstate__(self) -> dict[str, Any]:
        """Engines are left out of copies and pickles; they are made anew when needed."""
        state = self.__dict__.copy()
        for name in ("_shape", "_objective", "_plan", "_predictor"):
            state[name] = None
        return state

    # --- compile ---

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Sequence[Any] | None = None) -> None:
        """Choose how to train.

        Parameters
        ----------
        optimizer : str or Optimizer
            A name of :mod:`dlcore.optimizers` or an object.
        loss : str or Loss, optional
            A name of :mod:`dlcore.losses` or an object; "crossentropy" chooses by the shape of the targets. Needed
            to fit and to evaluate.
        metrics : list of str or Metric, optional
            Names of :mod:`dlcore.metrics` or objects; "accuracy" chooses by the loss and the shape of the output.

        Raises
        ------
        ValueError
            For an unknown name. The model stays as it was then.
        """
        chosen = [] if metrics is None else metrics
        if isinstance(chosen, str) or not isinstance(chosen, Sequence):
            raise TypeError(f"metrics must be a list of names or Metric objects; got {metrics!r}")
        named = [checked_metric(metric) for metric in chosen]
        any_crossentropy = isinstance(loss, str) and loss.lower() in ANY_CROSSENTROPY
        found = loss if any_crossentropy or loss is None else losses.as_object(loss)
        self.optimizer, self.loss, self._metrics = optimizers.get(optimizer), found, named
        self.compiled = True
        self._forget_plan()

    # --- fit ---

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = 32,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Callback | Sequence[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Sequence[Any] | None = None,
        shuffle: bool = True,
        *,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        validation_batch_size: int | None = None,
    ) -> History:
        """Train.

        Parameters
        ----------
        x : array (rows, inputs)
            Used as it lies in memory if it is C-contiguous and of the model's dtype.
        y : array (rows, units), or integer labels (rows,)
            As the loss wants it.
        batch_size : int or None
            Rows of a step. 1: stochastic descent. The number of rows, or None: batch descent. An epoch has
            rows / batch_size steps, rounded up.
        epochs : int
            The number of the last epoch: epochs - initial_epoch epochs are trained.
        verbose : 0, 1, 2 or "auto"
            Silent; a progress bar ("auto"); a line an epoch.
        callbacks : Callback or list of Callback, optional
            See :mod:`dlcore.callbacks`.
        validation_split : float
            In [0, 1): this last part of the rows, before shuffling, is kept for validation.
        validation_data : (x, y) or (x, y, sample_weight), optional
            Evaluated after each epoch.
        shuffle : bool
            Whether each epoch takes the rows in an order of its own, a function of the seed and of the number of
            epochs trained before.
        sample_weight : array (rows,), optional
            A factor for each row's loss.
        initial_epoch : int
            Where to start counting epochs.
        validation_batch_size : int, optional
            Default: batch_size.

        Returns
        -------
        History
            Its ``history`` maps "loss", the metrics and both for the validation data to one number an epoch.

        Raises
        ------
        ValueError, TypeError
            For bad input: nothing has changed then.
        """
        check_epochs(epochs, initial_epoch)
        check_flag("shuffle", shuffle)
        level = verbosity(verbose)
        goal = self._goal(y)
        training, validation = self._fit_data(goal, x, y, sample_weight, validation_split, validation_data)
        batch = rows_at_once(batch_size, len(training[0]))
        validation_batch = rows_at_once(
            batch if validation_batch_size is None else validation_batch_size,
            len((validation or training)[0]),
            "validation_batch_size",
        )
        params: dict[str, Any] = {"verbose": level, "epochs": epochs, "steps": -(-len(training[0]) // batch)}
        listeners = CallbackList(callbacks, add_history=True, model=self, **params)
        self.optimizer.rates(1)  # a bad learning rate is to be found before anything is made
        plan = self._training_plan(training, goal)
        progress = Progress(0 if listeners.shows_progress else level, epochs, len(training[0]), plan.logs)
        self.history = history = cast(History, listeners.history)
        self.stop_training = False
        self._initial_epoch, self._initial_batch = initial_epoch, 0
        logs: Logs = {}
        listeners.on_train_begin()
        try:
            for epoch in range(self._initial_epoch, epochs):
                progress.begin(epoch)
                listeners.on_epoch_begin(epoch)
                order = self._shuffled(plan.backend, len(training[0])) if shuffle else None
                if listeners.wants_batches or self._initial_batch:
                    totals = run_batches(cast("Sequential", self), plan, training, batch, order, progress, listeners)
                else:
                    totals = run_epoch(plan, self.optimizer, training, batch, order, progress.report)
                self.epochs_trained += 1
                logs = plan.logs(totals)
                if validation is not None:
                    listeners.on_test_begin()
                    found = plan.logs(plan.engine.evaluate(*validation, validation_batch))
                    listeners.on_test_end(found)
                    logs.update({"val_" + name: value for name, value in found.items()})
                progress.end(logs)
                listeners.on_epoch_end(epoch, logs)
                if self.stop_training:
                    break
        finally:
            progress.close()
        listeners.on_train_end(logs)
        return history

    def _shuffled(self, backend: Backend, rows: int) -> Array:
        if len(self._order) != rows:
            self._order = np.empty(rows, np.int64)
        backend.permutation(random.global_seed(), self.epochs_trained, self._order)
        return self._order

    # --- evaluate and predict ---

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = 32,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Loss and metrics over all rows.

        Parameters
        ----------
        x, y, sample_weight
            As for :meth:`fit`.
        batch_size : int or None
            Changes nothing but, for a loss whose reduction depends on the batch, the result.
        verbose : 0, 1, 2 or "auto"
            Whether to print the result.
        return_dict : bool
            Whether to return names too.

        Returns
        -------
        float, list of float, or dict
            The loss; with metrics, loss and metrics; with return_dict, by name.
        """
        level = verbosity(verbose)
        goal = self._goal(y)
        test = self._checked(goal, x, y, sample_weight)
        batch = rows_at_once(batch_size, len(test[0]))
        plan = self._training_plan(test, goal)
        logs = plan.logs(plan.engine.evaluate(*test, batch))
        if level:
            print(" - ".join(f"{name}: {value:.4f}" for name, value in logs.items()))
        if return_dict:
            return logs
        values = list(logs.values())
        return values[0] if len(values) == 1 else values

    def predict(self, x: Any, batch_size: int | None = None, verbose: int | str = "auto") -> Array:
        """The output for each row.

        Parameters
        ----------
        x : array (rows, inputs)
            Rows may be none at all.
        batch_size : int, optional
            Changes nothing: a row's output is the same in any batch.
        verbose : 0, 1, 2 or "auto"
            Changes nothing.

        Returns
        -------
        ndarray (rows, units)
            Of the model's dtype.
        """
        verbosity(verbose)
        shape = self._known_outline()
        rows = data.features(x, shape.inputs, shape.dtype, shape.dense[0].name)
        rows_at_once(batch_size, len(rows))
        if shape.inputs is None:
            self.build((None, rows.shape[1]))
        backend = get_backend()
        if self._predictor is None or self._predictor[0] is not backend:
            self._predictor = (backend, prediction_engine(backend, shape))
        out = np.empty((len(rows), shape.units), shape.dtype)
        self._predictor[1].predict(rows, out)
        return out

    # --- What fit and evaluate share ---

    def _known_outline(self) -> Outline:
        if self._shape is None:
            self._shape = self._outline()
        return self._shape

    def _goal(self, y: Any) -> Objective:
        """What the model is trained for. It may depend on the targets until some have been found good."""
        if self._objective is not None:
            return self._objective
        if not self.compiled:
            raise ValueError("the model is not compiled: call compile(optimizer, loss) before fit and evaluate")
        if self.loss is None:
            raise ValueError("the model was compiled without a loss: call compile(optimizer, loss=…)")
        return objective(self.loss, self._metrics, self._known_outline().units, y)

    def _checked(self, goal: Objective, x: Any, y: Any, sample_weight: Any, prefix: str = "") -> Data:
        """Data as the engine wants it."""
        shape = self._known_outline()
        rows = data.features(x, shape.inputs, shape.dtype, shape.dense[0].name, prefix + "x")
        if not len(rows):
            raise ValueError(f"{prefix}x has no rows; at least one is needed")
        wanted = data.targets(y, len(rows), shape.units, goal.sparse, shape.dtype, goal.loss, prefix + "y")
        return rows, wanted, data.weights(sample_weight, len(rows), shape.dtype, prefix + "sample_weight")

    def _fit_data(
        self,
        goal: Objective,
        x: Any,
        y: Any,
        sample_weight: Any,
        validation_split: float,
        validation_data: Sequence[Any] | None,
    ) -> tuple[Data, Data | None]:
        """Training data and validation data, checked."""
        training = self._checked(goal, x, y, sample_weight)
        share = number("validation_split", validation_split, 0, 1)
        if validation_data is not None:
            wanted = "(x, y) or (x, y, sample_weight)"
            parts = several("validation_data", validation_data, wanted)
            if len(parts) not in (2, 3):
                raise ValueError(f"validation_data must be {wanted}; got {len(parts)} entries")
            validation = self._checked(goal, parts[0], parts[1], parts[2] if len(parts) == 3 else None, "validation ")
            if validation[0].shape[1] != training[0].shape[1]:
                raise ValueError(
                    f"validation x must have the {training[0].shape[1]} columns of x; found {validation[0].shape[1]}"
                )
            return training, validation
        if share:
            head, tail = data.split(training, share)
            return cast(Data, head), cast(Data, tail)
        return training, None

    def _training_plan(self, checked: Data, goal: Objective) -> Plan:
        """The engine in use, or a new one if backend or update changed. Makes the weights if need be."""
        plan, backend, optimizer = self._plan, get_backend(), self.optimizer
        if (
            plan is not None
            and plan.backend is backend
            and plan.optimizer is optimizer
            and plan.spec.update == optimizer.kind
        ):
            return plan
        shape = self._known_outline()
        if shape.inputs is None:
            self.build((None, checked[0].shape[1]))
        self._plan, self._objective = training_plan(backend, shape, goal, optimizer), goal
        return self._plan
