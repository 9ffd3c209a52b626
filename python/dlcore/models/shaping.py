"""What a training does to gradients before its optimizer's kernel takes them, as data for an engine."""

from __future__ import annotations

from typing import Any

from dlcore.backends.contract import Array
from dlcore.backends.network import Shaping
from dlcore.models.outline import Outline
from dlcore.optimizers import Optimizer
from dlcore.regularizers import L1, L1L2, L2
from dlcore.variable import Variable


def factors(regularizer: Any) -> tuple[float, float] | None:
    """The numbers (l1, l2) of the penalty l1 · Σ |x| + l2 · Σ x²; None if the penalty is anything else."""
    if regularizer is None:
        return 0.0, 0.0
    if type(regularizer) in (L1, L2, L1L2):
        return getattr(regularizer, "l1", 0.0), getattr(regularizer, "l2", 0.0)
    return None


def shaping_of(optimizer: Optimizer, shape: Outline) -> Shaping | None:
    """What is asked for beside the update; None if an engine cannot do it.

    The optimizer must be built for the weights of the outline.
    """
    learning = shape.learning()
    found = [factors(variable.regularizer) for variable in learning]
    penalties = {id(variable): pair for variable, pair in zip(learning, found, strict=True) if pair is not None}
    constrained = any(variable.constraint is not None for variable in learning)
    if not optimizer.fusable or constrained or len(penalties) < len(learning):
        return None
    pairs = shape.pairs()

    def penalty(variable: Variable | None) -> tuple[float, float]:
        return penalties.get(id(variable), (0.0, 0.0))

    def accumulator(variable: Variable | None) -> Array | None:
        return None if variable is None or id(variable) not in penalties else optimizer.accumulator(variable)

    bounds = {name: float(bound) for name, bound in optimizer.clipping._asdict().items() if bound is not None}
    steps = optimizer.gradient_accumulation_steps or 1
    return Shaping(
        penalties=tuple((penalty(w), penalty(b)) for w, b in pairs) if any(map(any, penalties.values())) else (),
        accumulation_steps=steps,
        accumulators=tuple((accumulator(w), accumulator(b)) for w, b in pairs) if steps > 1 else (),
        **bounds,
    )
