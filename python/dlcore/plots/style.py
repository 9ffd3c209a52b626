"""The house style: colours and lines that colour-blind eyes and grey prints tell apart, on white and on black paper.

Everything is set on the artists that are drawn. rcParams and the backend stay the user's own, so that text and paper
follow whatever style is in force. matplotlib (the extra ``plots``) is imported by what draws, not before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from dlcore.floats import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes as _Axes
    from matplotlib.figure import Figure as _Figure

#: What draws and is drawn on; plain names, since matplotlib need not be there.
Axes: TypeAlias = "_Axes"
Figure: TypeAlias = "_Figure"

#: Okabe and Ito, "Color Universal Design" (2008), without the yellow and black that one of the papers would swallow.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C")

LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "^", "s", "D", "v", "P", "X")

#: Points of the text in a drawing that has room.
TEXT = 8.5

#: What stands behind: levels of a surface, zero lines, nodes without a value.
QUIET = "#8C8C8C"


def matplotlib(module: str) -> Any:
    """A module of matplotlib, by its name within it.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    try:
        return import_module(f"matplotlib.{module}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "matplotlib":
            raise
        raise ImportError("dlcore.plots draws with matplotlib: pip install 'dlcore[plots]'") from error


def axes(ax: Any, size: tuple[float, float] = (6.4, 4.2)) -> Axes:
    """The Axes to draw on: the caller's, or those of a new pyplot figure of that size in inches.

    Raises
    ------
    TypeError
        If ax is neither Axes nor None.
    """
    if ax is None:
        ax = matplotlib("pyplot").subplots(figsize=size, layout="constrained")[1]
    elif not isinstance(ax, matplotlib("axes").Axes):
        raise TypeError(f"ax must be matplotlib Axes, as plt.subplots() gives, or None; got {type(ax).__name__}")
    found: Axes = ax
    return found


def panels(count: int, size: tuple[float, float] = (4.2, 3.6), columns: int = 3) -> tuple[Figure, list[Axes]]:
    """A new pyplot figure of so many panels, each of that size in inches."""
    across = min(count, columns)
    down = -(-count // across)
    figure, grid = matplotlib("pyplot").subplots(
        down, across, figsize=(size[0] * across, size[1] * down), layout="constrained", squeeze=False
    )
    for empty in grid.flat[count:]:
        empty.remove()
    return figure, list(grid.flat[:count])


def colour(index: int) -> str:
    """The colour of the index-th of several things."""
    return COLOURS[index % len(COLOURS)]


def look(index: int, lines: Sequence[str] = LINES) -> dict[str, Any]:
    """Colour and dashes of the index-th of several lines."""
    return {"color": colour(index), "linestyle": lines[index % len(lines)], "linewidth": 1.8}


def ink(ax: Axes) -> Any:
    """The colour that the style in force writes with."""
    return ax.xaxis.label.get_color()


def paper(ax: Axes) -> Any:
    """The colour that the style in force writes on."""
    return ax.get_facecolor()


def text_size(ax: Axes, width: float, height: float, points: float) -> float:
    """The size of text in a drawing of that many units, of which one an inch long has room for so many points."""
    room = ax.get_window_extent().transformed(ax.figure.dpi_scale_trans.inverted())
    unit = min(room.width / width, room.height / height)
    if ax.figure.get_layout_engine() is not None:
        unit *= 1.2  # about what a layout that is yet to come will gain
    return max(2.0, min(TEXT, points * unit))


def signed(ax: Axes, largest: float) -> Any:
    """Colours for numbers from -largest to largest: blue below 0, red above, close to the paper in the middle."""
    colours = matplotlib("colors")
    middle = 0.75 * np.array(colours.to_rgb(paper(ax))) + 0.25 * np.array(colours.to_rgb(QUIET))
    between = colours.LinearSegmentedColormap.from_list("signed", [COLOURS[0], middle, COLOURS[1]])
    return matplotlib("cm").ScalarMappable(colours.Normalize(-largest, largest), between)


def named(ax: Axes, title: str, xlabel: str, ylabel: str) -> None:
    """Say what the picture and its axes are, and take the frame's idle sides away."""
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.spines[["top", "right"]].set_visible(False)


def ruled(ax: Axes) -> None:
    """A pale grid below everything."""
    ax.set_axisbelow(True)
    ax.grid(visible=True, color=QUIET, alpha=0.25, linewidth=0.7)


def zero_lines(ax: Axes) -> None:
    """The two axes through 0."""
    for draw in (ax.axhline, ax.axvline):
        draw(0, color=QUIET, linewidth=0.8, zorder=1)


def legend(ax: Axes, **options: Any) -> None:
    """Say which line is which, if there is anything to say."""
    if ax.get_legend_handles_labels()[0]:
        ax.legend(**{"frameon": True, "framealpha": 0.85, "edgecolor": "none", "fontsize": "small", **options})


def written(value: Any, digits: int = 3) -> str:
    """A number with so many digits, as matplotlib writes it: 0 without a sign, minus instead of a hyphen."""
    return f"{float(value) + 0.0:.{digits}g}".replace("-", "−")


def broken(x: Array, y: Array) -> tuple[Array, Array]:
    """A curve with a gap where it jumps, so that no line is drawn that is not there.

    A jump is a step of more than a twentieth of the curve's height between two points beside which it hardly moves.
    """
    steps = np.abs(np.diff(y))
    beside = np.fmax(np.r_[0.0, steps[:-1]], np.r_[steps[1:], 0.0])
    height = np.nanmax(y) - np.nanmin(y) if np.isfinite(y).any() else 0.0
    jumps = np.flatnonzero((steps > 0.05 * height) & (beside < 0.2 * steps))
    return np.insert(x, jumps + 1, (x[jumps] + x[jumps + 1]) / 2), np.insert(y, jumps + 1, np.nan)


def labelled(what: str, given: Any, label: Any) -> dict[str, Any]:
    """Things to draw by the label of each: a mapping as it is, one or several others by what ``label`` calls them.

    Raises
    ------
    ValueError
        If there are none.
    """
    if isinstance(given, Mapping):
        found = {str(name): value for name, value in given.items()}
    else:
        several = list(given) if isinstance(given, (list, tuple)) else [given]
        found = {}
        for one in several:
            name = plain = label(one)
            number = 2
            while name in found:
                name, number = f"{plain} ({number})", number + 1
            found[name] = one
    if not found:
        raise ValueError(f"{what} must name at least one to draw; got none")
    return found
