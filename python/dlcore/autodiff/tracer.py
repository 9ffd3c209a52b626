"""Values that remember how they were made: Tensor, and ``apply``, which carries out an operation and tells the tapes.

Nothing here knows any numerics: the operations register in :mod:`~dlcore.autodiff.seam` from outside.
"""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import threading
from typing import Any, NamedTuple, Protocol

import numpy as np

from dlcore.autodiff.operators import Operators, plain
from dlcore.autodiff.seam import FUNCTIONS, OPERATIONS, TWINS, register
from dlcore.floats import Array, floatx, numbers
from dlcore.markup import array_html

__all__ = ["OPERATIONS", "Differentiable", "Record", "Tensor", "apply", "as_tensors", "read", "register"]


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

    Raises
    ------
    ValueError, IndexError, TypeError
        As the operation raises it, with the operation's name and the shapes of its inputs before the message.
    """
    tensors = as_tensors(*inputs)
    try:
        output = Tensor(OPERATIONS[name].forward(*[t.array for t in tensors], **parameters))
    except (ValueError, IndexError, TypeError) as error:
        raise _told(error, name, tensors) from error
    if _recorders.active:
        tell(Record(name, tensors, output, parameters))
    return output


def _told(error: Exception, name: str, tensors: tuple[Tensor, ...]) -> Exception:
    """The error with operation and shapes in its message."""
    kind = next(base for base in (IndexError, ValueError, TypeError) if isinstance(error, base))
    shapes = " and ".join(str(tensor.shape) for tensor in tensors)
    return kind(f"{name} of shape{'s' * (len(tensors) > 1)} {shapes}: {error}")


def tell(record: Record) -> None:
    """Show an operation to the tapes; those that track one of its inputs remember it."""
    for recorder in _recorders.active:
        for value in record.inputs:
            if recorder.tracks(value):
                recorder.record(record)
                break


def read(variable: Differentiable) -> Tensor:
    """A variable's value as it is now, unmoved by later assignments."""
    snapshot = Tensor(variable.array.copy())
    if _recorders.active:
        tell(Record("read", (variable,), snapshot, {}))
    return snapshot


register("read", np.copy, lambda g, y, x: g)


def as_tensors(*values: Any, name: str = "an operand") -> tuple[Tensor, ...]:
    """Each value as a Tensor; bare numbers and lists take the dtype of the first value that has one.

    ``name`` is what error messages call a value that holds no real numbers.
    """
    for value in values:
        if type(value) is not Tensor:
            break
    else:
        return values
    dtype = next((v.dtype for v in values if isinstance(v, (Differentiable, np.ndarray, np.generic))), None)
    return tuple([_as_tensor(value, dtype, name) for value in values])


def _as_tensor(value: Any, like: Any, name: str) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Differentiable):
        return read(value)
    if type(value) is float:
        return Tensor(np.array(value, like if like is not None and like.kind == "f" else floatx()))
    array = numbers(name, value)
    if isinstance(value, (np.ndarray, np.generic)):
        return Tensor(array)
    if like is not None and (like.kind == "f" or array.dtype.kind != "f"):
        return Tensor(array.astype(like))
    return Tensor(array.astype(floatx()) if array.dtype.kind == "f" else array)


class Differentiable(Operators):
    """Conversion to and from NumPy, shared by Tensor and Variable. ``array`` holds the numbers."""

    __slots__ = ()

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

    def numpy(self) -> Any:
        """A copy as an ndarray, or a NumPy scalar where there are no axes."""
        return np.array(self.array)[()]

    def item(self, *place: int) -> Any:
        """The only element (or the one at a place), as a Python number."""
        return self.array.item(*place)

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        return self.array.tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        array = self.array if dtype is None else self.array.astype(dtype, copy=False)
        return array.copy() if copy else array

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """NumPy's elementwise functions: on the tape where they have a derivative, plain otherwise."""
        if method == "__call__" and not options and ufunc in TWINS:
            return TWINS[ufunc](*inputs)
        return getattr(ufunc, method)(*plain(inputs), **{name: plain(value) for name, value in options.items()})

    def __array_function__(self, called: Any, types: Any, args: Any, options: Any) -> Any:
        """NumPy's other functions: on the tape where they have a derivative, plain otherwise."""
        found = FUNCTIONS["numpy_function"](called, args, options)
        if found is not NotImplemented:
            return found
        return called(*plain(args), **{name: plain(value) for name, value in options.items()})

    def __float__(self) -> float:
        return float(self.array.item())

    def __int__(self) -> int:
        return int(self.array.item())

    def __bool__(self) -> bool:
        return bool(self.array)

    def __index__(self) -> int:
        return self.array.__index__()

    def __format__(self, spec: str) -> str:
        return format(self.array.item(), spec) if spec and self.ndim == 0 else format(str(self), spec)

    def __str__(self) -> str:
        return str(self.array[()])


class Tensor(Differentiable):
    """The result of a differentiable operation. It does not change.

    Converts to NumPy wherever NumPy asks: ``np.asarray(t)``, ``float(t)``, ``t == 0.5``, ``t.numpy()``.
    """

    __slots__ = ("__weakref__", "_activation", "_keras_mask", "array")

    #: Which samples count in a loss, as an array of bools; mostly not set.
    _keras_mask: Any
    #: Of a model's output in training: the activation that gave it, and of what; mostly not set.
    _activation: tuple[str, Differentiable]

    def __init__(self, array: Any) -> None:
        self.array = np.asarray(array)

    def __repr__(self) -> str:
        return f"<Tensor shape={self.shape}, dtype={self.dtype}, value={self}>"

    def _repr_html_(self) -> str:
        return array_html("Tensor", self.array)
