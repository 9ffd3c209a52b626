"""One step of an optimizer taken apart: what it was given, what it remembered, what it made of that."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore.backends.contract import Array
from dlcore.backends.network import Hyper
from dlcore.explain.notation import Formula, summary
from dlcore.explain.update_formulas import element_formulas, quantities
from dlcore.floats import numbers
from dlcore.variable import Variable

if TYPE_CHECKING:
    from dlcore.optimizers import Optimizer

#: A parameter of so many numbers is written out; of a larger one the elements with the largest gradients.
WRITTEN = 4


class UpdateExplanation(Mapping[str, Any]):
    """What an optimizer did with one parameter: arrays by name, as attributes and as ``update["momentum/after"]``.

    Attributes
    ----------
    name : str
        Of the parameter.
    optimizer : str
        The optimizer's class.
    kind : str or None
        The name of the update kernel; None for an optimizer written in Python.
    learning_rate : float
        Of this step: what the schedule says.
    step : int
        The number of the step, counted from 1.
    before, after, gradient : ndarray
        The parameter, and what the optimizer was given.
    applied : ndarray or None
        The gradient after loss scaling, accumulation and clipping; None if this call only gathered it.
    state, state_after : dict of str to ndarray
        What the optimizer remembers of the parameter, before and after; of ``state_after`` the next step can be
        explained: ``explain_step(e.after, gradient, state=e.state_after)``.
    hyper : Hyper or None
        The numbers of the step, for an optimizer with a kernel.
    """

    def __init__(
        self,
        name: str,
        optimizer: str,
        kind: str | None,
        hyper: Hyper | None,
        learning_rate: float,
        step: int,
        arrays: Mapping[str, Any],
        state: Mapping[str, Array],
        state_after: Mapping[str, Array],
    ) -> None:
        self.name, self.optimizer, self.kind, self.hyper = name, optimizer, kind, hyper
        self.learning_rate, self.step = learning_rate, step
        self.before: Array = arrays["before"]
        self.after: Array = arrays["after"]
        self.gradient: Array = arrays["gradient"]
        self.applied: Array | None = arrays["applied"]
        self.state, self.state_after = dict(state), dict(state_after)
        self._arrays: dict[str, Any] = {name: array for name, array in arrays.items() if array is not None}
        for key, array in self.state.items():
            self._arrays[key], self._arrays[f"{key}/after"] = array, self.state_after[key]
        self._arrays["change"] = self.after - self.before
        if kind is not None and hyper is not None and self.applied is not None:
            self._arrays.update(quantities(kind, hyper, self.before, self.state_after))

    @property
    def state_names(self) -> list[str]:
        """The names of what the optimizer remembers of each element, before and after."""
        return [found for key in self._own_state() for found in (key, f"{key}/after")]

    def __getitem__(self, key: str) -> Any:
        if key not in self._arrays:
            raise KeyError(f"no {key!r} in this update; there are {', '.join(self._arrays)}")
        return self._arrays[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def formulas(self, place: tuple[int, ...] | int | None = None, symbol: str = "w") -> list[Formula]:
        """The step of one element as formulas with their numbers put in.

        Parameters
        ----------
        place : int or tuple of int, optional
            Which element. Default: the one with the largest gradient.
        symbol : str
            What the parameter is called.
        """
        at = self._largest(1)[0] if place is None else (place,) if isinstance(place, int) else tuple(place)
        values = {key: array[at] for key, array in self._arrays.items() if np.shape(array) == self.before.shape}
        state = {key: (self.state[key][at], self.state_after[key][at]) for key in self._own_state()}
        return element_formulas(self.kind, self.hyper, self.learning_rate, values, state, symbol)

    def _own_state(self) -> list[str]:
        return [key for key, a in self.state.items() if a.shape == self.before.shape and key != "iteration"]

    def _largest(self, count: int) -> list[tuple[int, ...]]:
        """The places of the largest gradients."""
        if self.before.size <= count:
            return list(np.ndindex(self.before.shape))
        found = np.argsort(-np.abs(self.gradient.ravel()), kind="stable")[:count]
        return [tuple(int(i) for i in np.unravel_index(int(at), self.before.shape)) for at in found]

    def __str__(self) -> str:
        head = f"{self.optimizer}, step {self.step}, learning rate {self.learning_rate:.9g}: {self.name}"
        lines = [head, "─" * len(head)]
        if self.applied is None:
            lines.append("The gradient was gathered; the step is taken with a later one.")
        if self.before.size > WRITTEN:
            width = max(map(len, self._arrays))
            lines += [f"{key:{width}}  {summary(np.asarray(array))}" for key, array in self._arrays.items()]
        for at in self._largest(WRITTEN if self.before.size <= WRITTEN else 1):
            if self.before.size > 1:
                lines += ["", f"{self.name}{list(at)}"]
            lines += [f"  {formula}" for formula in self.formulas(at)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<UpdateExplanation {self.optimizer} of {self.name!r}, step {self.step}: {', '.join(self._arrays)}>"

    def _repr_html_(self) -> str:
        from dlcore.explain.notebook import update_html

        return update_html(self)


def explained_update(optimizer: Optimizer, param: Any, grad: Any, state: Mapping[str, Any] | None) -> UpdateExplanation:
    """See :meth:`dlcore.optimizers.Optimizer.explain_step`."""
    given = isinstance(param, Variable)
    if given or not optimizer.built:
        spare, param = copy.deepcopy((optimizer, param))
    else:  # it remembers other variables, and nothing of this one
        spare = type(optimizer).from_config(optimizer.get_config())
    variable = param if given else Variable(param, name="w")
    if given and optimizer.built:
        spare._get_variable_index(variable)
    spare.build_once([variable])
    gradient = np.require(numbers("grad", grad), variable.dtype)
    if gradient.shape != variable.shape:
        raise ValueError(f"grad must have the shape {variable.shape} of param; got {gradient.shape}")
    if state:
        _restore(_state(owner_of(spare, variable), variable), state)
    watch = UpdateWatch(spare, [variable])
    spare.apply([gradient], [variable])
    return watch.explained([gradient])[0]


def _restore(known: Mapping[str, Variable], state: Mapping[str, Any]) -> None:
    """Let the optimizer remember what it is told to."""
    for name, value in state.items():
        if name not in known:
            raise ValueError(f"state holds {name!r}; this optimizer remembers {', '.join(known)}")
        known[name].assign(value)


def _copied(state: Mapping[str, Variable]) -> dict[str, Array]:
    return {name: variable.array.copy() for name, variable in state.items()}


def all_within(optimizer: Optimizer) -> list[Optimizer]:
    """An optimizer and those it hands its variables on to."""
    inner = getattr(optimizer, "inner_optimizer", None)
    handed = [inner] if inner is not None else list(getattr(optimizer, "optimizers", ()))
    return [optimizer, *(found for other in handed for found in all_within(other))]


def owner_of(optimizer: Optimizer, variable: Variable) -> Optimizer:
    """The innermost optimizer that was built for a variable."""
    return next(one for one in reversed(all_within(optimizer)) if variable in one._index)


def _state(owner: Optimizer, variable: Variable) -> dict[str, Variable]:
    """What an optimizer remembers of a variable by name, and what is one for all: "iteration" and the like."""
    prefixes = {v: v.path.replace("/", "_") + "_" for v in owner._trainable_variables}
    alike = [v for v in owner._trainable_variables if prefixes[v] == prefixes[variable]]
    found: dict[str, Variable] = {}
    seen: Counter[str] = Counter()
    for state in owner.variables:
        prefix = max((p for p in prefixes.values() if state.name.startswith(p)), key=len, default="")
        number = seen[state.name]
        seen[state.name] += 1
        if prefix == prefixes[variable] and alike[number] is variable:
            found[state.name.removeprefix(prefix)] = state
        elif not prefix and state.name != "learning_rate":
            found[state.name] = state
    return found


class UpdateWatch:
    """Watches an optimizer take a step.

    Make it when the optimizer is built, take the step, then ask :meth:`explained`. The optimizer must be one to spare
    (a copy): its methods are wrapped.

    Parameters
    ----------
    optimizer : Optimizer
    variables : list of Variable
        What the step changes.
    """

    def __init__(self, optimizer: Optimizer, variables: Sequence[Variable]) -> None:
        self._variables = list(variables)
        self._optimizers = all_within(optimizer)
        self._applied: dict[int, tuple[Array, Hyper | None]] = {}
        self._owners = {id(v): owner_of(optimizer, v) for v in self._variables}
        self._rates = {id(o): (float(o.rates(1)[0]), o._step_number()) for o in self._optimizers}
        self._state = {id(v): _copied(_state(self._owners[id(v)], v)) for v in self._variables}
        self._before = {id(v): v.array.copy() for v in self._variables}
        for one in self._optimizers:
            _listen(one, "_kernel", lambda g, v, hyper: (g, v, hyper), self._note)
            _listen(one, "update_step", lambda g, v, rate: (g, v, None), self._note)  # noqa: ARG005 - called alike

    def _note(self, gradient: Any, variable: Variable, hyper: Hyper | None) -> None:
        self._applied[id(variable)] = np.array(getattr(gradient, "array", gradient)), hyper

    def explained(self, gradients: Sequence[Array], by_kernel: bool = False) -> list[UpdateExplanation]:
        """What happened to each variable, whose gradients were these; ``by_kernel``: an engine took the step."""
        return [self._explained(v, g, by_kernel) for v, g in zip(self._variables, gradients, strict=True)]

    def _explained(self, variable: Variable, gradient: Array, by_kernel: bool) -> UpdateExplanation:
        owner = self._owners[id(variable)]
        rate, step = self._rates[id(owner)]
        kind = owner.kind
        applied, hyper = self._applied.get(id(variable), (None, None))
        if by_kernel:
            applied, hyper = gradient, owner.hyper(rate, step)
        arrays = {
            "before": self._before[id(variable)],
            "gradient": np.array(gradient),
            "applied": applied,
            "after": variable.array.copy(),
        }
        after = _copied(_state(owner, variable))
        name = type(owner).__name__
        return UpdateExplanation(variable.path, name, kind, hyper, rate, step, arrays, self._state[id(variable)], after)


def _listen(
    optimizer: Any, name: str, read: Callable[..., tuple[Any, Any, Any]], note: Callable[[Any, Any, Any], None]
) -> None:
    """Tell ``note`` what a method of this one optimizer is called with."""
    method = getattr(optimizer, name, None)
    if method is None:
        return

    def called(*args: Any, **kwargs: Any) -> Any:
        note(*read(*args, **kwargs))
        return method(*args, **kwargs)

    optimizer.__dict__[name] = called
