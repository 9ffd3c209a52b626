"""What the methods that subclasses define want to be given: arguments by name, shapes by the names of tensors."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


@functools.lru_cache(maxsize=512)
def names_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's arguments, without ``self`` and stars; of a method's plain function."""
    stars = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return tuple(p.name for p in list(inspect.signature(function).parameters.values())[1:] if p.kind not in stars)


def shapes_for(
    build: Callable[..., Any], call: Callable[..., Any], shapes: dict[str, Any], layer: str
) -> dict[str, Any]:
    """The arguments of ``build`` from the shapes of the tensors that ``call`` got, by the names these have there.

    A build with one argument gets the shape of the first tensor; otherwise ``x_shape`` is that of ``x``.

    Raises
    ------
    ValueError
        If build has an argument that names no tensor.
    """
    wanted = names_of(build)
    if len(wanted) == 1:
        return {wanted[0]: next(iter(shapes.values()), None)}
    found: dict[str, Any] = {}
    for name in wanted:
        tensor = name.removesuffix("_shape")
        if tensor == name:
            raise ValueError(
                f"For a `build()` with several arguments all must end in `_shape`, after the arguments of `call()`. "
                f"{layer}.build() has the argument `{name}`, which does not end in `_shape`"
            )
        if tensor not in names_of(call):
            raise ValueError(
                f"For a `build()` with several arguments these must be called after the arguments of `call()`. "
                f"{layer}.build() has the argument `{name}`, but `call()` does not have argument `{tensor}`"
            )
        if tensor in shapes:
            found[name] = shapes[tensor]
    return found
