"""Values that remember how they were made: Tensor, the operations on it, and the seam where rules register.

Nothing here knows any numerics. An operation is a name with a forward function on arrays and, for each input, a
rule that turns the gradient of its output into the gradient of that input. Rules are themselves written in
differentiable operations, so gradients of gradients need nothing more.
"""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from dlcore.autodiff.arraylike import Methods
from dlcore.floats import floatx, numbers

#: ``rule(g, y, *inputs, **parameters)``: the gradient of one input from g, the gradient of the output y.
Rule: TypeAlias = "Callable[..., Tensor]"


class Operation(NamedTuple):
    """A differentiable operation. A rule that is None has no derivative (and asking for it is an error)."""

    forward: Callable[..., Any]
    rules: tuple[Rule | None, ...]
    #: The one rule of an operation of any number of inputs, called with the input's position first.
    each: Callable[..., Tensor] | None = None


OPERATIONS: dict[str, Operation] = {}


def register(name: str, forward: Callable[..., Any], *rules: Rule | None) -> None:
    """Make an operation known: its forward function on arrays, and one rule for each array input."""
    OPERATIONS[name] = Operation(forward, rules)


def register_variadic(name: str, forward: Callable[..., Any], rule: Callable[..., Tensor]) -> None:
    """Make an operation of any number of inputs known: ``rule(position, g, y, *inputs, **parameters)``."""
    OPERATIONS[name] = Operation(forward, (), rule)


class Record(NamedTuple):
    """One operation as it happened."""

    name: str
    inputs: tuple[Differentiable, ...]
    output: Tensor
    parameters: dict[str, Any]


class Recorder(Protocol):
    """What :func:`apply` needs of a tape."""

    def tracks(self, value: Differentiable) -> bool:
        """Whether gradients flow to this value."""

    def record(self, record: Record) -> None:
        """Remember an operation one of whose inputs is tracked."""


class _Recorders(threading.local):
    def __init__(self) -> None:
        self.active: list[Recorder] = []


_recorders = _Recorders()


def active_recorders() -> list[Recorder]:
    """The tapes that record in this thread, outermost first."""
    return _recorders.active


def apply(name: str, *inputs: Any, **parameters: Any) -> Tensor:
    """Carry out an operation and tell the tapes.

    Parameters
    ----------
    name : str
        A registered operation.
    *inputs : Tensor, Variable, ndarray or number
        Numbers and lists take the dtype of the first input that has one.
    **parameters
        Passed to the forward function and to the rules, not differentiated.
    """
    tensors = as_tensors(*inputs)
    operation = OPERATIONS[name]
    try:
        output = Tensor(operation.forward(*[t.array for t in tensors], **parameters))
    except ValueError as error:
        shapes = " and ".join(str(t.shape) for t in tensors)
        raise ValueError(f"{name} of shapes {shapes}: {error}") from error
    _tell(Record(name, tensors, output, parameters))
    return output


def _tell(record: Record) -> None:
    for recorder in _recorders.active:
        if any(recorder.tracks(value) for value in record.inputs):
            recorder.record(record)


def read(variable: Differentiable) -> Tensor:
    """A variable's value as it is now, unmoved by later assignments."""
    snapshot = Tensor(variable.array.copy())
    _tell(Record("read", (variable,), snapshot, {}))
    return snapshot


register("read", np.copy, lambda g, y, x: g)


def as_tensors(*values: Any, name: str = "an operand") -> tuple[Tensor, ...]:
    """Each value as a Tensor; bare numbers and lists take the dtype of the first value that has one.

    ``name`` is what error messages call a value that holds no real numbers.
    """
    dtype = next((v.dtype for v in values if isinstance(v, (Differentiable, np.ndarray, np.generic))), None)
    return tuple(_as_tensor(value, dtype, name) for value in values)


def _as_tensor(value: Any, like: Any, name: str) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Differentiable):
        return read(value)
    array = numbers(name, value)
    if isinstance(value, (np.ndarray, np.generic)):
        return Tensor(array)
    if like is not None and (np.dtype(like).kind == "f" or array.dtype.kind != "f"):
        return Tensor(array.astype(like))
    return Tensor(array.astype(floatx()) if array.dtype.kind == "f" else array)


class Differentiable(Methods):
    """What operations take and tapes follow, shared by Tensor and Variable. ``array`` holds the numbers."""

    __slots__ = ()

    def __add__(self, other: Any) -> Tensor:
        return apply("add", self, other)

    def __radd__(self, other: Any) -> Tensor:
        return apply("add", other, self)

    def __sub__(self, other: Any) -> Tensor:
        return apply("subtract", self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return apply("subtract", other, self)

    def __mul__(self, other: Any) -> Tensor:
        return apply("multiply", self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return apply("multiply", other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return apply("divide", self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return apply("divide", other, self)

    def __pow__(self, other: Any) -> Tensor:
        if isinstance(other, (int, float)) and other == 2:
            return apply("square", self)
        return apply("power", self, other)

    def __rpow__(self, other: Any) -> Tensor:
        return apply("power", other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return apply("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return apply("matmul", other, self)

    def __floordiv__(self, other: Any) -> Tensor:
        return apply("floor_divide", self, other)

    def __rfloordiv__(self, other: Any) -> Tensor:
        return apply("floor_divide", other, self)

    def __mod__(self, other: Any) -> Tensor:
        return apply("mod", self, other)

    def __rmod__(self, other: Any) -> Tensor:
        return apply("mod", other, self)

    def __neg__(self) -> Tensor:
        return apply("negative", self)

    def __pos__(self) -> Tensor:
        return self + 0

    def __abs__(self) -> Tensor:
        return apply("abs", self)

    def __round__(self, decimals: int | None = None) -> Any:
        return round(self.item()) if decimals is None and not self.ndim else self.round(decimals or 0)

    def __getitem__(self, key: Any) -> Tensor:
        return apply("getitem", self, key=_key(key))


def _key(key: Any) -> Any:
    """What NumPy takes between brackets, Tensors as arrays and lists too (an empty one picks nothing)."""
    if isinstance(key, tuple):
        return tuple(_key(part) for part in key)
    if isinstance(key, Differentiable):
        return key.array if key.ndim or key.dtype.kind == "b" else int(key)
    return np.asarray(key, None if key else int) if isinstance(key, list) else key


class Tensor(Differentiable):
    """The result of a differentiable operation. It does not change.

    Converts to NumPy wherever NumPy asks: ``np.asarray(t)``, ``float(t)``, ``t == 0.5``, ``t.numpy()``.
    """

    __slots__ = ("__weakref__", "array")

    def __init__(self, array: Any) -> None:
        self.array = np.asarray(array)

    def __copy__(self) -> Tensor:
        return Tensor(self.array)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        return Tensor(self.array.copy())

    def __reduce__(self) -> tuple[Any, ...]:
        return Tensor, (self.array,)

    def __repr__(self) -> str:
        return f"<Tensor shape={self.shape}, dtype={self.dtype}, value={self}>"
