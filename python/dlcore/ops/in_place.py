"""How a step in place is taken: the arrays are checked, then the kernel is called."""

from __future__ import annotations

from typing import Any

from dlcore import checks
from dlcore.backends import get_backend
from dlcore.backends.contract import Array
from dlcore.backends.network import Hyper


def step(kind: str, hyper: Hyper, p: Array, g: Any, names: tuple[str, ...] = (), *state: Array) -> None:
    """Take a step of a kind with arrays that may be anyone's; ``names`` are the state's in error messages."""
    if not checks.in_place_together(p, g, *state):
        g = _checked(p, g, names, state)
    get_backend().update(kind, p, g, state, hyper)


def _checked(p: Array, g: Any, names: tuple[str, ...], state: tuple[Array, ...]) -> Array:
    """The gradient, converted if need be, once everything is known to be fit for a step."""
    names, changed = ("p", *names), (p, *state)
    for name, array in zip(names, changed, strict=True):
        checks.in_place(name, array)
        if array.dtype != p.dtype:
            raise TypeError(f"{name} must have dtype {p.dtype}, that of p; got {array.dtype}")
        checks.shape(name, array, p.shape, "(that of p)")
    gradient = checks.converted("g", g, p.dtype)
    checks.shape("g", gradient, p.shape, "(that of p)")
    for i, (name, array) in enumerate(zip(names, changed, strict=True)):
        checks.apart((name, "g", *names), array, g, *changed[:i])
    return gradient


def rate_and_decay(learning_rate: float, weight_decay: float) -> tuple[float, float]:
    """The two numbers that every step has, checked."""
    return checks.number("learning_rate", learning_rate, 0), checks.number("weight_decay", weight_decay, 0)
