"""One step of a training, an evaluation or a prediction by differentiable operations: what a subclass may override."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore.autodiff import GradientTape, Tensor, cast, reduce_sum
from dlcore.floats import floatx
from dlcore.layers.signature import names_of
from dlcore.metrics import Mean, Metric
from dlcore.models.compiled import Compiled, Goal
from dlcore.models.logits import activated, loss_of
from dlcore.optimizers import Optimizer
from dlcore.utils import unpack_x_y_sample_weight
from dlcore.variable import Variable


class Steps:
    """The half of a model that knows one batch; :class:`~dlcore.models.training.Trainer` knows epochs.

    A model whose layers, loss and metrics all have kernels trains in an engine. Overriding one of these methods makes
    fit and evaluate call them for every batch instead.
    """

    optimizer: Optimizer
    dtype: str
    losses: list[Tensor]
    trainable_weights: list[Variable]

    def __init__(self) -> None:
        self._compiled: Compiled | None = None
        self._goal: Goal | None = None
        self._loss_tracker = Mean(name="loss")

    if TYPE_CHECKING:

        def __call__(self, inputs: Any, training: bool | None = None) -> Any:
            """The output for a batch: the layer's half defines it."""

        def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
            """The model and all layers within: the layer's half knows them."""

    # --- What a subclass may override ---

    def train_step(self, data: Any) -> dict[str, Any]:
        """Take one step on a batch.

        Parameters
        ----------
        data : x, (x, y) or (x, y, sample_weight)
            The batch.

        Returns
        -------
        dict
            The logs: the loss and the metrics since the epoch began.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with GradientTape() as tape:
            prediction = activated(lambda: self(x, training=True))
            loss = self._loss_while(x, y, prediction, sample_weight, training=True)
            scaled = self.optimizer.scale_loss(loss)
        self._track(loss, x)
        weights = self.trainable_weights
        if weights:
            self.optimizer.apply(tape.gradient(scaled, weights), weights)
        return self.compute_metrics(x, y, prediction, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Loss and metrics of a batch, nothing trained; arguments and result as for :meth:`train_step`."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        prediction = activated(lambda: self(x, training=False))
        self._track(self._loss_while(x, y, prediction, sample_weight, training=False), x)
        return self.compute_metrics(x, y, prediction, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The output for a batch."""
        return self(unpack_x_y_sample_weight(data)[0], training=False)

    def compute_loss(
        self,
        x: Any = None,  # noqa: ARG002 - for those who override it
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,  # noqa: ARG002 - for those who override it
    ) -> Tensor:
        """The loss of a batch: the compiled one, and whatever the layers add (regularization, ``add_loss``).

        Raises
        ------
        ValueError
            If there is neither.
        """
        parts: list[Tensor] = []
        loss = self._goal_for(y, y_pred).loss
        if loss is not None and y is not None:
            parts.append(loss_of(loss, y, y_pred, sample_weight))
        parts += [reduce_sum(extra if extra.dtype.kind == "f" else cast(extra, floatx())) for extra in self.losses]
        if not parts:
            raise ValueError("there is no loss to compute: compile with loss=…, and give y, or add one in a layer")
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:  # noqa: ARG002
        """Show a batch to the compiled metrics; returns :meth:`get_metrics_result`."""
        if y is not None:
            goal = self._goal_for(y, y_pred)
            prediction = np.asarray(y_pred)
            for metric in goal.metrics:
                metric.update_state(y, prediction)
            for metric in goal.weighted:
                metric.update_state(y, prediction, sample_weight=sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """The loss and the metrics since the epoch began, by name."""
        found: dict[str, Any] = {}
        for name, metric in self._named_metrics().items():
            result = metric.result()
            found.update(result if isinstance(result, dict) else {name: result})
        return found

    # --- Metrics ---

    @property
    def metrics(self) -> list[Metric]:
        """The running mean of the loss, the compiled metrics, and those that the layers hold.

        The compiled ones are there once the first data has shown what they are.
        """
        return list(self._named_metrics().values())

    @property
    def metrics_names(self) -> list[str]:
        """The names of :attr:`metrics` in the logs."""
        return list(self._named_metrics())

    def _named_metrics(self) -> dict[str, Metric]:
        found: dict[str, Metric] = {}
        if self._compiled is not None:
            found[self._loss_tracker.name] = self._loss_tracker
        if self._goal is not None:
            found.update(zip(self._goal.names, self._goal.all_metrics, strict=True))
        known = {id(metric) for metric in (self._loss_tracker, *found.values())}
        # What a model within counts is its own affair.
        layers: list[Any] = [layer for layer in self._flatten_layers() if layer is self or not isinstance(layer, Steps)]
        held = [metric for layer in layers for metric in layer._held(Metric)]
        found.update((metric.name, metric) for metric in held if id(metric) not in known)
        return found

    def reset_metrics(self) -> None:
        """Let the metrics forget all batches."""
        for metric in self.metrics:
            metric.reset_state()

    # --- Parts ---

    def _goal_for(self, y: Any, prediction: Any) -> Goal:
        """What is compiled, for targets and predictions of these shapes; settled by the first."""
        if self._goal is None:
            if self._compiled is None:
                raise ValueError("the model is not compiled: call compile(optimizer, loss) before fit and evaluate")
            shape = np.shape(prediction)
            self._goal = self._compiled.goal(shape if y is None else np.shape(y), shape)
        return self._goal

    def _loss_while(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Tensor:
        """``compute_loss``, told the phase if it wants to know: an override may leave ``training`` out."""
        if "training" in names_of(type(self).compute_loss):
            return self.compute_loss(x, y, y_pred, sample_weight, training=training)
        return self.compute_loss(x, y, y_pred, sample_weight)

    def _track(self, loss: Any, x: Any) -> None:
        self._loss_tracker.update_state(loss, sample_weight=len(x))


def plain(value: Any) -> Any:
    """A metric's result for the logs: a float, or an array where it is a number for each class."""
    array = np.asarray(value)
    return array.item() if array.size == 1 else array.copy()
