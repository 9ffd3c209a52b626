"""What an optimizer is: an update kind of the kernels, its numbers, its state and a count of steps."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.autodiff import GradientTape
from dlcore.autodiff.tracer import Differentiable, Tensor
from dlcore.backends import get_backend
from dlcore.backends.contract import UPDATES, Hyper
from dlcore.checks import number, several
from dlcore.floats import FLOATS, Array, as_float, numbers
from dlcore.naming import auto_name
from dlcore.optimizers import schedules
from dlcore.optimizers.clipping import Clipping
from dlcore.optimizers.schedules import LearningRateSchedule
from dlcore.variable import Variable


class Optimizer:
    """Base class of the optimizers.

    A subclass names its update (``kind``, a key of :data:`dlcore.backends.contract.UPDATES`), fills in its numbers
    (``hyper``) and says where its state starts if not at zero (``start_of``).

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule, or callable without arguments
        0 or more.
    weight_decay : float, optional
        Each step also takes weight_decay · learning_rate of every variable away from it.
    clipnorm, clipvalue, global_clipnorm : float, optional
        At most one. Bounds for the norm of each gradient, for each element, for the norm of all gradients together.
    name : str, optional
        Default: the class's name in snake case.
    """

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.weight_decay = None if weight_decay is None else number("weight_decay", weight_decay, 0)
        self.clipping = Clipping(clipnorm, clipvalue, global_clipnorm)
        self.iterations = Variable(np.int64(0), dtype="int64", trainable=False, name="iteration")
        self._learning_rate: Variable | Callable[..., Any]
        self._set_learning_rate(learning_rate)
        self._trainable_variables: list[Variable] = []
        self._slots: list[list[Variable]] = []
        self._index: dict[Variable, int] = {}
        self._built_kind = ""
        self.built = False

    # --- What subclasses define ---

    @property
    def kind(self) -> str:
        """The update's name in :data:`dlcore.backends.contract.UPDATES`."""
        raise NotImplementedError(f"{type(self).__name__} must define kind")

    def hyper(self, learning_rate: float, step: int) -> Hyper:
        """The numbers of one step; ``step`` counts from 1."""
        return Hyper(learning_rate, weight_decay=self.weight_decay or 0.0, step=step)

    def start_of(self, slot: str) -> float:  # noqa: ARG002 - subclasses may tell slots apart
        """What a state array is filled with before the first step."""
        return 0.0

    @property
    def fusable(self) -> bool:
        """Whether a step is nothing but the update kernel on every variable."""
        return not self.clipping

    def scale_loss(self, loss: Any) -> Any:
        """The loss as it is to be differentiated."""
        return loss

    # --- Learning rate ---

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the next step: a Variable if it is a plain number, else what the schedule gives."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(int(self.iterations))
        return self._learning_rate if isinstance(self._learning_rate, Variable) else self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        if isinstance(self._learning_rate, LearningRateSchedule) and not callable(learning_rate):
            raise TypeError(
                "learning_rate is a schedule and cannot be set to a number; set another schedule, "
                "or make the optimizer with a number"
            )
        self._set_learning_rate(learning_rate)

    def _set_learning_rate(self, learning_rate: Any) -> None:
        if callable(learning_rate):
            self._learning_rate = learning_rate
            return
        if isinstance(learning_rate, (str, bool)) or learning_rate is None:
            raise TypeError(
                f"learning_rate must be a number, a LearningRateSchedule or a callable; got {learning_rate!r}"
            )
        value = number("learning_rate", learning_rate, 0)
        known = getattr(self, "_learning_rate", None)
        if isinstance(known, Variable):
            known.assign(value)
        else:
            self._learning_rate = Variable(value, dtype="float64", trainable=False, name="learning_rate")

    def rates(self, count: int) -> NDArray[np.float64]:
        """The learning rates of the next ``count`` steps.

        Raises
        ------
        ValueError
            If one is negative, infinite or NaN.
        """
        start, rate = int(self.iterations.array), self._learning_rate
        if isinstance(rate, Variable):
            return np.full(count, number("learning_rate", rate.array.item(), 0))
        found = rate.rates(start, count) if isinstance(rate, LearningRateSchedule) else self._called(rate, start, count)
        if not (found.min() >= 0 and found.max() < np.inf):
            place = int(np.argmin((found >= 0) & (found < np.inf)))
            raise ValueError(f"learning_rate must lie in [0, inf); got {found[place]} at step {start + place}")
        return found

    def _called(self, rate: Callable[[], Any], start: int, count: int) -> NDArray[np.float64]:
        """What a callable gives for each step, asked while ``iterations`` says that it is this step's turn."""
        try:
            found = []
            for step in range(start, start + count):
                self.iterations.array[...] = step
                found.append(number("learning_rate", rate(), 0))
        finally:
            self.iterations.array[...] = start
        return np.array(found)

    # --- State ---

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the state for these variables; later calls change nothing."""
        if self.built:
            return
        self._trainable_variables, self._built_kind = list(variables), self.kind
        self._index = {variable: i for i, variable in enumerate(self._trainable_variables)}
        self._slots = [
            [
                Variable(np.full(v.shape, self.start_of(slot)), dtype=v.dtype, trainable=False, name=f"{v.name}_{slot}")
                for slot in UPDATES[self._built_kind]
            ]
            for v in self._trainable_variables
        ]
        self.built = True

    @property
    def variables(self) -> list[Variable]:
        """The step count, the learning rate if it is a plain number, and the state of each variable in turn."""
        rate = [self._learning_rate] if isinstance(self._learning_rate, Variable) else []
        return [self.iterations, *rate, *(slot for slots in self._slots for slot in slots)]

    def slots(self, variable: Variable) -> list[Array]:
        """The state arrays of a variable, in the order of :data:`dlcore.backends.contract.UPDATES`.

        Raises
        ------
        ValueError
            If the optimizer was built for other variables, or as another kind.
        """
        if self.kind != self._built_kind:
            raise ValueError(
                f"the optimizer was built as {self._built_kind!r} and cannot become {self.kind!r}; make a new optimizer"
            )
        place = self._index.get(variable)
        if place is None:
            raise ValueError(
                f"unknown variable {variable.name!r}: the optimizer was built for other variables; "
                "make a new optimizer for these"
            )
        return [slot.array for slot in self._slots[place]]

    # --- Steps ---

    def minimize(self, loss: Any, var_list: Sequence[Variable], tape: GradientTape | None = None) -> Variable:
        """Take one step that makes the loss smaller.

        Parameters
        ----------
        loss : callable without arguments, or Tensor
            A callable is called once, on a tape. A Tensor needs the ``tape`` it was computed on.
        var_list : list of Variable
            What to change.
        tape : GradientTape, optional
            With a Tensor.

        Returns
        -------
        Variable
            :attr:`iterations`, the number of steps taken so far.
        """
        variables = (
            [var_list] if isinstance(var_list, Variable) else several("var_list", var_list, "a list of Variables")
        )
        if callable(loss):
            tape = GradientTape()
            with tape:
                tape.watch(variables)
                loss = loss()
        elif tape is None:
            raise ValueError("tape is needed when loss is a Tensor: the GradientTape it was computed on")
        if not isinstance(loss, Differentiable):
            raise TypeError(f"loss must give a Tensor computed from the variables; got {type(loss).__name__}: {loss!r}")
        return self.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> Variable:
        """Take one step along pairs of gradient and variable. Returns :attr:`iterations`."""
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self.iterations

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Take one step.

        Parameters
        ----------
        grads : list of array or None
            One for each variable, of its shape. Variables whose gradient is None stay, with a warning.
        trainable_variables : list of Variable, optional
            Default: those the optimizer was built for.

        Raises
        ------
        ValueError, TypeError
            If a variable is unknown or none, a shape does not match, a gradient holds no real numbers, the learning
            rate is negative or not finite, or there is no gradient at all. Nothing has changed then.
        """
        if trainable_variables is None:
            if not self.built:
                raise ValueError("trainable_variables is needed until the optimizer is built: call build(variables)")
            trainable_variables = self._trainable_variables
        if len(grads) != len(trainable_variables):
            raise ValueError(f"grads must be one a variable: {len(trainable_variables)}; got {len(grads)}")
        for v in trainable_variables:
            if not isinstance(v, Variable) or v.dtype.kind != "f":
                raise TypeError(f"trainable_variables must hold Variables of {' or '.join(FLOATS)}; got {v!r}")
        variables = [v for g, v in zip(grads, trainable_variables, strict=True) if g is not None]
        if not variables:
            raise ValueError("No gradients provided for any variable: the loss depends on none of them")
        arrays = [_as_gradient(g, v) for g, v in zip(grads, trainable_variables, strict=True) if g is not None]
        if len(variables) < len(grads):
            missing = [v.name for g, v in zip(grads, trainable_variables, strict=True) if g is None]
            warnings.warn(f"Gradients do not exist for variables {missing}", stacklevel=3)
        hyper = self.hyper(float(self.rates(1)[0]), int(self.iterations.array) + 1)
        self.build(trainable_variables)
        slots = [self.slots(v) for v in variables]
        backend, kind = get_backend(), self.kind
        for variable, gradient, slot in zip(variables, self.clipping.apply(arrays), slots, strict=True):
            backend.update(kind, variable.array, gradient, slot, hyper)
        self.iterations.array += 1

    # --- Configuration ---

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, the learning rate as it is now."""
        rate = self._learning_rate
        return {
            "name": self.name,
            "learning_rate": float(rate) if isinstance(rate, Variable) else schedules.serialize(rate),
            "weight_decay": self.weight_decay,
            **self.clipping._asdict(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Optimizer:
        """The optimizer that ``get_config`` described."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = schedules.deserialize(config["learning_rate"])
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.get_config()}>"


def _as_gradient(gradient: Any, variable: Variable) -> Array:
    array = gradient.array if isinstance(gradient, Tensor) else numbers(f"gradient of {variable.name!r}", gradient)
    if array.shape != variable.shape:
        raise ValueError(f"the gradient of {variable.name!r} must have its shape {variable.shape}; got {array.shape}")
    return as_float(array, variable.dtype)
