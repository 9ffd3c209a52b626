"""Gradients in one call, and gradients of one's own."""

# ruff: noqa: ARG001 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.autodiff.seam import register
from dlcore.autodiff.tape import GradientTape, recording_tape
from dlcore.autodiff.tracer import Differentiable, Record, Tensor, active_recorders, as_tensors, tell
from dlcore.floats import floatx, numbers


class ValueAndGradients(NamedTuple):
    """What :func:`value_and_gradients` gives."""

    value: Any
    gradients: Any


def gradients(fn_or_tensor: Any, variables: Any, unconnected_gradients: str = "none") -> Any:
    """The derivatives of a number (or of the sum of an array's elements) with respect to some values.

    >>> w, b, x = Variable(2.0), Variable(1.0), 3.0
    >>> gradients(lambda: (w * x + b) ** 2, [w, b])
    [<Tensor shape=(), dtype=float32, value=42.0>, <Tensor shape=(), dtype=float32, value=14.0>]
    >>> gradients(lambda x, y: x**2 * y, [3.0, 5.0])
    [<Tensor shape=(), dtype=float32, value=30.0>, <Tensor shape=(), dtype=float32, value=9.0>]

    Parameters
    ----------
    fn_or_tensor : callable or Tensor
        A function without arguments of Variables it knows; or a function of the values, called with one argument for
        each (with one argument, if ``variables`` is a single value; by name, if it is a dict); or a Tensor that was
        computed within ``with GradientTape():``, whose tape still stands.
    variables : Variable, array or number, or a list, tuple or dict of them
        What to differentiate with respect to. For a Tensor: what it was computed from.
    unconnected_gradients : "none" or "zero"
        What a value gets that the function does not depend on: None, or zeros.

    Returns
    -------
    Tensor or None, in the structure of ``variables``
        Within another tape the results can be differentiated again.

    Raises
    ------
    TypeError
        If the function gives no Tensor: what it does left the tape (through ``float`` or ``.numpy()``, say), or does
        not depend on the values.
    RuntimeError
        If no tape has seen how the Tensor was computed, or its tape is spent.
    """
    if isinstance(fn_or_tensor, Differentiable):
        return recording_tape(fn_or_tensor).gradient(
            fn_or_tensor, variables, unconnected_gradients=unconnected_gradients
        )
    return value_and_gradients(fn_or_tensor, variables, unconnected_gradients).gradients


def value_and_gradients(fn: Callable[..., Any], variables: Any, unconnected_gradients: str = "none") -> Any:
    """A function's value together with its :func:`gradients`.

    >>> value_and_gradients(lambda x: x**2, 3.0)
    ValueAndGradients(value=<Tensor … value=9.0>, gradients=<Tensor … value=6.0>)

    Parameters
    ----------
    fn, variables, unconnected_gradients
        As in :func:`gradients`.

    Returns
    -------
    value : Tensor, or what else the function gave
        Of a tuple or list of results the sum is differentiated.
    gradients : Tensor or None, in the structure of ``variables``
    """
    if not callable(fn):
        raise TypeError(f"fn must be a function (or, for gradients, a Tensor); got {type(fn).__name__}: {fn!r}")
    sources = mapped(variables)
    with GradientTape() as tape:
        tape.watch(list(leaves(sources)))
        value = called_with(fn, sources)
    results = value if isinstance(value, (list, tuple)) else [value]
    if not results or not all(isinstance(result, Differentiable) for result in results):
        raise TypeError(
            f"the function must give a Tensor, computed from the values; got {type(value).__name__}. "
            "float(x), x.numpy() and np.asarray(x) leave the tape"
        )
    return ValueAndGradients(value, tape.gradient(results, sources, unconnected_gradients=unconnected_gradients))


def mapped(variables: Any) -> Any:
    """The structure with every plain value as a floating Tensor."""
    if isinstance(variables, Differentiable):
        return variables
    if isinstance(variables, dict):
        return {key: mapped(value) for key, value in variables.items()}
    if isinstance(variables, (list, tuple)):
        return type(variables)(mapped(value) for value in variables)
    array = numbers("variables", variables)
    if array.dtype.kind != "f" or not isinstance(variables, (np.ndarray, np.generic)):
        array = array.astype(floatx())
    return Tensor(array)


def leaves(sources: Any) -> Any:
    """The values of a structure, one after the other."""
    if isinstance(sources, Differentiable):
        yield sources
    else:
        for value in sources.values() if isinstance(sources, dict) else sources:
            yield from leaves(value)


