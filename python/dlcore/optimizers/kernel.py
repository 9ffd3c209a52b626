"""Optimizers whose step is one kernel call a variable."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from dlcore.backends import get_backend
from dlcore.backends.contract import UPDATES
from dlcore.backends.network import Hyper
from dlcore.floats import Array
from dlcore.initializers import Constant
from dlcore.optimizers.optimizer import Optimizer, as_gradient
from dlcore.optimizers.settings import settings_of
from dlcore.variable import Variable

#: What an engine does in place of these methods is what they do here.
_OWN = (
    "apply",
    "_step",
    "_accumulated",
    "_clip_gradients",
    "_descend",
    "_apply_weight_decay",
    "_use_weight_decay",
    "update_step",
)

#: Settings that make a step more than the gradients' shaping and its kernel.
_EXTRAS = ("use_ema", "loss_scale_factor")


class KernelOptimizer(Optimizer):
    """Base class of the optimizers that have an update kernel.

    A subclass names its update (``kind``, a key of :data:`dlcore.backends.contract.UPDATES`), fills in its numbers
    (``hyper``, if they are not settings of the same names) and says where its state starts if not at zero
    (``start_of``).
    """

    def hyper(self, learning_rate: float, step: int) -> Hyper:
        """The numbers of one step; ``step`` counts from 1."""
        held = vars(self)
        kind: Any = type(self)
        own: dict[str, Any] = {"step": step}
        for name in _numbers_of(kind):
            own[name] = held[name] or 0.0
        return Hyper(learning_rate, **own)

    def start_of(self, slot: str) -> float:  # noqa: ARG002 - subclasses may tell slots apart
        """What a state array is filled with before the first step."""
        return 0.0

    @property
    def fusable(self) -> bool:
        """Whether an engine may take its steps; see :attr:`Optimizer.fusable`."""
        held = vars(self)
        for name in _EXTRAS:
            if held.get(name):
                return False
        for variable in self._trainable_variables:
            if variable.constraint is not None:
                return False
        return self.kind is not None and self._is_own(_OWN) and (not self.weight_decay or self._decays_all())

    def _decays_all(self) -> bool:
        """Whether weight decay leaves no variable alone, as far as they are known."""
        if self.built:
            return all(map(self._use_weight_decay, self._trainable_variables))
        return not self._undecayed and self._undecayed_names is None

    def _is_own(self, methods: tuple[str, ...]) -> bool:
        """Whether no subclass has put methods of its own in the place of these."""
        kind: Any = type(self)
        return _inherits(kind, methods)

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state for these variables; later calls change nothing."""
        if self.built:
            return
        super().build(variables)
        self._built_kind = self.kind
        self._slots = [
            [self.add_variable_from_reference(v, slot, Constant(self.start_of(slot))) for slot in self._slot_names()]
            for v in self._trainable_variables
        ]

    def _slot_names(self) -> tuple[str, ...]:
        assert self.kind is not None
        return UPDATES[self.kind]

    def _check_layout(self) -> None:
        super()._check_layout()
        if self.kind != self._built_kind:
            raise ValueError(
                f"the optimizer was built as {self._built_kind!r} and cannot become {self.kind!r}; make a new optimizer"
            )

    def slots(self, variable: Variable) -> list[Array]:
        """The state arrays of a variable, in the order of :data:`dlcore.backends.contract.UPDATES`.

        Raises
        ------
        ValueError
            If the optimizer was built for other variables, or as another kind.
        """
        self._check_layout()
        return [slot.array for slot in self._slots[self._get_variable_index(variable)]]

    def _descend(self, gradients: Sequence[Array], variables: Sequence[Variable], rate: float) -> None:
        """The kernel decays weights itself, unless a subclass does something of its own about decay or step."""
        if not self._is_own(("update_step", "_apply_weight_decay")):
            super()._descend(gradients, variables, rate)
            return
        hyper = self.hyper(rate, self._step_number())
        undecayed = hyper._replace(weight_decay=0.0)
        for gradient, variable in zip(gradients, variables, strict=True):
            self._kernel(gradient, variable, hyper if self._use_weight_decay(variable) else undecayed)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: float) -> None:
        """One step of one variable, without weight decay."""
        hyper = self.hyper(float(learning_rate), self._step_number())
        self._kernel(as_gradient(gradient, variable), variable, hyper._replace(weight_decay=0.0))

    def _kernel(self, gradient: Array, variable: Variable, hyper: Hyper) -> None:
        kind = self._built_kind
        assert kind is not None
        slots = [slot.array for slot in self._slots[self._get_variable_index(variable)]]
        get_backend().update(kind, variable.array, gradient, slots, hyper)


@cache
def _inherits(kind: type, methods: tuple[str, ...]) -> bool:
    return all(getattr(kind, name) is getattr(KernelOptimizer, name) for name in methods)


@cache
def _numbers_of(kind: type) -> tuple[str, ...]:
    """The settings of a class that its kernel computes with."""
    return tuple(name for name in settings_of(kind) if name in Hyper._fields)
