"""Batch, stochastic and mini-batch descent of a linear regression."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore import datasets, initializers
from dlcore.callbacks import LambdaCallback
from dlcore.checks import number, whole
from dlcore.floats import Array, numbers
from dlcore.layers import Dense, Input
from dlcore.losses import mean_squared_error
from dlcore.models import Sequential
from dlcore.optimizers import SGD
from dlcore.plots import style
from dlcore.plots.paths import draw_path
from dlcore.plots.surfaces import contour, levels_of, point

#: Points along each side of the contour's grid, and its levels.
_GRID, _LEVELS = 121, 18


def batch_trajectory(
    x: Any, y: Any, batch_size: int, *, learning_rate: float = 0.1, epochs: int = 20, start: Any = (-1.0, -1.0)
) -> Array:
    """Slope and intercept of a line after each step of its training by ``Sequential.fit``.

    The line is a Dense layer of one unit, the loss the mean squared error, the optimizer plain SGD. The order of the
    rows follows :func:`dlcore.utils.set_random_seed`.

    Parameters
    ----------
    x : (rows,) or (rows, 1) array
    y : (rows,) or (rows, 1) array
    batch_size : int
        Rows a step: all of them for batch gradient descent, 1 for stochastic, anything between for mini-batches.
    learning_rate : float
    epochs : int
        Passes over the rows.
    start : (slope, intercept)

    Returns
    -------
    (epochs · ⌈rows / batch_size⌉ + 1, 2) array of float32

    Examples
    --------
    >>> x, y = dlcore.datasets.line(64)
    >>> dlcore.plots.batch_trajectory(x, y, batch_size=16, epochs=2).shape
    (9, 2)
    """
    column, target = _column("x", x), _column("y", y)
    if len(column) != len(target):
        raise ValueError(f"x and y must have a row for each other; got {len(column)} and {len(target)}")
    slope, intercept = point("start", start)
    line = Dense(1, kernel_initializer=initializers.Constant(slope), bias_initializer=initializers.Constant(intercept))
    model = Sequential([Input((1,)), line])
    model.compile(SGD(number("learning_rate", learning_rate, 0)), loss="mse")
    places, weights = [(slope, intercept)], line.weights

    def note(batch: int, logs: Any = None) -> None:  # noqa: ARG001 - a callback's arguments
        places.append((float(weights[0].array[0, 0]), float(weights[1].array[0])))

    size, passes = whole("batch_size", batch_size, 1, 2**31 - 1), whole("epochs", epochs, 1, 2**31 - 1)
    model.fit(column, target, size, passes, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=note)])
    return np.array(places, np.float32)


def batch_paths(
    x: Any = None,
    y: Any = None,
    batch_sizes: Any = None,
    *,
    learning_rate: float = 0.1,
    epochs: int = 20,
    start: Any = (-1.0, -1.0),
    ax: style.Axes | None = None,
) -> style.Axes:
    """Batch, stochastic and mini-batch gradient descent on the loss of a linear regression.

    Parameters
    ----------
    x, y : (rows,) or (rows, 1) arrays, optional
        Default: :func:`dlcore.datasets.line`.
    batch_sizes : int, or a list of them, optional
        Default: all rows, 1, and an eighth of the rows.
    learning_rate, epochs, start
        See :func:`batch_trajectory`.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes
        The contour of the loss over slope and intercept, and a path for each size of the batches.

    See Also
    --------
    batch_trajectory : the points as numbers.

    Examples
    --------
    >>> ax = dlcore.plots.batch_paths(batch_sizes=[100, 10], epochs=5)
    """
    if (x is None) != (y is None):
        raise ValueError("x and y go together: give both or none")
    if x is None:
        x, y = datasets.line()
    column, target = _column("x", x), _column("y", y)
    rows = len(column)
    sizes = [rows, 1, max(1, rows // 8)] if batch_sizes is None else batch_sizes
    paths = {
        _label(size, rows): batch_trajectory(
            column, target, size, learning_rate=learning_rate, epochs=epochs, start=start
        )
        for size in (sizes if isinstance(sizes, (list, tuple)) else [sizes])
    }
    if not paths:
        raise ValueError("batch_sizes must name at least one to draw; got none")
    limits = [_limits(np.concatenate([path[:, axis] for path in paths.values()])) for axis in (0, 1)]
    slopes, intercepts = np.meshgrid(*(np.linspace(*limit, _GRID) for limit in limits))
    losses = _losses(slopes, intercepts, column, target)
    heights = levels_of(losses, _LEVELS)
    ax = style.axes(ax, size=(5.6, 4.6))
    contour(ax, slopes, intercepts, losses, heights)
    for index, (label, path) in sorted(enumerate(paths.items()), key=lambda entry: -len(entry[1][1])):
        draw_path(ax, path, index, label)
    ax.set(xlim=limits[0], ylim=limits[1])
    style.named(ax, "Gradient descent of a line's mean squared error", "slope", "intercept")
    style.legend(ax, loc="lower right")
    return ax


def _column(name: str, value: Any) -> NDArray[np.float32]:
    array = numbers(name, value)
    if array.ndim not in (1, 2) or array.size != len(array) or not array.size:
        raise ValueError(f"{name} must have shape (rows,) or (rows, 1); got {array.shape}")
    return array.reshape(-1, 1).astype(np.float32)


def _label(size: int, rows: int) -> str:
    kind = "batch" if size >= rows else "stochastic" if size == 1 else "mini-batch"
    return f"{kind}, {min(size, rows)} row{'s' if min(size, rows) > 1 else ''} a step"


def _limits(values: Array) -> tuple[float, float]:
    """From the lowest to the highest, and a tenth of that more on both sides."""
    low, high = float(values.min()), float(values.max())
    more = 0.1 * (high - low) or 1.0
    return low - more, high + more


def _losses(slopes: Array, intercepts: Array, x: Array, y: Array) -> Array:
    """The loss of each line over all rows."""
    predicted = slopes[..., None] * x[:, 0] + intercepts[..., None]
    return np.asarray(mean_squared_error(np.broadcast_to(y[:, 0], predicted.shape), predicted))
