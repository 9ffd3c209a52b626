"""From a compiled model to what an engine runs: the one place where a NetworkSpec is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from dlcore.backends.contract import LOSSES, METRICS, Array, Backend, Engine
from dlcore.backends.network import DenseSpec, NetworkSpec, NormalizationSpec, Totals
from dlcore.engine import Extras, StepwiseEngine, make_engine
from dlcore.losses import KernelLoss, Loss
from dlcore.metrics import KernelMetric, Metric
from dlcore.models import hooks
from dlcore.models.compiled import Goal
from dlcore.models.forms import loss_kernel
from dlcore.models.outline import Outline, Stage
from dlcore.models.shaping import factors, shaping_of
from dlcore.models.steps import plain
from dlcore.optimizers import Optimizer
from dlcore.variable import Variable

if TYPE_CHECKING:
    from typing import TypeGuard

#: Reductions that a fused engine carries out.
MEANS = ("sum_over_batch_size", "mean")

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
    logged : tuple of (str, Metric, int or None)
        The metrics' names in the logs, and the place of each among ``summed``.
    applies : bool
        Whether the optimizer takes the steps itself rather than by an update kernel of the engine.
    learning : list of Variable
        The weights that training changes.
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
    logged: tuple[tuple[str, Metric, int | None], ...]
    applies: bool
    learning: list[Variable]

    def logs(self, totals: Totals) -> dict[str, float]:
        """Loss and metrics by name."""
        rows = totals.rows or 1
        logs = {"loss": totals.loss / rows}
        sums = totals.metrics or (0.0,) * len(self.summed)
        for name, metric, place in self.logged:
            logs[name] = plain(metric.result()) if place is None else sums[place] / rows
        return logs

    def finish(self, totals: Totals) -> None:
        """Give the metrics that the engine summed their state."""
        for metric, total in zip(self.summed, totals.metrics, strict=False):
            metric.total.array[...], metric.count.array[...] = total, totals.rows


def plan_key(backend: Backend, optimizer: Optimizer, shape: Outline) -> tuple[Any, ...]:
    """What a plan depends on and may change after compile: between two fits, or by a callback."""
    learning = shape.learning()
    held = vars(optimizer)  # settings read as attributes cost a call each
    shaped = held["clipnorm"], held["clipvalue"], held["global_clipnorm"], held["gradient_accumulation_steps"]
    penalties = [factors(variable.regularizer) for variable in learning]
    drops = [drop and (drop.rate, id(drop.seed_generator)) for drop in shape.drops]
    trained = [layer.trainable for layer in shape.stages] if shape.normalizes else ()
    kind = id(optimizer), optimizer.kind, optimizer.fusable
    return id(backend), kind, shaped, *penalties, *drops, *trained, *map(id, learning)


def training_plan(
    backend: Backend, shape: Outline, goal: Goal, optimizer: Optimizer, make: Callable[..., Engine] = make_engine
) -> Plan:
    """Bind the weights and the optimizer's state to an engine, which ``make`` makes.

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
    summed = tuple(metric for metric in goal.metrics if _summable(metric, kind))
    observed = tuple(metric for metric in goal.all_metrics if not any(metric is other for other in summed))
    learning = shape.learning()
    optimizer.build_once(learning)
    has_kernel = optimizer.fusable and not any(variable.constraint is not None for variable in learning)
    applies = not has_kernel or bool(optimizer.clipping or optimizer.gradient_accumulation_steps)
    network = _network(shape, goal.loss, summed, optimizer.kind or "sgd" if has_kernel else "sgd")
    pairs = list(zip(shape.stages, shape.pairs(), strict=True))
    frozen = tuple((shape.stays(layer, w), shape.stays(layer, b)) for layer, (w, b) in pairs)

    def slots(layer: Stage, variable: Variable | None) -> list[Array]:
        idle = not has_kernel or variable is None or shape.stays(layer, variable)
        return [] if idle or variable is None else optimizer.slots(variable)

    state = [(slots(layer, w), slots(layer, b)) for layer, (w, b) in pairs]
    penalty = hooks.penalty(learning)
    extras = Extras(
        "sum_over_batch_size" if goal.loss.reduction == "mean" else goal.loss.reduction,
        frozen if any(map(any, frozen)) else (),
        None if kind else hooks.differentiated(goal.loss, alone=bool(learning) and penalty is None),
        penalty,
        hooks.application(optimizer, learning) if applies else None,
        hooks.observation(goal, observed) if observed else None,
        shaping_of(optimizer, shape),
    )
    draws = [
        None if drop is None or drop.seed_generator is None else drop.seed_generator.state.array for drop in shape.drops
    ]
    engine = make(backend, network, shape.parameters(), state, extras, draws, shape.statistics())
    key = plan_key(backend, optimizer, shape)
    applies &= isinstance(engine, StepwiseEngine)
    places = {id(metric): place for place, metric in enumerate(summed)}
    logged = tuple(
        (name, metric, places.get(id(metric))) for name, metric in zip(goal.names, goal.all_metrics, strict=True)
    )
    return Plan(key, backend, network, engine, goal, optimizer, summed, observed, logged, applies, learning)


def _network(shape: Outline, loss: Loss, summed: Sequence[KernelMetric], update: str) -> NetworkSpec:
    """The network as data, with its last activation and the loss fused where they are a pair."""
    own = loss_kernel(loss)
    kind = own or PLACEHOLDER
    fused = LOSSES[kind].fused if shape.chain[-1].activation == LOSSES[kind].fuses else None
    return NetworkSpec(
        inputs=shape.inputs or 0,
        layers=shape.specs(),
        loss=fused or kind,
        loss_parameter=loss.parameter if own and isinstance(loss, KernelLoss) else 0.0,
        fused_output=fused is not None,
        metrics=tuple((metric.kind, metric.parameter) for metric in summed),
        update=update,
    )


def detours(shape: Outline, goal: Goal, optimizer: Optimizer) -> list[str]:
    """Why a training goes op by op through the kernels rather than through a fused engine; empty: it does not."""
    learning = shape.learning()
    frozen = any(
        shape.stays(layer, weight) for layer, pair in zip(shape.stages, shape.pairs(), strict=True) for weight in pair
    )
    fixed = any(isinstance(spec, NormalizationSpec) and spec.frozen for spec in shape.specs())
    found = [
        ("the loss has no kernel", loss_kernel(goal.loss) is None),
        ("the loss is not a mean over the batch", goal.loss and goal.loss.reduction not in MEANS),
        (f"{type(optimizer).__name__} does more than its kernel", not optimizer.fusable),
        ("a weight is constrained", any(variable.constraint is not None for variable in learning)),
        ("a regularizer is neither L1 nor L2", any(factors(variable.regularizer) is None for variable in learning)),
        ("a weight is frozen", frozen),
        ("a normalization is frozen", fixed),
        *((f"metric {metric.name!r} has no kernel", not isinstance(metric, KernelMetric)) for metric in goal.metrics),
        *((f"metric {metric.name!r} is weighted", True) for metric in goal.weighted),
    ]
    return [reason for reason, applies in found if applies]


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


def prediction_engine(backend: Backend, shape: Outline) -> Engine:
    """An engine for a model that need not be compiled."""
    layers = tuple(
        spec._replace(dropout=0.0) if isinstance(spec, DenseSpec) else spec._replace(frozen=False)
        for spec in shape.specs()
    )
    spec = NetworkSpec(inputs=shape.inputs or 0, layers=layers, loss=PLACEHOLDER)
    idle = [((), ()) for _ in layers]
    return make_engine(backend, spec, shape.parameters(), idle, statistics=shape.statistics())
