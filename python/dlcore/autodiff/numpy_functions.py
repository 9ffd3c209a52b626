"""NumPy's own functions on Tensors: which differentiable function carries one out, and with which arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.autodiff.arraylike import COUNTERPARTS, FUNCTIONS

#: Ours that are another name of NumPy's, or that have no business there.
_OTHER_NAMES = {"abs": "absolute"}
_NOT_NUMPY = {"cast", "register", "apply", "dense", "activation", "gradients"}

#: Arguments that NumPy names differently, by function.
_ARGUMENTS = {
    "clip": {"a_min": "x_min", "a_max": "x_max", "min": "x_min", "max": "x_max"},
    "reshape": {"shape": "newshape"},
    "tile": {"reps": "repeats"},
}

#: How many arguments may come by position, where NumPy's later ones are not ours.
_POSITIONAL = dict.fromkeys(
    ("sum", "mean", "max", "min", "prod", "var", "std", "cumsum", "cumprod", "sort", "reshape"), 2
)

#: What NumPy's functions may be given that changes nothing.
_DEFAULTS = {"out": None, "dtype": None, "casting": "same_kind", "order": "C", "ddof": 0, "mode": "raise"}


def teach(functions: Mapping[str, Any]) -> None:
    """Let methods and NumPy's functions find the differentiable functions of these names."""
    FUNCTIONS.update(functions)
    for name, function in functions.items():
        theirs = np.linalg.norm if name == "norm" else getattr(np, _OTHER_NAMES.get(name, name), None)
        if theirs is not None and name not in _NOT_NUMPY:
            COUNTERPARTS[theirs] = _counterpart(name, function)


def _counterpart(name: str, function: Callable[..., Any]) -> Callable[[tuple[Any, ...], dict[str, Any]], Any]:
    """What calls the function as NumPy's was called, or answers NotImplemented if it has no such arguments."""
    code = function.__code__
    known = code.co_varnames[: code.co_argcount]
    most = np.inf if code.co_flags & inspect.CO_VARARGS else _POSITIONAL.get(name, len(known))
    least = len(known) - len(function.__defaults__ or ())
    aliases = _ARGUMENTS.get(name, {})

    def call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        wanted = {aliases.get(key, key): value for key, value in kwargs.items() if not _is_default(key, value)}
        if len(args) > most or not wanted.keys() <= set(known) or len(args) + len(wanted) < least:
            return NotImplemented
        return function(*args, **wanted)

    return call


def _is_default(key: str, value: Any) -> bool:
    return key in _DEFAULTS and (value is None or (_DEFAULTS[key] is not None and value == _DEFAULTS[key]))
