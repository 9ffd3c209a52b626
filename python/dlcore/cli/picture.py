"""The picture that the demo draws: how the loss fell, and the digits that were misread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Endings that a picture's name may have.
FORMATS = (".png", ".svg", ".pdf")

SHOWN = 12


def draw(
    path: Path,
    curves: Mapping[str, Sequence[float]],
    pixels: NDArray[np.float32],
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64],
) -> None:
    """Draw the loss curves, and test digits with what the net reads in them, the misread ones first.

    Parameters
    ----------
    path : Path
        The file, whose ending says the format.
    curves : mapping
        Name -> loss of each epoch.
    pixels : array, (rows, 64)
        The test digits.
    labels, predicted : arrays of int, (rows,)
        What they are, and what the net reads.
    """
    # The object interface draws without pyplot, so neither a display nor the user's choice of backend matters.
    from matplotlib.figure import Figure

    from dlcore.plots import style

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    grid = figure.add_gridspec(1, 2, width_ratios=(3, 2))
    axes = figure.add_subplot(grid[0])
    style.ruled(axes)
    for index, (name, losses) in enumerate(curves.items()):
        axes.plot(range(1, len(losses) + 1), losses, label=name, **style.look(index))
    axes.set_yscale("log")
    style.named(axes, "Cross-entropy, digits", "epoch", "loss")
    style.legend(axes)

    wrong = labels != predicted
    right = figure.add_subfigure(grid[1])
    right.suptitle(f"{wrong.sum()} of {len(labels)} test digits misread")
    first = np.argsort(~wrong, kind="stable")[:SHOWN]
    for cell, row in zip(right.subplots(3, 4).flat, first, strict=True):
        _draw_digit(cell, pixels[row], int(labels[row]), int(predicted[row]))
    figure.savefig(path, dpi=120)


def _draw_digit(axes: Any, pixels: NDArray[np.float32], label: int, predicted: int) -> None:
    from dlcore.plots import style

    axes.imshow(pixels.reshape(8, 8), cmap="gray_r")
    axes.set_axis_off()
    if predicted == label:
        axes.set_title(f"{label}", fontsize=9)
    else:
        axes.set_title(f"{predicted}, is {label}", fontsize=9, color=style.colour(1))
