"""Variable: the numbers that training changes, in arrays that engines and kernels update in place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from dlcore.autodiff.tracer import Differentiable, Tensor, read
from dlcore.floats import Array, float_dtype, floatx, numbers
from dlcore.markup import array_html
from dlcore.naming import auto_name

#: Bytes. One cache line, and the width of the widest vector register.
ALIGNMENT = 64

#: Bytes. Rows a multiple of this long would share few sets of the cache.
CROWDED = 1024


def allocate(shape: Sequence[int], dtype: Any) -> Array:
    """An uninitialized array that begins on a cache line.

    It is C-contiguous, except for a matrix whose rows are a multiple of ``CROWDED`` bytes long: those lie a cache line
    further apart.
    """
    dtype = np.dtype(dtype)
    line = ALIGNMENT // dtype.itemsize
    crowded = len(shape) == 2 and min(shape) > 0 and shape[1] * dtype.itemsize % CROWDED == 0
    stored = (shape[0], shape[1] + line) if crowded else tuple(shape)
    size = math.prod(stored) * dtype.itemsize
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    array: Array = memory[start : start + size].view(dtype).reshape(stored)
    return array[:, : shape[1]] if crowded else array


_left: ContextVar[list[int] | None] = ContextVar("numbers left", default=None)


@contextmanager
def weights_limited_to(count: int) -> Iterator[None]:
    """Within it, initializers may fill so many numbers altogether: what a file describes cannot take all memory."""
    token = _left.set([count])
    try:
        yield
    finally:
        _left.reset(token)


def _take(count: int) -> None:
    left = _left.get()
    if left is not None:
        left[0] -= count
        if left[0] < 0:
            raise ValueError(f"a weight of {count} numbers is more than the file holds")


class Variable(Differentiable):
    """A value that changes: Keras's ``keras.Variable``.

    It can be used as an array: in arithmetic (which the tape follows), comparisons, ``np.asarray(v)`` and
    ``float(v)``. Its memory stays where it is for life; assignments, optimizers and engines write into it.

    Parameters
    ----------
    initializer : number, array, or callable (shape, dtype) -> array
        The first value. A callable (or an initializer's name) needs ``shape``.
    shape : tuple of int, optional
        Needed with a callable initializer only.
    dtype : optional
        float32, float64, an integer type or bool. Default: that of a float32 or float64 array given as the value,
        else ``floatx()``.
    trainable : bool
        Whether tapes watch it unasked.
    name : str, optional
        Default: ``variable``, ``variable_1``, …
    autocast : bool
        Kept as an attribute; nothing is cast unasked.
    aggregation, synchronization : str
        Kept as attributes; they say what several replicas would do, and there is one.

    Attributes
    ----------
    array : ndarray
        The numbers themselves; see :func:`allocate` for how they lie in memory.
    """

    #: The layer it was made by, as a path of names.
    owner = ""

    def __init__(
        self,
        initializer: Any,
        shape: Sequence[int] | None = None,
        dtype: Any = None,
        trainable: bool = True,
        name: str | None = None,
        *,
        autocast: bool = True,
        aggregation: str = "none",
        synchronization: str = "auto",
    ) -> None:
        if isinstance(initializer, str):
            from dlcore import initializers

            initializer = initializers.get(initializer)
        if callable(initializer):
            if shape is None:
                raise ValueError(f"shape is needed to make a Variable from the initializer {initializer!r}")
            dtype = _dtype(dtype)
            _take(math.prod(shape))
            start = numbers("initializer", initializer(tuple(shape), dtype=dtype))
            if start.shape != tuple(shape):
                raise ValueError(f"initializer must give an array of the shape {tuple(shape)}; got {start.shape}")
        else:
            start = numbers("initializer", initializer)
            if dtype is None:
                keeps = isinstance(initializer, (np.ndarray, np.generic, Differentiable)) and start.dtype.kind == "f"
                dtype = start.dtype.newbyteorder("=") if keeps and start.itemsize in (4, 8) else floatx()
        self.array = allocate(start.shape, _dtype(dtype))
        self.array[...] = start
        self.trainable = trainable
        self.autocast, self.aggregation, self.synchronization = autocast, aggregation, synchronization
        self.regularizer: Any = None
        self.constraint: Any = None
        self.name = name or auto_name(type(self).__name__)

    @property
    def path(self) -> str:
        """The name behind the names of the layers it belongs to: ``"dense/kernel"``."""
        return f"{self.owner}/{self.name}" if self.owner else self.name

    @property
    def value(self) -> Tensor:
        """The value now, as a Tensor that later assignments leave alone."""
        return read(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """A copy, unless NumPy is told ``copy=False``: what was read does not change with the next step."""
        return super().__array__(dtype, copy=copy is not False)

    def assign(self, value: Any) -> Tensor:
        """Set the value; shapes must match. Returns the new value."""
        self._write(value, lambda new: new)
        return read(self)

    def assign_add(self, value: Any) -> Tensor:
        """Add to the value. Returns the new value."""
        self._write(value, lambda new: self.array + new)
        return read(self)

    def assign_sub(self, value: Any) -> Tensor:
        """Subtract from the value. Returns the new value."""
        self._write(value, lambda new: self.array - new)
        return read(self)

    def _write(self, value: Any, combine: Callable[[Array], Array]) -> None:
        new = numbers("value", value)
        if new.shape != self.shape:
            raise ValueError(f"value must have the shape {self.shape} of variable {self.name!r}; got {new.shape}")
        self.array[...] = combine(new.astype(self.dtype, copy=False))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, shape={self.shape}, dtype={self.dtype}, value={self}>"

    def _repr_html_(self) -> str:
        return array_html("Variable", self.array, self.path)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Copies and unpickled variables get memory of their own that is aligned again."""
        self.__dict__.update(state)
        self.array = allocate(state["array"].shape, state["array"].dtype)
        self.array[...] = state["array"]


def _dtype(dtype: Any) -> np.dtype[Any]:
    """A dtype that a Variable may have; None is ``floatx()``."""
    if dtype is not None and (found := np.dtype(dtype)).kind in "iub":
        native: np.dtype[Any] = found.newbyteorder("=")
        return native
    return float_dtype(dtype)
