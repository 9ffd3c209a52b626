"""Optimizers on their way down a surface, as a moving picture."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.checks import number, whole
from dlcore.files import check_target, write_atomically
from dlcore.floats import Array
from dlcore.plots import style
from dlcore.plots.paths import trajectories
from dlcore.plots.surfaces import as_surface, surface_contour

#: Milliseconds that the last frame stays before the picture begins again.
_REST = 1500


def optimizer_gif(
    file: str | os.PathLike[str],
    optimizers: Any = None,
    surface: Any = "saddle",
    *,
    start: Any = None,
    steps: int = 60,
    frames_per_second: float = 15.0,
    size: tuple[float, float] = (5.6, 4.6),
    dpi: int = 80,
) -> Path:
    """Write an animated GIF of optimizers that go down a surface together: a frame for the start and for each step.

    Parameters
    ----------
    file : path
        Where it goes; the name ends in .gif. It is written whole or not at all.
    optimizers, surface, start, steps
        See :func:`optimizer_paths`.
    frames_per_second : float in [0.1, 100]
        GIF counts in hundredths of a second.
    size : (float, float)
        Inches.
    dpi : int
        Dots per inch.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If the name ends otherwise, or an argument is out of bounds.
    FileNotFoundError, IsADirectoryError
        If there is no such folder, or a folder of that name.

    Examples
    --------
    >>> dlcore.plots.optimizer_gif("saddle.gif", ["sgd", "adam"], "saddle", steps=10)
    PosixPath('saddle.gif')
    """
    if Path(file).suffix.lower() != ".gif":
        raise ValueError(f"file must end in .gif; got {os.fspath(file)!r}")
    target = check_target(file)
    pause = 10 * round(100 / number("frames_per_second", frames_per_second, 0.1, 100, open_high=False))
    whole("dpi", dpi, 10, 1000)
    whole("steps", steps, 1, 10_000)
    found = as_surface(surface)
    paths = trajectories(optimizers, found, start, steps)

    figure = style.matplotlib("figure").Figure(figsize=size, dpi=dpi, layout="constrained")
    canvas = style.matplotlib("backends.backend_agg").FigureCanvasAgg(figure)
    ax = surface_contour(found, ax=figure.subplots())
    lines, heads = [], []
    for index, (label, path) in enumerate(paths.items()):
        colour, marker = style.colour(index), style.MARKERS[index % len(style.MARKERS)]
        lines.extend(ax.plot(*path[:1].T, color=colour, linewidth=1.5, zorder=4))
        heads.extend(
            ax.plot(
                *path[0], marker, color=colour, markeredgecolor=style.paper(ax), markersize=8, zorder=6, label=label,
                linestyle="none",
            )
        )  # fmt: skip
    ax.set(xlim=found.x, ylim=found.y)
    style.legend(ax, loc="upper right")

    # What stays is drawn once; what moves is drawn over it.
    name, moving = ax.get_title(), [*lines, *heads, ax.title]
    for artist in moving:
        artist.set_animated(True)
    ax.set_title(f"{name}, step {steps}")  # the layout leaves room for the longest
    canvas.draw()
    still = canvas.copy_from_bbox(figure.bbox)
    frames = []
    for step in range(steps + 1):
        for path, line, head in zip(paths.values(), lines, heads, strict=True):
            line.set_data(*path[: step + 1].T)
            head.set_data(*path[step : step + 1].T)
        ax.set_title(f"{name}, step {step}")
        canvas.restore_region(still)
        for artist in moving:
            ax.draw_artist(artist)
        frames.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    _write(target, frames, pause)
    return Path(file)


def _write(target: Path, frames: list[Array], pause: int) -> None:
    """The frames as a GIF, all in the 256 colours of the last, on which everything can be seen."""
    try:
        from PIL import Image
    except ModuleNotFoundError as error:
        raise ImportError("dlcore.plots writes GIFs with pillow: pip install 'dlcore[plots]'") from error
    palette = Image.fromarray(frames[-1]).quantize(256)
    first, *others = (Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames)
    written = io.BytesIO()
    first.save(written, "GIF", save_all=True, append_images=others, loop=0, duration=[pause] * len(others) + [_REST])
    write_atomically(target, [written.getvalue()])