def called_with(fn: Callable[..., Any], sources: Any) -> Any:
    """The function called without arguments if it takes none, else with the values."""
    given = () if isinstance(sources, dict) else (sources,) if isinstance(sources, Differentiable) else tuple(sources)
    named = sources if isinstance(sources, dict) else {}
    knows = not any(isinstance(leaf, Tensor) for leaf in leaves(sources))
    if knows and _takes(fn):
        return fn()
    if not _takes(fn, *given, **named):
        wanted = f"the names {', '.join(named)}" if named else f"{len(given)} values"
        hint = "; one without arguments goes with Variables, which it knows" if _takes(fn) else ""
        raise TypeError(f"the function must take {wanted}, an argument for each of variables{hint}; got {fn!r}")
    return fn(*given, **named)


def _takes(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Whether a function can be called with these arguments; in doubt it can, unless there are none."""
    try:
        signature = inspect.signature(fn)
    except (TypeError, ValueError):  # it does not tell
        return bool(args or kwargs)
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        return False
    return True


# --- Gradients of one's own ---


def _own_rule(g: Tensor, y: Tensor, *inputs: Tensor, position: int, pull: Callable[[Tensor], Sequence[Any]]) -> Tensor:
    found = pull(g)
    if len(found) != len(inputs):
        raise ValueError(f"a custom gradient must give {len(inputs)} gradients, one an argument; got {len(found)}")
    if found[position] is None:
        return Tensor(np.zeros_like(inputs[position].array))
    gradient = as_tensors(found[position])[0]
    if gradient.shape != inputs[position].shape:
        raise ValueError(
            f"a custom gradient must have the shape {inputs[position].shape} of argument {position}; "
            f"got {gradient.shape}"
        )
    return gradient


def _own(*inputs: Any, pull: Any) -> Any:
    raise NotImplementedError("custom gradients belong to functions, which custom_gradient calls itself")


register("custom_gradient", _own, each=_own_rule)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function with a gradient of one's own (a decorator): Keras's ``keras.ops.custom_gradient``.

    >>> @custom_gradient
    ... def log1pexp(x):
    ...     e = exp(x)
    ...     return log(1 + e), lambda upstream: upstream * (1 - 1 / (1 + e))

    Parameters
    ----------
    f : callable
        ``f(*arguments)`` gives (result, grad): a Tensor or a tuple of them, and a function that takes the gradients
        of the results (one by one, or as the keyword ``upstream`` if it has no default) and gives those of the
        arguments, one or a tuple. To be differentiated again, it uses differentiable functions.

    Returns
    -------
    callable
        Of the same arguments, which are Tensors, Variables, arrays or numbers; keyword arguments are not
        differentiated.
    """

    @functools.wraps(f)
    def called(*args: Any, **kwargs: Any) -> Any:
        inputs = as_tensors(*args)
        results, grad = f(*inputs, **kwargs)
        several = isinstance(results, (tuple, list))
        outputs = [Tensor(as_tensors(result)[0].array) for result in (results if several else [results])]
        if active_recorders():
            for position, output in enumerate(outputs):
                tell(Record("custom_gradient", inputs, output, {"pull": _pull(grad, inputs, outputs, position)}))
        return type(results)(outputs) if several else outputs[0]

    return called


def _pull(
    grad: Callable[..., Any], inputs: tuple[Tensor, ...], outputs: list[Tensor], position: int
) -> Callable[[Tensor], Sequence[Any]]:
    """The gradients of the inputs from that of one output; asked once for each input, it calls ``grad`` once."""
    zeros = [Tensor(np.zeros_like(output.array)) for output in outputs]
    keyword = inspect.signature(grad).parameters.get("upstream")
    by_name = keyword is not None and keyword.kind is keyword.KEYWORD_ONLY and keyword.default is keyword.empty
    known: list[Any] = [None, ()]

    def pull(g: Tensor) -> Sequence[Any]:
        if known[0] is not g:
            upstream = [*zeros[:position], g, *zeros[position + 1 :]]
            named = g if len(outputs) == 1 else tuple(upstream)
            found = grad(*inputs, upstream=named) if by_name else grad(*upstream)
            known[:] = g, found if isinstance(found, (tuple, list)) else (found,)
        found_before: Sequence[Any] = known[1]
        return found_before

    return pull
