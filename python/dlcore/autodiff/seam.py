"""The two tables of automatic differentiation: operations with their rules, and the functions users call.

An operation is a name with a forward function on arrays and, for each input, a rule that turns the gradient of its
output into the gradient of that input. Rules are themselves written in differentiable operations, so gradients of
gradients need nothing more. A function is what carries out one operation or several: operators, methods, NumPy's
protocols and :mod:`dlcore.ops` all find it here by its name, which is Keras's and NumPy's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

#: ``rule(g, y, *inputs, **parameters)``: the gradient of one input from g, the gradient of the output y.
Rule: TypeAlias = Callable[..., Any]

F = TypeVar("F", bound=Callable[..., Any])


class Operation(NamedTuple):
    """A differentiable operation.

    A rule that is None has no derivative (and asking for it is an error). An operation of any number of inputs has
    one rule for them all, ``each``, that is told ``position``, which one it is about.
    """

    forward: Callable[..., Any]
    rules: tuple[Rule | None, ...]
    each: Rule | None = None

    def rule(self, position: int) -> Rule | None:
        """The rule of the input at that position."""
        if self.each is not None:
            each = self.each
            return lambda *args, **parameters: each(*args, **parameters, position=position)
        return self.rules[position] if position < len(self.rules) else None


OPERATIONS: dict[str, Operation] = {}

#: Differentiable functions by name.
FUNCTIONS: dict[str, Callable[..., Any]] = {}

#: Those among them that have a ufunc of NumPy for a twin: same name, same arguments.
TWINS: dict[np.ufunc, Callable[..., Any]] = {}


def register(name: str, forward: Callable[..., Any], *rules: Rule | None, each: Rule | None = None) -> None:
    """Make an operation known: its forward function on arrays, and one rule for each array input.

    Parameters
    ----------
    name : str
    forward : callable
        ``forward(*arrays, **parameters)`` gives the resulting array.
    *rules : callable or None
        ``rule(g, y, *inputs, **parameters)``, all Tensors but the parameters; see :class:`Operation`.
    each : callable, optional
        Instead of rules: ``each(g, y, *inputs, position, **parameters)``, for any number of inputs.
    """
    OPERATIONS[name] = Operation(forward, rules, each)


def function(called: F) -> F:
    """Enter a function of Tensors, arrays and numbers into the table (a decorator)."""
    name = called.__name__
    FUNCTIONS[name] = called
    twin = getattr(np, name, None)
    if isinstance(twin, np.ufunc):
        TWINS[twin] = called
    return called
