"""``keras.ops``'s core: conversions, gradients by hand, and control flow, which is Python's own here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlcore import autodiff
from dlcore.autodiff.tracer import Differentiable, Tensor
from dlcore.ops.polymorphism import polymorphic

__all__ = [
    "cast", "cond", "convert_to_numpy", "convert_to_tensor", "custom_gradient", "dtype", "fori_loop", "is_tensor",
    "map", "ndim", "shape", "size", "stop_gradient", "switch", "unstack", "vectorized_map", "while_loop",
]  # fmt: skip

cast = polymorphic(autodiff.cast)
stop_gradient = polymorphic(autodiff.stop_gradient)
unstack = polymorphic(autodiff.unstack)
convert_to_tensor = autodiff.convert_to_tensor
convert_to_numpy = autodiff.convert_to_numpy
custom_gradient = autodiff.custom_gradient
shape = autodiff.shape


def is_tensor(x: Any) -> bool:
    """Whether x is a Tensor."""
    return isinstance(x, Tensor)


def dtype(x: Any) -> str:
    """The name of the dtype."""
    name: str = (x.dtype if isinstance(x, Differentiable) else np.asarray(x).dtype).name
    return name


def ndim(x: Any) -> int:
    """How many axes there are."""
    return len(shape(x))


def size(x: Any) -> int:
    """How many numbers there are."""
    return int(np.prod(shape(x)))


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """What the one or the other function gives."""
    return true_fn() if pred else false_fn()


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """The values after ``body`` was applied to them as long as ``cond`` held.

    Parameters
    ----------
    cond, body : callable
        Called with the values; the body gives as many.
    loop_vars : tuple, list, or a single value
        The values at the start.
    maximum_iterations : int, optional
    """
    single = not isinstance(loop_vars, (tuple, list))
    values = (loop_vars,) if single else tuple(loop_vars)
    count = 0
    while cond(*values) and (maximum_iterations is None or count < maximum_iterations):
        found = body(*values)
        values = tuple(found) if isinstance(found, (tuple, list)) else (found,)
        count += 1
    return values[0] if single else values


def fori_loop(lower: int, upper: int, body_fun: Callable[[int, Any], Any], init_val: Any) -> Any:
    """The value after ``body_fun(i, value)`` for every i from lower to upper - 1."""
    for i in range(int(lower), int(upper)):
        init_val = body_fun(i, init_val)
    return init_val


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """What the function at that place (the first or last, if it is beyond) gives for the operands."""
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """The results of f for every row of xs (or of each of several arrays, as a tuple), put together."""
    rows = list(zip(*xs, strict=True)) if isinstance(xs, (tuple, list)) else list(xs)
    results = [f(row) for row in rows]
    if results and isinstance(results[0], (tuple, list)):
        return type(results[0])(_stacked(part) for part in zip(*results, strict=True))
    return _stacked(results)


_stack = polymorphic(autodiff.stack)


def _stacked(parts: Sequence[Any]) -> Any:
    return _stack(list(parts))


#: The same here: there is nothing to vectorize.
vectorized_map = map
