"""One training step of a copy of the model, with everything it computes: what ``explain_step`` gives."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dlcore import random
from dlcore.backends import get_backend
from dlcore.backends.contract import Array
from dlcore.explain import Explanation, LayerStep, LossStep, ParameterStep
from dlcore.explain.recording import LayerRecord, RecordingEngine, StepRecord
from dlcore.explain.updates import UpdateExplanation, UpdateWatch
from dlcore.models import taped_step
from dlcore.models.evaluation import ALL_ROWS
from dlcore.models.feeds import Segment, is_stream
from dlcore.models.forms import EngineForm
from dlcore.models.intake import open_feed
from dlcore.models.loss_parts import row_scale, row_values, targets
from dlcore.models.outline import Outline
from dlcore.models.plan import Plan, training_plan
from dlcore.models.runners import EngineRunner
from dlcore.optimizers import Optimizer
from dlcore.variable import Variable

if TYPE_CHECKING:
    from dlcore.models.model import Model


def dissected(
    model: Model, x: Any, y: Any, sample_weight: Any, class_weight: Mapping[Any, float] | None
) -> Explanation:
    """Explain the step that ``train_on_batch`` would take; the model and all randomness stay as they are.

    A copy takes it: weights, optimizer, seeds of layers, metrics and what a custom part remembers belong to the copy.
    """
    if is_stream(x):
        raise TypeError("explain_step takes one batch: x and y as arrays, not an iterable of batches")
    state = random.get_state()
    try:
        spare = copy.deepcopy(model)
        form, x = spare._form(x, y)
        if isinstance(form, EngineForm) and not _is_plain(form.shape):
            form = spare._any_form()  # layer by layer: what comes between the dense layers is to be seen
        feed = open_feed(form, x, y, sample_weight, class_weight=class_weight, batch_size=ALL_ROWS)
        spare.optimizer.rates(1)
        if not spare.built:
            spare.build((None, *feed.row_shape))
        (segment,) = feed.segments(None)
        if isinstance(form, EngineForm):
            return _by_kernels(spare, form, segment)
        return taped_step.dissected(spare, segment)
    finally:
        random.set_state(state)


def _is_plain(shape: Outline) -> bool:
    """Whether there is nothing but dense layers and activations."""
    return not (shape.flattens or shape.scaling or any(shape.drops) or shape.normalizes)


def _by_kernels(model: Model, form: EngineForm, segment: Segment) -> Explanation:
    optimizer, shape = model.optimizer, form.shape
    plan = training_plan(get_backend(), shape, form.goal, optimizer, RecordingEngine)
    engine = plan.engine
    assert isinstance(engine, RecordingEngine)
    runner = EngineRunner(lambda: plan)
    watch = UpdateWatch(optimizer, plan.learning)
    before = {id(v): v.array.copy() for layer in shape.stages for v in layer.weights}
    rate, step = _rate(optimizer)
    runner.begin()
    runner.train(segment, None)
    logs = runner.logs()
    record = engine.record
    gradients = [g for layer in record.layers for g in layer.penalized if g is not None]
    updates = dict(zip(map(id, plan.learning), watch.explained(gradients, not plan.applies), strict=True))
    regularized = form.goal.loss is not None and any(v.regularizer is not None for v in plan.learning)
    layers = [
        _layer(shape, place, found, record, before, updates, regularized) for place, found in enumerate(record.layers)
    ]
    loss = _loss(plan, record, segment, layers[-1].out, logs["loss"])
    name = type(optimizer).__name__
    return Explanation(model.name, layers, loss, segment.data, logs, name, rate, step, True)


def _rate(optimizer: Optimizer) -> tuple[float, int]:
    """The learning rate of the next step and its number."""
    return float(optimizer.rates(1)[0]), optimizer._step_number()


def _layer(
    shape: Outline,
    place: int,
    found: LayerRecord,
    record: StepRecord,
    before: Mapping[int, Array],
    updates: Mapping[int, UpdateExplanation],
    regularized: bool,
) -> LayerStep:
    layer, spec = shape.stages[place], record.spec.layers[place]
    pairs = zip(("kernel", "bias"), shape.pairs()[place], strict=True)

    def parameter(variable: Variable, which: int) -> ParameterStep:
        return ParameterStep(
            f"{layer.name}/{variable.name}",
            before[id(variable)],
            variable.array.copy(),
            found.penalized[which],
            found.gradients[which] if regularized and variable.regularizer is not None else None,
            updates.get(id(variable)),
        )

    return LayerStep(
        name=layer.name,
        kind=type(layer).__name__,
        activation=spec.activation,
        input=found.input,
        out=found.out,
        net=found.net,
        dE_dout=found.dE_dout,
        dout_dnet=found.dout_dnet,
        dE_dnet=found.dE_dnet,
        fused=record.spec.fused_output and place == len(shape.stages) - 1,
        parameters={name: parameter(v, i) for i, (name, v) in enumerate(pairs) if v is not None},
    )


def _loss(plan: Plan, record: StepRecord, segment: Segment, output: Array, total: float) -> LossStep:
    loss = plan.goal.loss
    assert loss is not None
    _, y, weights = segment.data
    return LossStep(
        loss.name,
        total,
        row_values(loss, y, output, weights) if record.values is None else record.values,
        record.parts,
        record.penalty,
        str(loss.reduction),
        row_scale(loss, len(output), weights),
        targets(loss, y, output),
        weights,
    )
