"""What a differentiable value shares with an ndarray: attributes, conversions, comparisons, methods, NumPy's functions.

Nothing here knows any numerics or tapes. Methods and NumPy's functions are looked up in tables that are filled
when the operations are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore.floats import Array

if TYPE_CHECKING:
    from dlcore.autodiff.tracer import Tensor

Axis = int | Sequence[int] | None

#: The differentiable functions by name, which methods call.
FUNCTIONS: dict[str, Callable[..., Tensor]] = {}

#: What a function of NumPy is on the tape.
COUNTERPARTS: dict[Any, Callable[[tuple[Any, ...], dict[str, Any]], Any]] = {}


def plain(value: Any) -> Any:
    """The arrays of Tensors and Variables, also of those in lists, tuples and dicts; anything else as it is."""
    if isinstance(value, ArrayLike):
        return value.array
    if isinstance(value, (list, tuple)) and any(isinstance(part, (ArrayLike, list, tuple)) for part in value):
        return type(value)(plain(part) for part in value)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value


class ArrayLike:
    """A value in the array ``array``, which NumPy can use."""

    __slots__ = ()

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

    # --- Conversions ---

    def numpy(self) -> Any:
        """A copy as an ndarray, or a NumPy scalar where there are no axes."""
        return np.array(self.array)[()]

    def item(self, *place: Any) -> Any:
        """The only element, or that in a place, as a Python number."""
        return self.array.item(*place)

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

    def __contains__(self, number: Any) -> bool:
        return plain(number) in self.array

    def __format__(self, spec: str) -> str:
        return format(self.array.item(), spec) if spec and self.ndim == 0 else format(str(self), spec)

    def __str__(self) -> str:
        return str(self.array[()])

    # --- Comparisons and logic, which give arrays ---

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

    def __invert__(self) -> Any:
        return ~self.array[()]

    def __and__(self, other: Any) -> Any:
        return self.array[()] & plain(other)

    def __or__(self, other: Any) -> Any:
        return self.array[()] | plain(other)

    def __xor__(self, other: Any) -> Any:
        return self.array[()] ^ plain(other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def any(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Whether any number is not 0."""
        return np.any(self.array, axis=axis, keepdims=keepdims)

    def all(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Whether no number is 0."""
        return np.all(self.array, axis=axis, keepdims=keepdims)

    def argmax(self, axis: int | None = None) -> Any:
        """The place of the largest number."""
        return np.argmax(self.array, axis=axis)

    def argmin(self, axis: int | None = None) -> Any:
        """The place of the smallest number."""
        return np.argmin(self.array, axis=axis)

    def argsort(self, axis: int = -1) -> Any:
        """The places of the numbers in ascending order."""
        return np.argsort(self.array, axis=axis, kind="stable")

    # --- NumPy's functions: on the tape where they have a counterpart, on arrays otherwise ---

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        counterpart = COUNTERPARTS.get(ufunc) if method == "__call__" else None
        found = NotImplemented if counterpart is None else counterpart(inputs, kwargs)
        return getattr(ufunc, method)(*plain(inputs), **plain(kwargs)) if found is NotImplemented else found

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        counterpart = COUNTERPARTS.get(function)
        found = NotImplemented if counterpart is None else counterpart(args, kwargs)
        return function(*plain(args), **plain(kwargs)) if found is NotImplemented else found


class Methods(ArrayLike):
    """The methods of an ndarray that the tape follows."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Tensor]:
        if self.ndim == 0:
            raise TypeError("a value without axes cannot be iterated over")
        return (FUNCTIONS["getitem"](self, i) for i in range(len(self)))

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The sum over the axes."""
        return FUNCTIONS["sum"](self, axis, keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The mean over the axes."""
        return FUNCTIONS["mean"](self, axis, keepdims)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The largest number over the axes."""
        return FUNCTIONS["max"](self, axis, keepdims)

    def min(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The smallest number over the axes."""
        return FUNCTIONS["min"](self, axis, keepdims)

    def prod(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The product over the axes."""
        return FUNCTIONS["prod"](self, axis, keepdims)

    def var(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The variance over the axes."""
        return FUNCTIONS["var"](self, axis, keepdims)

    def std(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The standard deviation over the axes."""
        return FUNCTIONS["std"](self, axis, keepdims)

    def cumsum(self, axis: int | None = None) -> Tensor:
        """The sums of the first, the first two, … numbers along the axis."""
        return FUNCTIONS["cumsum"](self, axis)

    def clip(self, x_min: Any = None, x_max: Any = None) -> Tensor:
        """The numbers cut off at two bounds."""
        return FUNCTIONS["clip"](self, x_min, x_max)

    def round(self, decimals: int = 0) -> Tensor:
        """The numbers rounded to so many decimals."""
        return FUNCTIONS["round"](self, decimals)

    def dot(self, other: Any) -> Tensor:
        """The product by the rules of ``numpy.dot``."""
        return FUNCTIONS["dot"](self, other)

    def take(self, indices: Any, axis: int | None = None) -> Tensor:
        """The parts in the given places of an axis."""
        return FUNCTIONS["take"](self, indices, axis)

    def reshape(self, *shape: Any) -> Tensor:
        """The same numbers in another shape, given as one tuple or as numbers."""
        return FUNCTIONS["reshape"](self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Tensor:
        """The axes in another order, given as one tuple or as numbers: reversed, if none are."""
        return FUNCTIONS["transpose"](self, (axes[0] if len(axes) == 1 else axes) or None)

    def swapaxes(self, axis1: int, axis2: int) -> Tensor:
        """Two axes in each other's places."""
        return FUNCTIONS["swapaxes"](self, axis1, axis2)

    def squeeze(self, axis: Axis = None) -> Tensor:
        """Without axes of length 1."""
        return FUNCTIONS["squeeze"](self, axis)

    def flatten(self) -> Tensor:
        """The numbers along one axis."""
        return FUNCTIONS["ravel"](self)

    def ravel(self) -> Tensor:
        """The numbers along one axis."""
        return FUNCTIONS["ravel"](self)

    def astype(self, dtype: Any) -> Tensor:
        """The same numbers in another dtype."""
        return FUNCTIONS["cast"](self, dtype)

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The transpose."""
        return FUNCTIONS["transpose"](self)
