"""From a compiled model to what an engine runs: the one place where a NetworkSpec is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dlcore.backends.contract import LOSSES, METRICS, Array, Backend, Engine, NetworkSpec, Totals
from dlcore.engine import Extras, make_engine
from dlcore.layers import Dense
from dlcore.losses import KernelLoss
from dlcore.metrics import KernelMetric, Metric
from dlcore.models import hooks
from dlcore.models.compiled import Goal
from dlcore.models.forms import loss_kernel
from dlcore.models.outline import Outline
from dlcore.optimizers import Optimizer
from dlcore.variable import Variable

if TYPE_CHECKING:
    from typing import TypeGuard

#: A spec names a loss even where none of its own is asked for.
PLACEHOLDER = "mean_squared_error"


class Plan(NamedTuple):
    """A model bound to an engine.

    Attributes
    ----------
    summed : tuple of Metric
        Metrics that the engine sums, in the order of ``spec.metrics``.
    observed : tuple of Metric
        Metrics that look at each batch themselves.
    applies : bool
        Whether the optimizer takes the steps itself rather than by an update kernel of the engine.
    key : tuple
        What it was made for; see :func:`plan_key`.
    """

    key: tuple[Any, ...]
    backend: Backend
    spec: NetworkSpec
    engine: Engine
    goal: Goal
    optimizer: Optimizer
    summed: tuple[KernelMetric, ...]
    observed: tuple[Metric, ...]
    applies: bool

    def logs(self, totals: Totals) -> dict[str, float]:
        """Loss and metrics by name."""
        rows = totals.rows or 1
        logs = {"loss": totals.loss / rows}
        sums = dict(zip(map(id, self.summed), totals.metrics, strict=False))
        for name, metric in zip(self.goal.names, self.goal.all_metrics, strict=True):
            counted = sums.get(id(metric))
            logs[name] = float(metric.result()) if counted is None else counted / rows
        return logs

    def finish(self, totals: Totals) -> None:
        """Give the metrics that the engine summed their state."""
        for metric, total in zip(self.summed, totals.metrics, strict=False):
            metric.set_state(total, totals.rows)


def plan_key(backend: Backend, optimizer: Optimizer) -> tuple[Any, ...]:
    """What a plan depends on and may change between two fits."""
    return id(backend), id(optimizer), optimizer.kind, optimizer.fusable


def training_plan(backend: Backend, shape: Outline, goal: Goal, optimizer: Optimizer) -> Plan:
    """Bind the weights and the optimizer's state to an engine.

    Where the last activation and the loss are a pair that :data:`~dlcore.backends.contract.LOSSES` names, the
    network is trained through the loss on its logits.

    Raises
    ------
    ValueError
        If there is no loss, it does not reduce, or a metric does not take the targets the loss takes.
    """
    if goal.loss is None:
        raise ValueError("the model was compiled without a loss: call compile(optimizer, loss=…)")
    if goal.loss.reduction in (None, "none"):
        raise ValueError("fit and evaluate need a loss with a reduction; this one has reduction='none'")
    kind = loss_kernel(goal.loss)
    spec = LOSSES[kind] if kind else None
    summed = tuple(metric for metric in goal.metrics if _summable(metric, kind))
    learning = [(variable, layer) for layer in shape.dense for variable in layer.weights if not _stays(layer, variable)]
    applies = not optimizer.fusable or any(variable.constraint is not None for variable, _ in learning)
    optimizer.build([variable for variable, _ in learning])
    fused = spec is not None and spec.fused is not None and shape.chain[-1].activation == spec.fuses
    network = NetworkSpec(
        inputs=shape.dense[0].kernel.shape[0],
        layers=shape.chain,
        loss=spec.fused if fused and spec and spec.fused else kind or PLACEHOLDER,
        loss_parameter=goal.loss.parameter if isinstance(goal.loss, KernelLoss) else 0.0,
        fused_output=fused,
        metrics=tuple((metric.kind, metric.parameter) for metric in summed),
        update=optimizer.kind if not applies and optimizer.kind else "sgd",
    )
    frozen = tuple((_stays(layer, layer.kernel), _stays(layer, layer.bias)) for layer in shape.dense)
    slots = [
        ([], []) if applies else (_state(optimizer, layer, layer.kernel), _state(optimizer, layer, layer.bias))
        for layer in shape.dense
    ]
    observed = tuple(metric for metric in goal.all_metrics if not any(metric is other for other in summed))
    extras = Extras(
        "sum_over_batch_size" if goal.loss.reduction == "mean" else goal.loss.reduction,
        frozen if any(map(any, frozen)) else (),
        None if kind else hooks.differentiated(goal.loss),
        hooks.penalty([variable for variable, _ in learning]),
        hooks.application(optimizer, [variable for variable, _ in learning]) if applies else None,
        hooks.observation(goal, observed) if observed else None,
    )
    engine = make_engine(backend, network, shape.parameters(), slots, extras)
    return Plan(plan_key(backend, optimizer), backend, network, engine, goal, optimizer, summed, observed, applies)


def _summable(metric: Metric, kind: str | None) -> TypeGuard[KernelMetric]:
    """Whether the engine can sum the metric, whose targets must be those of the loss."""
    if not isinstance(metric, KernelMetric) or kind is None:
        return False
    sparse = METRICS[metric.kind].sparse
    if sparse != LOSSES[kind].sparse:
        takes = ("targets like the prediction", "integer labels")
        raise ValueError(
            f"metric {metric.kind!r} takes {takes[sparse]}, but the loss {kind!r} takes {takes[not sparse]}; "
            "'accuracy' chooses by the shapes"
        )
    return True


def _state(optimizer: Optimizer, layer: Dense, variable: Variable | None) -> list[Array]:
    return [] if variable is None or _stays(layer, variable) else optimizer.slots(variable)


def _stays(layer: Dense, variable: Variable | None) -> bool:
    return variable is not None and not (layer.trainable and variable.trainable)


def prediction_engine(backend: Backend, shape: Outline) -> Engine:
    """An engine for a model that need not be compiled."""
    spec = NetworkSpec(inputs=shape.dense[0].kernel.shape[0], layers=shape.chain, loss=PLACEHOLDER)
    return make_engine(backend, spec, shape.parameters(), [((), ()) for _ in shape.dense])
