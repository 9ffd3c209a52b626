"""Values that remember how they were made: Tensor, the operations on it, and the seam where rules register.

Nothing here knows any numerics. An operation is a name with a forward function on arrays and, for each input, a
rule that turns the gradient of its output into the gradient of that input. Rules are themselves written in
differentiable operations, so gradients of gradients need nothing more.
"""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from dlcore.floats import Array, floatx, numbers

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
    output = Tensor(operation.forward(*(t.array for t in tensors), **parameters))
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


class Differentiable:
    """Arithmetic and conversion to NumPy, shared by Tensor and Variable. ``array`` holds the numbers."""

    __slots__ = ()

    #: Makes ``ndarray + tensor`` a Tensor: NumPy leaves the operation to the operand of higher priority.
    __array_priority__ = 1000

    array: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.array.shape

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return self.array.ndim

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self.array.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy dtype; compares equal to its name: ``t.dtype == "float32"``."""
        return self.array.dtype

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The transpose."""
        return apply("transpose", self, axes=None)

    def numpy(self) -> Any:
        """A copy as an ndarray, or a NumPy scalar where there are no axes."""
        return np.array(self.array)[()]

    def item(self) -> Any:
        """The only element, as a Python number."""
        return self.array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        return self.array.tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        array = self.array if dtype is None else self.array.astype(dtype, copy=False)
        return array.copy() if copy else array

    def __float__(self) -> float:
        return float(self.array.item())

    def __int__(self) -> int:
        return int(self.array.item())

    def __bool__(self) -> bool:
        return bool(self.array)

    def __index__(self) -> int:
        return self.array.__index__()

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __format__(self, spec: str) -> str:
        return format(self.array.item(), spec) if spec and self.ndim == 0 else format(str(self), spec)

    def __str__(self) -> str:
        return str(self.array[()])

    def __eq__(self, other: object) -> Any:
        return self.array[()] == plain(other)

    def __ne__(self, other: object) -> Any:
        return self.array[()] != plain(other)

    def __lt__(self, other: Any) -> Any:
        return self.array[()] < plain(other)

    def __le__(self, other: Any) -> Any:
        return self.array[()] <= plain(other)

    def __gt__(self, other: Any) -> Any:
        return self.array[()] > plain(other)

    def __ge__(self, other: Any) -> Any:
        return self.array[()] >= plain(other)

    __hash__ = object.__hash__

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

    def __neg__(self) -> Tensor:
        return apply("negative", self)

    def __pos__(self) -> Tensor:
        return self + 0

    def __abs__(self) -> Tensor:
        return apply("abs", self)

    def __getitem__(self, key: Any) -> Tensor:
        return apply("getitem", self, key=_key(key))


def _key(key: Any) -> Any:
    """What NumPy takes between brackets, Tensors as arrays and lists too (an empty one picks nothing)."""
    if isinstance(key, tuple):
        return tuple(_key(part) for part in key)
    if isinstance(key, Differentiable):
        return key.array if key.ndim or key.dtype.kind == "b" else int(key)
    return np.asarray(key, None if key else int) if isinstance(key, list) else key


def plain(value: object) -> Any:
    """The array of a Tensor or Variable; anything else as it is."""
    return value.array if isinstance(value, Differentiable) else value


class Tensor(Differentiable):
    """The result of a differentiable operation. It does not change.

    Converts to NumPy wherever NumPy asks: ``np.asarray(t)``, ``float(t)``, ``t == 0.5``, ``t.numpy()``.
    """

    __slots__ = ("__weakref__", "array")

    def __init__(self, array: Any) -> None:
        self.array = np.asarray(array)

    def __repr__(self) -> str:
        return f"<Tensor shape={self.shape}, dtype={self.dtype}, value={self}>"
