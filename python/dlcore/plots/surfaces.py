"""Functions of two numbers to descend on, and their pictures from above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dlcore.checks import number, whole
from dlcore.floats import Array
from dlcore.plots import style
from dlcore.registry.names import unknown_name

#: Points along each side of a contour's grid.
_GRID = 241


class Surface(NamedTuple):
    """A function of two numbers, and the part of it that is worth seeing.

    Attributes
    ----------
    name : str
    function : callable
        f(x, y), of arrays and of Tensors alike: written with operators and :mod:`dlcore.ops`.
    formula : str
        The same for a title, in matplotlib's mathematics.
    x, y : (float, float)
        The limits of the picture.
    start : (float, float)
        Where a descent may begin.
    minima : tuple of (float, float)
        Where the function is smallest, a local minimum included.
    rate : float
        A learning rate that plain gradient descent from the start is stable with.
    """

    name: str
    function: Callable[[Any, Any], Any]
    formula: str
    x: tuple[float, float] = (-2.0, 2.0)
    y: tuple[float, float] = (-2.0, 2.0)
    start: tuple[float, float] = (-1.5, 1.5)
    minima: tuple[tuple[float, float], ...] = ()
    rate: float = 0.05


def _bowl(x: Any, y: Any) -> Any:
    return (x**2 + y**2) / 2


def _ravine(x: Any, y: Any) -> Any:
    return (x**2 + 20 * y**2) / 2


def _saddle(x: Any, y: Any) -> Any:
    return x**2 - y**2 + y**4 / 4


def _local_minimum(x: Any, y: Any) -> Any:
    return (x**2 - 1) ** 2 + 0.3 * x + y**2


def _rosenbrock(x: Any, y: Any) -> Any:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _himmelblau(x: Any, y: Any) -> Any:
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


#: The surfaces by name.
SURFACES = {
    surface.name: surface
    for surface in (
        Surface("bowl", _bowl, r"$\frac{1}{2}(x^2 + y^2)$", minima=((0.0, 0.0),), rate=0.1),
        Surface(
            "ravine", _ravine, r"$\frac{1}{2}(x^2 + 20\,y^2)$", (-4.5, 1.5), (-1.6, 1.6), (-4.0, 1.2),
            ((0.0, 0.0),), 0.085,
        ),
        Surface(
            "saddle", _saddle, r"$x^2 - y^2 + \frac{1}{4}y^4$", (-2.0, 2.0), (-2.2, 2.2), (-1.7, 0.01),
            ((0.0, -(2**0.5)), (0.0, 2**0.5)), 0.05,
        ),
        Surface(
            "local_minimum", _local_minimum, r"$(x^2 - 1)^2 + 0.3\,x + y^2$", (-1.8, 1.9), (-1.4, 1.4), (1.75, 1.1),
            ((0.960149, 0.0), (-1.035579, 0.0)), 0.02,
        ),
        Surface(
            "rosenbrock", _rosenbrock, r"$(1 - x)^2 + 100\,(y - x^2)^2$", (-1.8, 1.8), (-0.8, 2.4), (-1.4, 0.3),
            ((1.0, 1.0),), 0.001,
        ),
        Surface(
            "himmelblau", _himmelblau, r"$(x^2 + y - 11)^2 + (x + y^2 - 7)^2$", (-5.0, 5.0), (-5.0, 5.0), (-0.5, -0.9),
            ((3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)), 0.01,
        ),
    )
}  # fmt: skip


def as_surface(surface: Any) -> Surface:
    """A surface from its name, itself, or a function of two numbers.

    Raises
    ------
    ValueError
        For an unknown name, which lists the known ones.
    TypeError
        If it is neither.
    """
    if isinstance(surface, Surface):
        return surface
    if isinstance(surface, str):
        if surface not in SURFACES:
            raise ValueError(unknown_name("surface", surface, SURFACES))
        return SURFACES[surface]
    if callable(surface):
        name = getattr(surface, "__name__", "surface")
        return Surface("surface" if name == "<lambda>" else name, surface, "")
    raise TypeError(f"surface must be a name, a Surface or a function of two numbers; got {surface!r}")


def surface_contour(
    surface: Any = "ravine", *, levels: int = 20, formula: bool = True, ax: style.Axes | None = None
) -> style.Axes:
    """A surface from above: lines of equal height, closer to each other towards the bottom, and its minima.

    Parameters
    ----------
    surface : str, Surface, or callable of two numbers
        "bowl" ½(x² + y²); "ravine" ½(x² + 20y²); "saddle" x² - y² + ¼y⁴, minima at (0, ±√2);
        "local_minimum" (x² - 1)² + 0.3x + y², of whose two minima the left is the lower;
        "rosenbrock" (1 - x)² + 100(y - x²)²; "himmelblau" (x² + y - 11)² + (x + y² - 7)², four minima of 0.
    levels : int
        How many heights.
    formula : bool
        Whether the title gives it.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = dlcore.plots.surface_contour("himmelblau")
    """
    found = as_surface(surface)
    whole("levels", levels, 2, 1000)
    x, y = np.meshgrid(np.linspace(*found.x, _GRID), np.linspace(*found.y, _GRID))
    z = np.broadcast_to(np.asarray(found.function(x, y), np.float64), x.shape)
    heights = levels_of(z, levels)
    ax = style.axes(ax, size=(5.6, 4.6))
    contour(ax, x, y, z, heights)
    for place in found.minima:
        ax.plot(*place, "+", color=style.ink(ax), markersize=9, markeredgewidth=1.4, zorder=3)
    title = found.name.replace("_", " ").capitalize()
    style.named(ax, f"{title}: {found.formula}" if formula and found.formula else title, "x", "y")
    return ax


def levels_of(z: Array, count: int) -> Array:
    """So many heights, from the lowest to the highest, the closer to each other the lower they are.

    Raises
    ------
    ValueError
        If the surface is flat, or has no finite height.
    """
    low, high = (float(np.nanmin(z)), float(np.nanmax(z))) if np.isfinite(z).all() else (0.0, 0.0)
    if not low < high:
        raise ValueError("surface must be finite, and rise and fall, within its limits to have lines of equal height")
    heights: Array = low + (high - low) * np.linspace(0, 1, count) ** 2.5
    return heights


def contour(ax: style.Axes, x: Array, y: Array, z: Array, heights: Array) -> None:
    """Pale areas between heights, the lower the paler, and a line along each."""
    norm = style.matplotlib("colors").PowerNorm(0.4, heights[0], heights[-1])
    ax.contourf(x, y, z, heights, cmap="Greys", norm=norm, alpha=0.35, zorder=0)
    ax.contour(x, y, z, heights[1:], colors=style.QUIET, linewidths=0.6, alpha=0.7, zorder=1)


def point(name: str, value: Any) -> tuple[float, float]:
    """A checked pair of numbers."""
    try:
        x, y = value
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be two numbers (x, y); got {value!r}") from error
    return number(name, x), number(name, y)
