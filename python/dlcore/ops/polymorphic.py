"""The one way in which a function serves plain arrays and the tape: what goes in says what comes out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import Differentiable


def on_tape(*values: Any) -> bool:
    """Whether a Tensor or Variable is among the values, or in a list, tuple or dict among them."""
    return any(
        isinstance(value, Differentiable)
        or (isinstance(value, (list, tuple)) and on_tape(*value))
        or (isinstance(value, dict) and on_tape(*value.values()))
        for value in values
    )


def polymorphic(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with results of its arguments' kind: arrays for arrays, a Tensor where a Tensor came in."""

    @wraps(function)
    def either(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        return (_tensors if on_tape(*args, *kwargs.values()) else _arrays)(result)

    return either


def _tensors(result: Any) -> Any:
    if isinstance(result, (list, tuple)):
        return _rebuilt(result, _tensors)
    return result if isinstance(result, Tensor) else Tensor(result)


def _arrays(result: Any) -> Any:
    if isinstance(result, (list, tuple)):
        return _rebuilt(result, _arrays)
    return result.array if isinstance(result, Tensor) else np.asarray(result)


def _rebuilt(parts: Any, function: Callable[[Any], Any]) -> Any:
    """The function of each part, in a list, a tuple or a named tuple as they were."""
    made = [function(part) for part in parts]
    return type(parts)(*made) if hasattr(parts, "_fields") else type(parts)(made)
