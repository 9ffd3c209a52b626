"""What a metric is: state in Variables that batches update, and a result computed from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from dlcore import initializers
from dlcore.autodiff import Tensor
from dlcore.floats import floatx
from dlcore.metrics.arrays import SUMS
from dlcore.naming import auto_name
from dlcore.variable import Variable


class Metric:
    """Base class of the metrics; subclasses define ``update_state`` and ``result``.

    Parameters
    ----------
    dtype : optional
        That of the result, ``floatx()`` by default.
    name : str, optional
        Default: the class's name in snake case.

    Attributes
    ----------
    name : str
        What logs call it.
    variables : list of Variable
        The state, whether made by :meth:`add_variable` or held in attributes, also that of metrics held in attributes.

    Notes
    -----
    A constructor makes the state with ``self.total = self.add_variable((), "zeros", name="total")``, ``update_state``
    assigns to it, and ``reset_state``, unless overridden, sets it to zero.
    """

    #: "up" if more is better, "down" if less is, None if nobody said: what callbacks with ``mode="auto"`` go by.
    _direction: str | None = None

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self._dtype = metric_dtype(dtype)
        self._variables: list[Variable] = []

    @property
    def dtype(self) -> str:
        """The name of the dtype."""
        return self._dtype

    @property
    def variables(self) -> list[Variable]:
        """The state, in the order it was made."""
        own: list[Variable] = []
        inner: list[Metric] = []
        for value in _held(vars(self)):
            if isinstance(value, Variable) and not any(value is known for known in own):
                own.append(value)
            elif isinstance(value, Metric):
                inner.append(value)
        return own + [variable for metric in inner for variable in metric.variables]

    def add_variable(
        self, shape: Sequence[int], initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> Variable:
        """A new part of the state.

        Parameters
        ----------
        shape : tuple of int
        initializer : str, dict, Initializer, callable or array
            One of :mod:`dlcore.initializers`, or the first value.
        dtype : optional
            Default: ``floatx()``.
        name : str, optional
        """
        self._check_constructed()
        if initializer is None or isinstance(initializer, (str, Mapping)) or callable(initializer):
            start: Any = initializers.get("zeros" if initializer is None else initializer)
            initializer = start(tuple(shape))
        variable = Variable(initializer, dtype=dtype or floatx(), trainable=False, name=name)
        if variable.shape != tuple(shape):
            raise ValueError(f"initializer must have the shape {tuple(shape)}; got {variable.shape}")
        self._variables.append(variable)
        return variable

    def add_weight(
        self, shape: Sequence[int] = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """The same as :meth:`add_variable`."""
        return self.add_variable(shape, initializer, dtype, name)

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in one more batch."""
        raise NotImplementedError(f"{type(self).__name__} must define update_state")

    def result(self) -> Any:
        """The metric over all batches since the last reset: a number, or a dict of numbers."""
        raise NotImplementedError(f"{type(self).__name__} must define result")

    def reset_state(self) -> None:
        """Forget all batches."""
        for variable in self.variables:
            variable.array[...] = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in a batch and give the result so far."""
        self._check_constructed()
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(self, metric_variables: Iterable[Any], *args: Any, **kwargs: Any) -> list[Tensor]:
        """What the state would become by ``update_state(*args, **kwargs)`` from the given one; its own state stays."""
        return self._without_trace(metric_variables, self.update_state, *args, **kwargs)[1]

    def stateless_result(self, metric_variables: Iterable[Any]) -> Any:
        """The result of the given state; its own state stays."""
        return self._without_trace(metric_variables, self.result)[0]

    def stateless_reset_state(self) -> list[Tensor]:
        """What the state would become by ``reset_state()``."""
        return self._without_trace(self.variables, self.reset_state)[1]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """The metric that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"

    def _state(self, *names: str, shape: Sequence[int] = ()) -> None:
        """Attributes of these names that hold sums, all of one shape: made once, the same ever after."""
        made: Variable | None = getattr(self, names[0], None)
        if made is None:
            for name in names:
                setattr(self, name, self.add_variable(shape, dtype=SUMS, name=name))
        elif made.shape != tuple(shape):
            raise ValueError(f"y_pred must have {made.shape[-1]} columns, as in the batches before; got {shape[-1]}")

    def _number(self, value: Any) -> Tensor:
        """A result in the metric's floating dtype, infinite where that does not reach so far."""
        with np.errstate(over="ignore"):
            return Tensor(np.asarray(value, self._float_dtype))

    @property
    def _float_dtype(self) -> str:
        """The metric's dtype; where that holds whole numbers only, ``floatx()``."""
        return self.dtype if np.dtype(self.dtype).kind == "f" else floatx()

    def _check_constructed(self) -> None:
        if not hasattr(self, "_variables"):
            raise RuntimeError(f"{type(self).__name__}.__init__ must begin with super().__init__()")

    def _without_trace(
        self, metric_variables: Iterable[Any], call: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> tuple[Any, list[Tensor]]:
        """What a call returns and makes of the given state."""
        given = list(metric_variables)
        if len(given) != len(self.variables):
            raise ValueError(
                f"metric_variables must be a value for each of the {len(self.variables)} variables of {self!r}; "
                f"got {len(given)}"
            )
        with _restored(self.variables):
            for variable, value in zip(self.variables, given, strict=True):
                variable.assign(value)
            returned = call(*args, **kwargs)
            return returned, [variable.value for variable in self.variables]


@contextmanager
def _restored(variables: Sequence[Variable]) -> Iterator[None]:
    """Whatever happens within, the variables come out as they went in."""
    saved = [variable.array.copy() for variable in variables]
    try:
        yield
    finally:
        for variable, array in zip(variables, saved, strict=True):
            variable.array[...] = array


def _held(value: Any) -> Iterator[Any]:
    """The values in nested lists, tuples and dicts."""
    if isinstance(value, Mapping):
        for entry in value.values():
            yield from _held(entry)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _held(entry)
    else:
        yield value


def metric_dtype(dtype: Any) -> str:
    """The name of a dtype that a metric may have.

    As in Keras None is ``floatx()``, "int" is int32, and of a dtype policy the compute dtype counts.

    Raises
    ------
    ValueError
        If it is neither a floating nor an integer type.
    """
    if dtype is None:
        return floatx()
    dtype = getattr(dtype, "compute_dtype", dtype)
    try:
        found = np.dtype("int32" if dtype in ("int", int) else dtype)
    except TypeError as error:
        raise ValueError(f"dtype must be a floating or an integer type; got {dtype!r}") from error
    if found.kind not in "fiu":
        raise ValueError(f"dtype must be a floating or an integer type; got {dtype!r}")
    return str(found.name)
