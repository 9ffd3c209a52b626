"""The way an optimizer takes down a surface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore import optimizers as families
from dlcore.autodiff import GradientTape
from dlcore.checks import whole
from dlcore.floats import Array
from dlcore.optimizers import Optimizer
from dlcore.plots import style
from dlcore.plots.surfaces import Surface, as_surface, point, surface_contour
from dlcore.variable import Variable

#: How long an adaptive optimizer's step may be: this share of the picture's width.
_STRIDE = 1 / 40


def trajectory(surface: Any, optimizer: Any, start: Any = None, steps: int = 50) -> NDArray[np.float64]:
    """Where an optimizer goes: the points of a descent, each step taken by the optimizer itself.

    Parameters
    ----------
    surface : str, Surface, or callable of two numbers
        See :func:`surface_contour`.
    optimizer : str or Optimizer
        A name means the optimizer's own defaults. An object is copied without its state, and stays as it is.
    start : (x, y), optional
        Default: the surface's.
    steps : int

    Returns
    -------
    (steps + 1, 2) array of float64
        The start, and the point after each step.

    Examples
    --------
    >>> trajectory("bowl", dlcore.optimizers.SGD(0.1), start=(1, 0), steps=2)[:, 0].round(4).tolist()
    [1.0, 0.9, 0.81]
    """
    found, fresh = as_surface(surface), _fresh(optimizer)
    first = point("start", found.start if start is None else start)
    x, y = (Variable(value, dtype="float64", name=name) for value, name in zip(first, "xy", strict=True))
    places = [first]
    with np.errstate(over="ignore", invalid="ignore"):  # a descent may diverge: that is to be seen
        for _ in range(whole("steps", steps, 0, 2**31 - 1)):
            with GradientTape() as tape:
                height = found.function(x, y)
            fresh.apply(tape.gradient(height, [x, y], unconnected_gradients="zero"), [x, y])
            places.append((float(x), float(y)))
    return np.array(places)


def optimizer_paths(
    optimizers: Any = None,
    surface: Any = "ravine",
    *,
    start: Any = None,
    steps: int = 50,
    ax: style.Axes | None = None,
) -> style.Axes:
    """The paths of one or several optimizers from the same start, on one contour.

    Parameters
    ----------
    optimizers : str, Optimizer, a list of them, or a dict of label to either
        Default: SGD, SGD with momentum, with Nesterov's, RMSprop and Adam, with learning rates fit for the surface.
    surface : str, Surface, or callable of two numbers
        See :func:`surface_contour`.
    start : (x, y), optional
        Default: the surface's.
    steps : int
        How many each takes.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    See Also
    --------
    trajectory : the points as numbers.

    Examples
    --------
    >>> ax = dlcore.plots.optimizer_paths({"Adam": dlcore.optimizers.Adam(0.1)}, "saddle", steps=80)
    """
    found = as_surface(surface)
    paths = trajectories(optimizers, found, start, steps)
    ax = surface_contour(found, ax=ax)
    for index, (label, path) in enumerate(paths.items()):
        draw_path(ax, path, index, label)
    _keep_limits(ax, found)
    style.legend(ax)
    return ax


def optimizer_panels(
    optimizers: Any = None, surface: Any = "ravine", *, start: Any = None, steps: int = 50
) -> style.Figure:
    """The paths of several optimizers side by side, each in a panel that says how low it came.

    Parameters
    ----------
    optimizers, surface, start, steps
        See :func:`optimizer_paths`.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = dlcore.plots.optimizer_panels(["sgd", "adam"], "bowl", steps=100)
    """
    found = as_surface(surface)
    paths = trajectories(optimizers, found, start, steps)
    columns = min(len(paths), 3)
    figure, places = style.panels(len(paths), columns=columns)
    for index, ((label, path), place) in enumerate(zip(paths.items(), places, strict=True)):
        surface_contour(found, ax=place)
        draw_path(place, path, index, label)
        _keep_limits(place, found)
        place.set_title(f"{label}: f = {float(found.function(*path[-1])):.3g} after {steps} steps", fontsize="medium")
        place.set(xlabel="" if index + columns < len(paths) else "x", ylabel="" if index % columns else "y")
    figure.suptitle(f"{found.name.replace('_', ' ').capitalize()}: {found.formula}".rstrip(": "))
    return figure


def trajectories(optimizers: Any, surface: Surface, start: Any, steps: int) -> dict[str, NDArray[np.float64]]:
    """The points of each optimizer's descent, by label."""
    optimizers = contenders(surface) if optimizers is None else optimizers
    found = style.labelled("optimizers", optimizers, _label)
    return {label: trajectory(surface, one, start, steps) for label, one in found.items()}


def contenders(surface: Surface) -> Mapping[str, Optimizer]:
    """Five optimizers with learning rates that are fit for a surface."""
    stride = (surface.x[1] - surface.x[0]) * _STRIDE
    return {
        "SGD": families.SGD(surface.rate),
        "momentum 0.9": families.SGD(surface.rate / 4, momentum=0.9),
        "Nesterov 0.9": families.SGD(surface.rate / 4, momentum=0.9, nesterov=True),
        "RMSprop": families.RMSprop(stride / 2),
        "Adam": families.Adam(stride),
    }


def draw_path(ax: style.Axes, path: Array, index: int, label: str) -> None:
    """A line with a dot at each step, a ring at the start and a large marker at the end."""
    colour = style.colour(index)
    many = len(path) > 400
    ax.plot(
        *path.T, color=colour, marker="" if many else ".", markersize=4, linewidth=0.6 if many else 1.3,
        alpha=0.8 if many else 1.0, zorder=3 if many else 4,
    )  # fmt: skip
    ax.plot(*path[0], "o", markerfacecolor="none", color=style.ink(ax), markersize=7, zorder=5)
    ax.plot(
        *path[-1], style.MARKERS[index % len(style.MARKERS)], color=colour, markeredgecolor=style.paper(ax),
        markersize=8, zorder=6, label=label,
    )  # fmt: skip


def _keep_limits(ax: style.Axes, surface: Surface) -> None:
    """A path may leave the picture; the picture stays."""
    ax.set(xlim=surface.x, ylim=surface.y)


def _fresh(optimizer: Any) -> Optimizer:
    """An optimizer without state, so that a path does not depend on what the caller's has done."""
    found = families.get(optimizer)
    if not isinstance(found, Optimizer):
        raise ValueError(f"optimizer must be a name or an Optimizer; got {optimizer!r}")
    return type(found).from_config(found.get_config())


def _label(optimizer: Any) -> str:
    return optimizer if isinstance(optimizer, str) else type(families.get(optimizer)).__name__
