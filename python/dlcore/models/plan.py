"""From a compiled model to what an engine runs: the one place where a NetworkSpec is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore import losses, metrics
from dlcore.backends.contract import LOSSES, METRICS, Array, Backend, DenseSpec, Engine, NetworkSpec, Totals
from dlcore.engine import Extras, make_engine
from dlcore.floats import FLOATS
from dlcore.layers import Dense, Layer
from dlcore.losses import KernelLoss
from dlcore.metrics import KernelMetric
from dlcore.optimizers import Optimizer
from dlcore.variable import Variable

#: Names that stand for a loss or a metric chosen by the shape of the targets, as in Keras.
ANY_CROSSENTROPY = ("crossentropy", "ce")
ANY_ACCURACY = ("accuracy", "acc")


class Outline(NamedTuple):
    """The layers as an engine sees them, known before any weight is made. ``dense`` are those with weights."""

    chain: tuple[DenseSpec, ...]
    dense: tuple[Dense, ...]
    dtype: np.dtype[Any]

    @property
    def units(self) -> int:
        """Columns of the output."""
        return self.chain[-1].units

    @property
    def inputs(self) -> int | None:
        """Columns of the input; None before the first layer is built."""
        first = self.dense[0]
        return first.kernel.shape[0] if first.built else None

    def parameters(self) -> list[tuple[Array, Array | None]]:
        """The arrays of each layer."""
        return [(layer.kernel.array, None if layer.bias is None else layer.bias.array) for layer in self.dense]


def outline(layers: Sequence[Layer]) -> Outline:
    """The outline of a stack of layers.

    Raises
    ------
    ValueError
        If there is no layer with weights, or the layers' dtypes differ.
    NotImplementedError
        If there is a layer that engines cannot run.
    """
    chain: list[DenseSpec] = []
    for layer in layers:
        layer.describe(chain)
    if not chain:
        raise ValueError("the model has no Dense layer yet: add one")
    dense = tuple(layer for layer in layers if isinstance(layer, Dense))
    dtypes = {layer.dtype for layer in dense}
    if len(dtypes) > 1:
        raise ValueError(f"all layers must have one dtype, {' or '.join(FLOATS)}; found {sorted(dtypes)}")
    return Outline(tuple(chain), dense, np.dtype(dtypes.pop()))


class Objective(NamedTuple):
    """What a model is trained for: a loss kernel, and metrics with the names they are shown under."""

    loss: str
    parameter: float
    reduction: str
    metric_names: tuple[str, ...]
    metrics: tuple[tuple[str, float], ...]

    @property
    def sparse(self) -> bool:
        """Whether targets are integer labels."""
        return LOSSES[self.loss].sparse


def objective(loss: Any, chosen_metrics: Sequence[Any], units: int, y: Any) -> Objective:
    """Loss and metrics of a compiled model as kernels.

    Parameters
    ----------
    loss : Loss or one of ANY_CROSSENTROPY
        As ``compile`` keeps it.
    chosen_metrics : sequence of str or Metric
        As given to ``compile``.
    units : int
        Columns of the prediction.
    y : array-like
        The targets; its shape decides what "crossentropy" means.

    Raises
    ------
    ValueError
        If a metric does not take the targets the loss takes.
    NotImplementedError
        If the loss or a metric is none of the kernels'.
    """
    if isinstance(loss, str):
        labels = units > 1 and np.shape(y)[1:] in ((), (1,))
        loss = losses.as_object(
            "binary_crossentropy" if units == 1 else "sparse_" * labels + "categorical_crossentropy"
        )
    kind = loss.kind if isinstance(loss, KernelLoss) else None
    if kind is None:
        raise NotImplementedError(
            f"fit and evaluate know the losses of dlcore.losses; got {loss!r}. Train with GradientTape instead"
        )
    if loss.reduction in (None, "none"):
        raise ValueError("fit and evaluate need a loss with a reduction; this one has reduction='none'")
    spec = LOSSES[kind]
    names: list[str] = []
    kinds: list[tuple[str, float]] = []
    for identifier in chosen_metrics:
        metric = _metric(identifier, spec.sparse, units)
        if METRICS[metric.kind].sparse != spec.sparse:
            takes = ("targets like the prediction", "integer labels")
            raise ValueError(
                f"metric {metric.kind!r} takes {takes[METRICS[metric.kind].sparse]}, but the loss {kind!r} takes "
                f"{takes[spec.sparse]}; 'accuracy' chooses by the loss"
            )
        name = identifier if isinstance(identifier, str) else metric.name
        count = sum(
            known == name or (known.startswith(name + "_") and known[len(name) + 1 :].isdigit()) for known in names
        )
        names.append(f"{name}_{count}" if count else name)
        kinds.append((metric.kind, metric.parameter))
    assert loss.reduction is not None
    return Objective(kind, loss.parameter, loss.reduction, tuple(names), tuple(kinds))


def _metric(identifier: Any, sparse: bool, units: int) -> KernelMetric:
    if isinstance(identifier, str) and identifier.lower() in ANY_ACCURACY:
        if sparse:
            return metrics.SparseCategoricalAccuracy()
        return metrics.BinaryAccuracy() if units == 1 else metrics.CategoricalAccuracy()
    found = metrics.get(identifier)
    if not isinstance(found, KernelMetric):
        raise NotImplementedError(f"fit and evaluate know the metrics that average over rows; got {identifier!r}")
    return found


class Plan(NamedTuple):
    """A model bound to an engine."""

    backend: Backend
    spec: NetworkSpec
    engine: Engine
    objective: Objective
    optimizer: Optimizer

    def logs(self, totals: Totals) -> dict[str, float]:
        """Loss and metrics by name."""
        logs = {"loss": totals.loss / totals.rows}
        for name, value in zip(self.objective.metric_names, totals.metrics, strict=True):
            logs[name] = value / totals.rows
        return logs


def training_plan(backend: Backend, shape: Outline, goal: Objective, optimizer: Optimizer) -> Plan:
    """Bind the weights and the optimizer's state to an engine.

    Where the last activation and the loss are a pair that :data:`~dlcore.backends.contract.LOSSES` names, the
    network is trained through the loss on its logits.
    """
    loss = LOSSES[goal.loss]
    last = shape.chain[-1]
    fused = loss.fused is not None and last.activation == loss.fuses
    spec = NetworkSpec(
        inputs=shape.dense[0].kernel.shape[0],
        layers=shape.chain,
        loss=loss.fused if fused and loss.fused else goal.loss,
        loss_parameter=goal.parameter,
        fused_output=fused,
        metrics=goal.metrics,
        update=optimizer.kind,
    )
    optimizer.build([v for layer in shape.dense for v in layer.trainable_weights])
    frozen = tuple((_stays(layer, layer.kernel), _stays(layer, layer.bias)) for layer in shape.dense)
    slots = [(_state(optimizer, layer, layer.kernel), _state(optimizer, layer, layer.bias)) for layer in shape.dense]
    extras = Extras(
        "sum_over_batch_size" if goal.reduction == "mean" else goal.reduction,
        optimizer.clipping.apply if optimizer.clipping else None,
        frozen if any(map(any, frozen)) else (),
    )
    engine = make_engine(backend, spec, shape.parameters(), slots, extras)
    return Plan(backend, spec, engine, goal, optimizer)


def _state(optimizer: Optimizer, layer: Dense, variable: Variable | None) -> list[Array]:
    return [] if variable is None or _stays(layer, variable) else optimizer.slots(variable)


def _stays(layer: Dense, variable: Variable | None) -> bool:
    return variable is not None and not (layer.trainable and variable.trainable)


def prediction_engine(backend: Backend, shape: Outline) -> Engine:
    """An engine for a model that need not be compiled."""
    spec = NetworkSpec(inputs=shape.dense[0].kernel.shape[0], layers=shape.chain, loss="mean_squared_error")
    return make_engine(backend, spec, shape.parameters(), [((), ()) for _ in shape.dense])
