"""One training step on the tape, taken apart layer by layer: for models that no engine runs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dlcore.autodiff import GradientTape, Tensor
from dlcore.backends.contract import Array
from dlcore.explain import Explanation, LayerStep, LossStep, ParameterStep
from dlcore.explain.updates import UpdateExplanation, UpdateWatch
from dlcore.layers import InputLayer, Layer
from dlcore.models.feeds import Segment
from dlcore.models.loss_parts import row_scale, row_values, targets
from dlcore.naming import unique
from dlcore.utils import pack_x_y_sample_weight
from dlcore.variable import Variable

if TYPE_CHECKING:
    from dlcore.models.model import Model


class _Call(NamedTuple):
    """One call of a layer."""

    layer: Layer
    input: Any
    output: Any


class _Witness:
    """Sees which layers are called, what the loss is, which gradients the optimizer gets; wraps methods of a copy."""

    def __init__(self, model: Model) -> None:
        self.calls: list[_Call] = []
        self.loss: Any = None
        self.penalty = 0.0
        self._model = model
        self.gradients: dict[int, Array] = {}
        self.tape = GradientTape(persistent=True)
        # Frozen weights too: what is computed with them is to be seen.
        self.tape.watch([v for v in model.weights if v.dtype.kind == "f"])
        for layer in model._flatten_layers(include_self=False):
            if not layer._flatten_layers(include_self=False):
                self._wrap(layer, "call", functools.partial(self._called, layer))
        self._wrap(model, "_loss_while", self._lost)
        self._wrap(model.optimizer, "apply", self._applied)

    @staticmethod
    def _wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
        owner.__dict__[name] = functools.partial(around, getattr(owner, name))

    def _called(self, layer: Layer, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        output = call(*args, **kwargs)
        self.calls.append(_Call(layer, args[0] if args else None, output))
        return output

    def _lost(self, compute: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.loss = compute(*args, **kwargs)
        with self.tape.stop_recording(), np.errstate(all="ignore"):
            self.penalty = float(sum(np.sum(np.asarray(extra, np.float64)) for extra in self._model.losses))
        return self.loss

    def _applied(self, apply: Callable[..., Any], gradients: Any, variables: Any = None) -> None:
        gradients = list(gradients)
        known = zip(variables or (), gradients, strict=False)
        self.gradients = {id(v): np.array(g) for v, g in known if g is not None}
        with self.tape.stop_recording():
            apply(gradients, variables)


def dissected(model: Model, segment: Segment) -> Explanation:
    """Let a spare model take its step and explain it."""
    optimizer = model.optimizer
    weights = list(model.trainable_weights)
    optimizer.build_once(weights)
    rate, step = float(optimizer.rates(1)[0]), optimizer._step_number()
    witness = _Witness(model)
    watch = UpdateWatch(optimizer, weights)
    before = {id(v): v.array.copy() for v in model.weights}
    model.reset_metrics()
    with np.errstate(all="ignore"), witness.tape:
        logs = model.train_step(pack_x_y_sample_weight(*segment.data))
    called = [call for call in witness.calls if isinstance(call.output, Tensor)]
    shown = [call for call in called if not isinstance(call.layer, InputLayer)]
    nets = [_weighted_sum(witness.tape, call) for call in shown]
    slopes = _slopes(witness, [*(call.output for call in shown), *(net for net in nets if net is not None)])
    given = [witness.gradients.get(id(v)) for v in weights]
    taken = [np.zeros_like(v.array) if g is None else g for v, g in zip(weights, given, strict=True)]
    explained = watch.explained(taken)
    updates = {id(v): u for v, u, g in zip(weights, explained, given, strict=True) if g is not None}
    names = unique(call.layer.name for call in shown)
    layers: list[LayerStep] = []
    seen: set[int] = set()
    for call, name, net in zip(shown, names, nets, strict=True):
        step_of = _layer(call, name, net, slopes, before, updates, witness.gradients)
        # A layer that is called again shows its weights once.
        layers.append(step_of._replace(parameters={}) if id(call.layer) in seen else step_of)
        seen.add(id(call.layer))
    if layers[-1].dE_dout is None and layers[-1].dE_dnet is not None:
        layers[-1] = layers[-1]._replace(fused=True)
    loss = _loss(model, witness, segment, layers)
    found = {name: float(np.mean(np.asarray(value))) for name, value in logs.items()}
    name = type(optimizer).__name__
    return Explanation(model.name, layers, loss, segment.data, found, name, rate, step, False)


def _weighted_sum(tape: GradientTape, call: _Call) -> Tensor | None:
    """What a dense layer gave to its activation."""
    kernel = getattr(call.layer, "kernel", None)
    if kernel is None:
        return None
    reads = {id(r.output) for r in tape.records if r.name == "read" and r.inputs[0] is kernel}
    found = [r for r in tape.records if r.name == "dense" and any(id(value) in reads for value in r.inputs)]
    fits = [r.output for r in found if r.output.shape == call.output.shape]
    return fits[-1] if fits else None


def _slopes(witness: _Witness, values: Sequence[Tensor]) -> dict[int, Array]:
    """The gradient of the loss with respect to each value, by id."""
    if not isinstance(witness.loss, Tensor):
        return {}
    with np.errstate(all="ignore"):
        found = witness.tape.gradient(witness.loss, list(values))
    return {id(v): np.asarray(g) for v, g in zip(values, found, strict=True) if g is not None}


def _layer(
    call: _Call,
    name: str,
    net: Tensor | None,
    slopes: dict[int, Array],
    before: dict[int, Array],
    updates: dict[int, UpdateExplanation],
    gradients: dict[int, Array],
) -> LayerStep:
    layer = call.layer

    def parameter(variable: Variable) -> ParameterStep:
        return ParameterStep(
            f"{name}/{variable.name}",
            before[id(variable)],
            variable.array.copy(),
            gradients.get(id(variable)),
            None,
            updates.get(id(variable)),
        )

    own = [v for v in layer.weights if id(v) in before]
    activation = getattr(layer, "activation", None)
    return LayerStep(
        name=name,
        kind=type(layer).__name__,
        activation=getattr(activation, "__name__", "") if net is not None else "",
        input=np.array(call.input),
        out=np.array(call.output),
        net=None if net is None else np.array(net),
        dE_dout=slopes.get(id(call.output)),
        dE_dnet=None if net is None else slopes.get(id(net)),
        parameters=dict(zip(unique(v.name for v in own), map(parameter, own), strict=True)),
    )


def _loss(model: Model, witness: _Witness, segment: Segment, layers: Sequence[LayerStep]) -> LossStep:
    _, y, weights = segment.data
    total = float(np.asarray(witness.loss)) if witness.loss is not None else float("nan")
    loss = model._goal.loss if model._goal is not None else None
    if loss is None or y is None:
        return LossStep("loss", total, None, None, 0.0, "sum", np.ones(segment.rows))
    scale = row_scale(loss, segment.rows, weights)
    rows = row_values(loss, y, layers[-1].out, weights)
    target = targets(loss, y, layers[-1].out)
    return LossStep(loss.name, total, rows, None, witness.penalty, str(loss.reduction), scale, target, weights)
