"""One function for Tensors and for plain arrays: what comes in says what goes out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec

from dlcore.autodiff.tracer import Differentiable, Tensor

P = ParamSpec("P")


def traced(value: Any) -> bool:
    """Whether a value is a Tensor or Variable, or a list, tuple or dict that holds one."""
    if isinstance(value, Differentiable):
        return True
    if isinstance(value, dict):
        value = tuple(value.values())
    return isinstance(value, (list, tuple)) and any(map(traced, value))


def untraced(value: Any) -> Any:
    """A Tensor as NumPy gives results: an array, or a scalar where there are no axes; in lists and tuples too."""
    if isinstance(value, Tensor):
        return value.array[()]
    if isinstance(value, (list, tuple)):
        return type(value)(untraced(item) for item in value)
    return value


def polymorphic(function: Callable[P, Any]) -> Callable[P, Any]:
    """The function that gives Tensors as it does if there is one among its arguments, and plain arrays otherwise."""

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> Any:
        result = function(*args, **kwargs)
        return result if traced(args) or (kwargs and traced(kwargs)) else untraced(result)

    called.__module__ = "dlcore.ops"
    return called
