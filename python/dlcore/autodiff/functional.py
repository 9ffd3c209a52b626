"""Gradients in one call: of a function, without a tape in sight."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from dlcore.autodiff.tape import GradientTape
from dlcore.autodiff.tracer import Differentiable, Tensor, as_tensors
from dlcore.floats import floatx


def gradients(target: Any, variables: Any, tape: GradientTape | None = None) -> Any:
    """How fast a result grows with each variable: its partial derivatives.

    >>> w, b = Variable(3.0), Variable(1.0)
    >>> gradients(lambda: (w * 2 + b) ** 2, [w, b])
    [<Tensor shape=(), dtype=float32, value=28.0>, <Tensor shape=(), dtype=float32, value=14.0>]
    >>> gradients(lambda x, y: x * y, [2.0, 5.0])
    [<Tensor shape=(), dtype=float32, value=5.0>, <Tensor shape=(), dtype=float32, value=2.0>]

    Parameters
    ----------
    target : callable, or Tensor
        A function that computes the result from Variables it knows (no arguments), or from the values it is called
        with: one argument for each of a list or tuple of variables, else the one. A Tensor that was computed before
        needs the tape that recorded how. If the result has several numbers, their sum is what is differentiated.
    variables : Variable, Tensor, array or number, or a list, tuple or dict of them
        With respect to what. Whole numbers are taken as ``floatx()``.
    tape : GradientTape, optional
        Which one recorded the target, if it is a Tensor.

    Returns
    -------
    Tensor, in the structure of ``variables``
        Each of its variable's shape; zeros where the result does not depend on it.

    Raises
    ------
    ValueError
        If the target is a Tensor but no tape is given, or a function and one is.
    TypeError
        If the target is neither, or a function that cannot be called so.
    """
    if callable(target):
        if tape is not None:
            raise ValueError("tape must be None where target is a function: it gets a tape of its own")
        return value_and_gradients(target, variables)[1]
    if not isinstance(target, Differentiable):
        raise TypeError(f"target must be a function or a Tensor; got {type(target).__name__}")
    if tape is None:
        raise ValueError(
            "a Tensor does not remember how it was computed: give a function, gradients(lambda: ..., variables), "
            "or the tape that recorded it, gradients(target, variables, tape=tape)"
        )
    return tape.gradient(target, variables, unconnected_gradients="zero")


def value_and_gradients(function: Callable[..., Any], variables: Any) -> tuple[Tensor, Any]:
    """The function's result and its :func:`gradients`, for the price of the latter.

    Parameters
    ----------
    function, variables
        As for :func:`gradients`.

    Returns
    -------
    value : Tensor
    gradients : in the structure of ``variables``
    """
    if not callable(function):
        raise TypeError(f"function must be callable; got {type(function).__name__}")
    sources = _differentiable(variables)
    with GradientTape() as tape:
        tape.watch(_leaves(sources))
        result = function(*_arguments(function, variables, sources))
        (value,) = as_tensors(result, name="the function's result")
    if not isinstance(result, Differentiable):
        raise TypeError(f"the function must compute a Tensor from its variables; got {type(result).__name__}")
    return value, tape.gradient(value, sources, unconnected_gradients="zero")


def _arguments(function: Callable[..., Any], variables: Any, sources: Any) -> tuple[Any, ...]:
    """What the function is called with: nothing if it needs nothing and can know the variables, else their values."""
    values = tuple(sources) if isinstance(sources, (list, tuple)) else (sources,)
    try:
        signature = inspect.signature(function)
    except ValueError:  # a function written in C
        return values
    known = all(isinstance(leaf, Differentiable) for leaf in _leaves(variables))
    for arguments in ((), values) if known else (values,):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return arguments
    raise TypeError(
        f"the function must take {'no arguments or ' if known else ''}the {len(values)} values of variables; "
        f"it is called as {getattr(function, '__name__', 'function')}{signature}"
    )


def _differentiable(variables: Any) -> Any:
    """The structure with arrays and numbers as floating Tensors of their own."""
    if isinstance(variables, Differentiable):
        return variables
    if isinstance(variables, dict):
        return {key: _differentiable(value) for key, value in variables.items()}
    if isinstance(variables, (list, tuple)):
        return type(variables)(_differentiable(value) for value in variables)
    (tensor,) = as_tensors(variables, name="variables")
    return tensor if tensor.dtype.kind == "f" else Tensor(tensor.array.astype(floatx()))


def _leaves(structure: Any) -> list[Any]:
    if isinstance(structure, (list, tuple, dict)):
        parts = structure.values() if isinstance(structure, dict) else structure
        return [leaf for part in parts for leaf in _leaves(part)]
    return [structure]
