"""What a step, an optimizer or an expression did, with its numbers: as arrays, as text, as a page.

:meth:`dlcore.Model.explain_step` takes one training step apart and :meth:`dlcore.Optimizer.explain_step` one update;
:func:`dlcore.explain` shows the computational graph of an expression. Its :class:`Graph` has ``nodes`` (of each a name,
an operation, its value and its gradient, the ids of its inputs) and ``edges`` (from input to output, with the local
derivative and the gradient that flows along): all that a drawing needs, :mod:`dlcore.plots` for one.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dlcore.explain.explanation import Explanation
from dlcore.explain.graph import Edge, Graph, Node
from dlcore.explain.notation import Formula, Summary, summary
from dlcore.explain.parts import LayerStep, LossStep, ParameterStep
from dlcore.explain.updates import UpdateExplanation

if TYPE_CHECKING:
    from dlcore.explain.tape import explain

__all__ = [
    "Edge",
    "Explanation",
    "Formula",
    "Graph",
    "LayerStep",
    "LossStep",
    "Node",
    "ParameterStep",
    "Summary",
    "UpdateExplanation",
    "explain",
    "summary",
]


class _Room(ModuleType):
    """The room and the function in one, so that ``dlcore.explain(…)`` works whoever has imported what before."""

    def __call__(self, *args: Any, **kwargs: Any) -> Graph:
        from dlcore.explain import tape

        return tape.explain(*args, **kwargs)


if not TYPE_CHECKING:
    explain = sys.modules[__name__]
    explain.__class__ = _Room
