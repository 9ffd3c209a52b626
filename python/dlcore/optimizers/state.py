"""What an optimizer remembers: the count of its steps, the variables it was built for, its state for each of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from dlcore import initializers
from dlcore.autodiff.tracer import Tensor
from dlcore.checks import several
from dlcore.floats import FLOATS, Array, floatx, numbers
from dlcore.naming import auto_name
from dlcore.variable import Variable


class Stateful:
    """The state of an optimizer as a list of Variables, and the helpers that Keras's custom optimizers make it with."""

    def __init__(self, name: str | None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self._iterations = Variable(np.int64(0), dtype="int64", trainable=False, name="iteration")
        self._added: list[Variable] = []
        self._trainable_variables: list[Variable] = []
        self._index: dict[Variable, int] = {}
        self.built = False

    def build(self, variables: Sequence[Variable]) -> None:
        """Bind the optimizer to these variables for good; subclasses add their state."""
        self._trainable_variables = list(variables)
        self._index = {variable: i for i, variable in enumerate(self._trainable_variables)}
        self.built = True

    def build_once(self, variables: Sequence[Variable]) -> None:
        """Build, unless that was done before: the state of an optimizer stays whatever it is asked for later.

        Raises
        ------
        RuntimeError
            If a subclass's ``build`` does not call ``super().build(variables)``.
        """
        if self.built:
            return
        before = len(self._added)
        try:
            self.build(variables)
        except BaseException:  # there was no memory, or Ctrl-C: half of a state is none
            del self._added[before:]
            self.built = False
            raise
        if not self.built:
            raise RuntimeError(f"{type(self).__name__}.build must call super().build(variables)")

    @property
    def variables(self) -> list[Variable]:
        """The step count, then everything that was added."""
        return [self._iterations, *self._added]

    # --- Making state ---

    def add_variable(
        self, shape: Sequence[int], initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Add a Variable to the state.

        Parameters
        ----------
        shape : tuple of int
        initializer : str or Initializer
            What it starts as.
        dtype : optional
            Default: ``floatx()``.
        name : str, optional
        """
        self._check_super_called()
        start = initializers.get("zeros" if initializer is None else initializer)
        assert start is not None
        wanted = np.dtype(dtype or floatx())
        value = np.asarray(start(tuple(shape), dtype=wanted if wanted.name in FLOATS else None))
        variable = Variable(value, dtype=wanted, trainable=False, name=name)
        self._added.append(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Add a Variable of the shape and dtype of another, named after it: ``{reference}_{name}``."""
        title = reference_variable.path.replace("/", "_")
        return self.add_variable(
            reference_variable.shape, initializer, reference_variable.dtype, f"{title}_{name or 'var'}"
        )

    def add_optimizer_variables(
        self, trainable_variables: Iterable[Variable], name: str | Sequence[str], initializer: Any = "zeros"
    ) -> Any:
        """Add state for each variable.

        Parameters
        ----------
        trainable_variables : list of Variable
        name : str or list of str
            One Variable for each name.
        initializer : str, Initializer or a list of as many as names

        Returns
        -------
        list of Variable, or a tuple of such lists
            One list a name.
        """
        names = [name] if isinstance(name, str) else several("name", name, "a string or a list of strings")
        starts = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(starts) != len(names):
            raise ValueError(f"initializer must be one a name: {len(names)}; got {len(starts)}")
        lists: tuple[list[Variable], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for found, title, start in zip(lists, names, starts, strict=True):
                found.append(self.add_variable_from_reference(variable, title, start))
        return lists[0] if isinstance(name, str) else lists

    def assign(self, variable: Variable, value: Any) -> None:
        """``variable.assign(value)``."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """``variable.assign_add(value)``."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """``variable.assign_sub(value)``."""
        variable.assign_sub(value)

    def _get_variable_index(self, variable: Variable) -> int:
        """Where a variable stands among those the optimizer was built for.

        Raises
        ------
        ValueError
            If it is none of them.
        """
        place = self._index.get(variable)
        if place is None:
            raise ValueError(
                f"unknown variable {variable.name!r}: the optimizer was built for other variables; "
                "make a new optimizer for these"
            )
        return place

    def _check_super_called(self) -> None:
        if not hasattr(self, "_added"):
            raise RuntimeError(f"{type(self).__name__}.__init__ must call super().__init__() before anything else")

    # --- Keeping state ---

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set :attr:`variables` to these values.

        Raises
        ------
        ValueError
            If the optimizer is not built, or number or shapes differ. Nothing has changed then.
        """
        if not self.built:
            raise ValueError("You are calling set_weights() on an optimizer that is not built; call build(variables)")
        assign_all("weights", self.variables, weights)

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the value of each of :attr:`variables` into a dict, under "0", "1", …."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Take back what :meth:`save_own_variables` stored; a store of another length is skipped, with a warning."""
        variables = self.variables
        if len(store) != len(variables):
            hint = "" if self.built else "; the optimizer is not built yet"
            warnings.warn(
                f"Skipping the state of {self.name!r}: it has {len(variables)} variables, and "
                f"{len(store)} are stored{hint}",
                stacklevel=2,
            )
            return
        assign_all("store", variables, [store[str(i)] for i in range(len(variables))])


def assign_all(name: str, variables: Sequence[Variable], values: Sequence[Any]) -> None:
    """Assign one value to each variable, or none if number or shapes differ."""
    arrays = [numbers(name, value) for value in several(name, values, "a list of arrays")]
    if len(arrays) != len(variables):
        raise ValueError(f"{name} must hold one value for each of {len(variables)} variables; got {len(arrays)}")
    for variable, array in zip(variables, arrays, strict=True):
        if variable.shape != array.shape:
            raise ValueError(
                f"{name} must hold a value of shape {variable.shape} for {variable.name!r}; got {array.shape}"
            )
    for variable, array in zip(variables, arrays, strict=True):
        variable.array[...] = array


@contextmanager
def restored(variables: Sequence[Variable]) -> Iterator[None]:
    """Give the variables their values back afterwards."""
    before: list[Array] = [variable.array.copy() for variable in variables]
    try:
        yield
    finally:
        for variable, array in zip(variables, before, strict=True):
            variable.array[...] = array


def snapshots(variables: Sequence[Variable]) -> list[Tensor]:
    """The values now, unmoved by later assignments."""
    return [Tensor(variable.array.copy()) for variable in variables]
