"""What an engine that goes op by op calls for everything no kernel computes; see :class:`dlcore.engine.Extras`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dlcore.autodiff import GradientTape, Tensor
from dlcore.backends import get_backend
from dlcore.backends.contract import Array
from dlcore.losses import Loss
from dlcore.metrics import Metric
from dlcore.models.compiled import Goal
from dlcore.models.shaping import factors
from dlcore.optimizers import Optimizer
from dlcore.variable import Variable


def differentiated(loss: Loss, alone: bool) -> Callable[[Array, Array, Array | None, bool], tuple[float, Array | None]]:
    """The loss of a batch and its gradient with respect to the prediction.

    ``alone``: nothing else says where to go, so that a loss without a gradient is an error.
    """

    def value_and_gradient(
        y: Array, prediction: Array, sample_weight: Array | None, wanted: bool
    ) -> tuple[float, Array | None]:
        output = Tensor(prediction)
        with GradientTape(watch_accessed_variables=False) as tape:
            if wanted:
                tape.watch(output)
            value = loss(y, output, sample_weight)
        gradient = tape.gradient(value, output) if wanted else None
        if wanted and alone and gradient is None:
            raise ValueError(
                f"No gradients provided for any variable: the loss {loss.name!r} is not made of differentiable "
                "operations (those of dlcore.ops) of y_pred"
            )
        return float(value), None if gradient is None else gradient.array

    return value_and_gradient


def penalty(variables: Sequence[Variable]) -> Callable[[bool], tuple[float, list[Array | None]]] | None:
    """The sum of the variables' regularizers and its gradients; None if there is no regularizer."""
    regularized = [variable for variable in variables if variable.regularizer is not None]
    if not regularized:
        return None
    if all(factors(variable.regularizer) is not None for variable in regularized):
        return lambda wanted: _penalty_by_formula(variables, wanted)

    def value_and_gradients(wanted: bool) -> tuple[float, list[Array | None]]:
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(regularized if wanted else ())
            value = sum(variable.regularizer(variable) for variable in regularized)
        if not wanted:
            return float(value), []
        gradients = dict(zip(map(id, regularized), tape.gradient(value, regularized), strict=True))
        found = [gradients.get(id(variable)) for variable in variables]
        return float(value), [None if gradient is None else gradient.array for gradient in found]

    return value_and_gradients


def _penalty_by_formula(variables: Sequence[Variable], wanted: bool) -> tuple[float, list[Array | None]]:
    """L1 and L2 without the tape, as a fused engine finds them: the gradients are the tape's to the last bit."""
    backend, total = get_backend(), 0.0
    gradients: list[Array | None] = []
    for variable in variables:
        w, kind = variable.array, variable.dtype.type
        l1, l2 = (kind(factor) for factor in factors(variable.regularizer) or (0, 0))
        value = float(l1) * backend.sum_of_absolutes(w) if l1 else 0.0
        total += value + float(l2) * backend.sum_of_squares(w) if l2 else value
        if wanted:
            pull, shrink = l1 * np.sign(w) if l1 else None, w * (l2 + l2) if l2 else None
            gradients.append(shrink if pull is None else pull if shrink is None else pull + shrink)
    return total, gradients


def application(optimizer: Optimizer, variables: Sequence[Variable]) -> Callable[[Sequence[Array]], None]:
    """One step of an optimizer that does more than an update kernel."""

    def apply(gradients: Sequence[Array]) -> None:
        scale = float(optimizer.scale_loss(1.0))
        scaled = gradients if scale == 1 else [g * np.asarray(scale, g.dtype) for g in gradients]
        optimizer.apply(scaled, variables)

    return apply


def observation(goal: Goal, observed: Sequence[Metric]) -> Callable[[Array, Array, Array | None], None]:
    """Shows a batch to the metrics; those of ``weighted_metrics`` see the sample weights too."""
    plain = [metric for metric in observed if any(metric is other for other in goal.metrics)]
    weighted = [metric for metric in observed if any(metric is other for other in goal.weighted)]

    def observe(y: Array, output: Array, sample_weight: Array | None) -> None:
        for metric in plain:
            metric.update_state(y, output)
        for metric in weighted:
            metric.update_state(y, output, sample_weight=sample_weight)

    return observe
