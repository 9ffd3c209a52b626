"""Functions whose gradient their author gives."""

# ruff: noqa: ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from dlcore.autodiff.tracer import Tensor, apply, as_tensors, register_variadic

register_variadic(
    "custom",
    lambda *arrays, result, gradient: result,
    lambda position, g, y, *inputs, result, gradient: gradient(g)[position],
)


def custom_gradient(f: Callable[..., tuple[Any, Callable[..., Any]]]) -> Callable[..., Tensor]:
    """Let a function say itself what its gradient is (Keras's ``ops.custom_gradient``).

    >>> @custom_gradient
    ... def log1pexp(x):
    ...     e = exp(x)
    ...     return log(1 + e), lambda upstream: upstream * (1 - 1 / (1 + e))

    Parameters
    ----------
    f : callable (*args) -> (result, gradient)
        ``gradient(upstream)`` gives the gradient of each argument from that of the result: one, or a tuple in the order
        of the arguments. One that takes ``upstream`` by name only is called ``gradient(*args, upstream=...)``. Written
        in differentiable operations of the arguments it can be differentiated again.

    Returns
    -------
    callable
        Takes what f takes and gives f's result, differentiated as f says.
    """

    @wraps(f)
    def function(*args: Any) -> Tensor:
        inputs = as_tensors(*args)
        result, gradient = f(*inputs)
        by_name = _takes_upstream_by_name(gradient)

        def gradients(g: Tensor) -> tuple[Any, ...]:
            found = gradient(*inputs, upstream=g) if by_name else gradient(g)
            found = found if isinstance(found, (tuple, list)) else (found,)
            if len(found) != len(inputs):
                raise ValueError(f"{f.__name__}: gradient must give {len(inputs)} values; got {len(found)}")
            return as_tensors(*found)

        return apply("custom", *inputs, result=as_tensors(result)[0].array, gradient=gradients)

    return function


def _takes_upstream_by_name(gradient: Callable[..., Any]) -> bool:
    parameter = inspect.signature(gradient).parameters.get("upstream")
    return parameter is not None and parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty
