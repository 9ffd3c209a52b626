"""What can be written with a Tensor or Variable: operators and methods, each the function of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore.autodiff.seam import FUNCTIONS
from dlcore.floats import Array

if TYPE_CHECKING:
    from dlcore.autodiff.tracer import Tensor

Axis = int | Sequence[int] | None

_CALLED: dict[str, Callable[..., Tensor]] = FUNCTIONS


class Operators:
    """NumPy's operators and methods. What has no derivative (comparisons, logic) gives plain arrays."""

    __slots__ = ()

    array: Array

    # --- Comparison and logic ---

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

    def __and__(self, other: Any) -> Any:
        return self.array[()] & plain(other)

    def __rand__(self, other: Any) -> Any:
        return plain(other) & self.array[()]

    def __or__(self, other: Any) -> Any:
        return self.array[()] | plain(other)

    def __ror__(self, other: Any) -> Any:
        return plain(other) | self.array[()]

    def __xor__(self, other: Any) -> Any:
        return self.array[()] ^ plain(other)

    def __rxor__(self, other: Any) -> Any:
        return plain(other) ^ self.array[()]

    def __invert__(self) -> Any:
        return ~self.array[()]

    def all(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Whether every element (along the axes) is true."""
        return np.all(self.array, axis=_numpy_axis(axis), keepdims=keepdims)

    def any(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Whether some element (along the axes) is true."""
        return np.any(self.array, axis=_numpy_axis(axis), keepdims=keepdims)

    def argmax(self, axis: int | None = None) -> Any:
        """Where the largest element is; the first of several."""
        return np.argmax(self.array, axis=axis)

    def argmin(self, axis: int | None = None) -> Any:
        """Where the smallest element is; the first of several."""
        return np.argmin(self.array, axis=axis)

    def argsort(self, axis: int | None = -1) -> Any:
        """The order that sorts along the axis."""
        return np.argsort(self.array, axis=axis, kind="stable")

    # --- Arithmetic ---

    def __add__(self, other: Any) -> Tensor:
        return _CALLED["add"](self, other)

    def __radd__(self, other: Any) -> Tensor:
        return _CALLED["add"](other, self)

    def __sub__(self, other: Any) -> Tensor:
        return _CALLED["subtract"](self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return _CALLED["subtract"](other, self)

    def __mul__(self, other: Any) -> Tensor:
        return _CALLED["multiply"](self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return _CALLED["multiply"](other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return _CALLED["divide"](self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return _CALLED["divide"](other, self)

    def __floordiv__(self, other: Any) -> Tensor:
        return _CALLED["floor_divide"](self, other)

    def __rfloordiv__(self, other: Any) -> Tensor:
        return _CALLED["floor_divide"](other, self)

    def __mod__(self, other: Any) -> Tensor:
        return _CALLED["mod"](self, other)

    def __rmod__(self, other: Any) -> Tensor:
        return _CALLED["mod"](other, self)

    def __divmod__(self, other: Any) -> tuple[Tensor, Tensor]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Tensor, Tensor]:
        return other // self, other % self

    def __pow__(self, other: Any) -> Tensor:
        return _CALLED["power"](self, other)

    def __rpow__(self, other: Any) -> Tensor:
        return _CALLED["power"](other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return _CALLED["matmul"](self, other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return _CALLED["matmul"](other, self)

    def __neg__(self) -> Tensor:
        return _CALLED["negative"](self)

    def __pos__(self) -> Tensor:
        return self + 0

    def __abs__(self) -> Tensor:
        return _CALLED["absolute"](self)

    def __round__(self, decimals: int | None = None) -> Tensor:
        return _CALLED["round"](self, decimals or 0)

    def __getitem__(self, key: Any) -> Tensor:
        return _CALLED["getitem"](self, key)

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def clip(self, x_min: Any, x_max: Any) -> Tensor:
        """The values cut off at two bounds."""
        return _CALLED["clip"](self, x_min, x_max)

    def round(self, decimals: int = 0) -> Tensor:
        """The nearest number of so many decimals."""
        return _CALLED["round"](self, decimals)

    def dot(self, other: Any) -> Tensor:
        """The product of two arrays, summed over the last axis of this and the last but one of the other."""
        return _CALLED["dot"](self, other)

    # --- Reductions ---

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The sum over the axes (all, if None)."""
        return _CALLED["sum"](self, axis, keepdims)

    def prod(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The product over the axes (all, if None)."""
        return _CALLED["prod"](self, axis, keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The mean over the axes (all, if None)."""
        return _CALLED["mean"](self, axis, keepdims)

    def var(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The variance over the axes (all, if None)."""
        return _CALLED["var"](self, axis, keepdims)

    def std(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The standard deviation over the axes (all, if None)."""
        return _CALLED["std"](self, axis, keepdims)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The largest element over the axes (all, if None)."""
        return _CALLED["max"](self, axis, keepdims)

    def min(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The smallest element over the axes (all, if None)."""
        return _CALLED["min"](self, axis, keepdims)

    def cumsum(self, axis: int | None = None) -> Tensor:
        """The running sum along the axis (of all elements in a row, if None)."""
        return _CALLED["cumsum"](self, axis)

    # --- Shape ---

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The axes in reverse order."""
        return _CALLED["transpose"](self)

    def transpose(self, *axes: Any) -> Tensor:
        """The axes in another order: ``t.transpose(1, 0)``, ``t.transpose((1, 0))``, or reversed."""
        return _CALLED["transpose"](self, _spread(axes) if axes else None)

    def reshape(self, *shape: Any) -> Tensor:
        """The same numbers in another shape: ``t.reshape(2, -1)`` or ``t.reshape((2, -1))``."""
        return _CALLED["reshape"](self, _spread(shape))

    def flatten(self) -> Tensor:
        """All elements along one axis."""
        return _CALLED["reshape"](self, (-1,))

    def ravel(self) -> Tensor:
        """All elements along one axis."""
        return _CALLED["reshape"](self, (-1,))

    def squeeze(self, axis: Axis = None) -> Tensor:
        """Without the axes of length 1 (or those named)."""
        return _CALLED["squeeze"](self, axis)

    def swapaxes(self, axis1: int, axis2: int) -> Tensor:
        """Two axes exchanged."""
        return _CALLED["swapaxes"](self, axis1, axis2)

    def repeat(self, repeats: Any, axis: int | None = None) -> Tensor:
        """Each element repeated along the axis."""
        return _CALLED["repeat"](self, repeats, axis)

    def take(self, indices: Any, axis: int | None = None) -> Tensor:
        """The elements at some places along the axis."""
        return _CALLED["take"](self, indices, axis)

    def astype(self, dtype: Any) -> Tensor:
        """The same numbers in another dtype."""
        return _CALLED["cast"](self, dtype)


def plain(value: Any) -> Any:
    """The array behind a Tensor or Variable; anything else as it is, and what holds some of them with arrays."""
    if isinstance(value, Operators):
        return value.array
    if type(value) in (list, tuple):
        return type(value)(plain(item) for item in value)
    return value


def _numpy_axis(axis: Axis) -> Any:
    """The axes as NumPy takes them: no lists."""
    return tuple(axis) if isinstance(axis, Sequence) else axis


def _spread(numbers: tuple[Any, ...]) -> Any:
    """``f(1, 2)`` and ``f((1, 2))`` alike."""
    return numbers[0] if len(numbers) == 1 else numbers
