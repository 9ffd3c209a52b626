"""A function of one number over an interval, and its derivative, as dlcore computes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.autodiff import GradientTape, Tensor
from dlcore.autodiff.tracer import as_tensors
from dlcore.checks import number
from dlcore.floats import Array
from dlcore.plots import style

#: An even number: a kink at the middle of the interval lies between two points.
POINTS = 1200

#: A function of a Tensor (points, 1) that gives a number for each point.
Curve = Callable[[Tensor], Any]

#: How much of a function is drawn.
CHOICES = (False, True, "both")


def interval(low: Any, high: Any) -> Array:
    """Points from low to high, in float64.

    Raises
    ------
    ValueError
        If low is not below high.
    """
    first, last = number("low", low), number("high", high)
    if not first < last:
        raise ValueError(f"low must be below high; got {low!r} and {high!r}")
    return np.linspace(first, last, POINTS)


def check_derivative(derivative: Any) -> None:
    """Refuse what is none of the choices."""
    if not any(derivative is choice or derivative == choice for choice in CHOICES):
        raise ValueError(f"derivative must be False, True or 'both'; got {derivative!r}")


def values_and_slopes(label: str, function: Curve, x: Array) -> tuple[Array, Array]:
    """What the function gives at each point, and its derivative there, taken on the tape.

    Raises
    ------
    ValueError
        If the function does not give one number for each point.
    """
    points = Tensor(x[:, None])
    with GradientTape() as tape:
        tape.watch(points)
        values = as_tensors(function(points))[0]
    if values.size != x.size:
        raise ValueError(
            f"{label} must give a number for each of {x.size} points to be drawn; it gives shape {values.shape}"
        )
    slopes = tape.gradient(values, points)
    slopes = np.zeros_like(x) if slopes is None else np.asarray(slopes).reshape(-1)
    return np.asarray(values).reshape(-1), slopes


def draw(ax: style.Axes, x: Array, curves: Mapping[str, tuple[Array, Array]], derivative: Any) -> None:
    """A line for each curve's values, its slopes, or both, the slopes dashed."""
    style.zero_lines(ax)
    style.ruled(ax)
    for index, (label, (values, slopes)) in enumerate(curves.items()):
        if derivative == "both":
            ax.plot(*style.broken(x, values), label=label, color=style.colour(index), linewidth=1.8)
            ax.plot(
                *style.broken(x, slopes), "--", label=f"{label}, derivative", color=style.colour(index), linewidth=1.5
            )
        else:
            ax.plot(*style.broken(x, slopes if derivative else values), label=label, **style.look(index))
    style.legend(ax)
