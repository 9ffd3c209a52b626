"""A net as neurons and the weights between them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from dlcore.checks import whole
from dlcore.floats import Array, numbers
from dlcore.layers import Dense, Layer
from dlcore.models import Sequential
from dlcore.plots import style

#: Up to so many edges between two layers each has its weight written beside it.
_WRITTEN = 9

#: Nets whose layers have so many neurons at most have room for the biases.
_FEW = 4

#: Where on an edge its weight may be written, the best first, and how wide and high it is.
_ALONG, _LETTERS = (0.3, 0.24, 0.36, 0.42, 0.5, 0.58, 0.66, 0.74, 0.18), (0.5, 0.2)

#: Radius of a node, where neighbours in a column are 1 apart and columns _WIDTH.
_RADIUS, _WIDTH = 0.3, 2.4


class Column(NamedTuple):
    """The neurons of a layer, as they are drawn.

    ``shown`` holds their indexes in the layer, None where some are left out; ``places`` the height of each.
    ``kernel`` and ``bias`` lead there from the column before.
    """

    name: str
    units: int
    shown: list[int | None]
    places: list[float]
    kernel: Array | None = None
    bias: Array | None = None
    values: Array | None = None


def network_diagram(model: Any, x: Any = None, *, most: int = 8, ax: style.Axes | None = None) -> style.Axes:
    """A net of dense layers: a node for each neuron, a line for each weight in the colour of its value.

    Positive weights are red, negative ones blue and dashed; the larger, the wider. Those between small layers are
    written down.

    Parameters
    ----------
    model : Sequential
        Built. Layers that are no Dense keep their neurons in place and are named below them.
    x : (features,) or (1, features) array, optional
        A sample; every node then holds the number that it gives out.
    most : int
        Larger layers show so many neurons, and dots for the others.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError
        If it is no Sequential.
    ValueError
        If it is not built, holds no Dense layer, or x is no sample of it.

    Examples
    --------
    >>> ax = dlcore.plots.network_diagram(model, x[0])
    """
    whole("most", most, 3, 100)
    columns = _columns(model, x, most)
    tallest = max(len(column.shown) for column in columns)
    ax = style.axes(ax, size=(min(2.0 + 2.1 * len(columns), 14.0), min(1.8 + 0.75 * tallest, 9.0)))
    largest = max(float(np.abs(column.kernel).max()) for column in columns if column.kernel is not None) or 1.0
    colours = style.signed(ax, largest)
    bottom, top = -(tallest - 1) / 2 - _RADIUS - 0.25, (tallest - 1) / 2 + _RADIUS + 0.45
    bottom_of_names = bottom - 0.35 * (max(column.name.count("\n") for column in columns) + 1)
    width = (len(columns) - 1) * _WIDTH + 1.4
    text = style.text_size(ax, width, top - bottom_of_names, 10.5)
    for i, (before, column) in enumerate(pairwise(columns), 1):
        _draw_edges(ax, i, before, column, colours, largest, text)
    for i, column in enumerate(columns):
        _draw_nodes(ax, i, column, text, biases=tallest <= _FEW)
        ax.text(i * _WIDTH, bottom, column.name, ha="center", va="top", fontsize=max(text, 6), color=style.ink(ax))
    ax.set(xlim=(-0.7, width - 0.7), ylim=(bottom_of_names, top))
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.set_title(f"{model.name}: {model.count_params()} parameters")
    ax.figure.colorbar(colours, ax=ax, label="weight", shrink=0.8, pad=0.02, aspect=15)
    return ax


def _columns(model: Any, x: Any, most: int) -> list[Column]:
    """What to draw, from the input to the output."""
    if not isinstance(model, Sequential):
        raise TypeError(f"model must be a Sequential; got {type(model).__name__}")
    if not model.built or not any(isinstance(layer, Dense) for layer in model.layers):
        raise ValueError("model must be built and hold a Dense layer: call it on data, or begin it with an Input")
    given = None if x is None else _sample(model, x)
    first = next(layer for layer in model.layers if isinstance(layer, Dense))
    units = int(first.kernel.shape[0])
    columns: list[Column] = []
    names = ["input", str(units)]
    values, pending = given, None
    for layer in model.layers:
        if isinstance(layer, Dense):
            if layer.kernel.shape[0] != units:
                raise ValueError(
                    f"model must keep its {units} neurons between Dense layers to be drawn; see {layer.name}"
                )
            columns.append(_column(names, units, most, pending, values))
            names, units, pending = [layer.name, _shape_words(layer)], layer.units, layer
        else:
            names.append(layer.name)
        values = None if values is None else np.asarray(layer(values, training=False))
    columns.append(_column(names, units, most, pending, values))
    return columns


def _sample(model: Sequential, x: Any) -> Array:
    """One row of the model's input."""
    row, shape = numbers("x", x), tuple(model.input_shape[1:])
    if row.shape == shape:
        row = row[None]
    if row.shape != (1, *shape):
        raise ValueError(f"x must be one sample, shape {shape} or {(1, *shape)}; got {row.shape}")
    return row.astype(np.float32) if row.dtype.kind != "f" else row


def _shape_words(layer: Dense) -> str:
    name = getattr(layer.activation, "__name__", "")
    return f"{layer.units}" if name in ("", "linear") else f"{layer.units}, {name}"


def _column(names: list[str], units: int, most: int, layer: Layer | None, values: Array | None) -> Column:
    shown: list[int | None] = list(range(units))
    if units > most:
        top = most // 2
        shown = [*range(top), None, *range(units - (most - top - 1), units)]
    middle = (len(shown) - 1) / 2
    kernel = bias = None
    if isinstance(layer, Dense):
        kernel = layer.kernel.array
        bias = None if layer.bias is None else layer.bias.array
    outputs = values.reshape(-1) if values is not None and values.size == units else None
    return Column("\n".join(names), units, shown, [middle - i for i in range(len(shown))], kernel, bias, outputs)


def _draw_edges(
    ax: style.Axes, i: int, before: Column, column: Column, colours: Any, largest: float, text: float
) -> None:
    """The weights that lead from one column to the next, the small ones below the large ones."""
    assert column.kernel is not None
    pairs = [
        (float(column.kernel[source, target]), start, end)
        for source, start in zip(before.shown, before.places, strict=True)
        for target, end in zip(column.shown, column.places, strict=True)
        if source is not None and target is not None
    ]
    left, right = (i - 1) * _WIDTH + _RADIUS, i * _WIDTH - _RADIUS
    for weight, start, end in pairs:
        share = abs(weight) / largest
        ax.plot(
            [left, right], [start, end], color=colours.to_rgba(weight), linewidth=0.5 + 2.0 * share, zorder=1 + share,
            linestyle="-" if weight >= 0 else (0, (4, 1)),
        )  # fmt: skip
    if len(pairs) > _WRITTEN:
        return
    taken: list[tuple[float, float]] = []
    for weight, start, end in pairs:
        taken.append(_free_place(left, right, start, end, taken))
        ax.text(
            *taken[-1], style.written(weight), fontsize=0.85 * text, ha="center", va="center", zorder=4,
            color=style.ink(ax), bbox={"facecolor": style.paper(ax), "edgecolor": "none", "pad": 0.8, "alpha": 0.85},
        )  # fmt: skip


def _free_place(
    left: float, right: float, start: float, end: float, taken: list[tuple[float, float]]
) -> tuple[float, float]:
    """A place on an edge for its weight: near its source, but away from the weights that are written already."""
    places = [(left + along * (right - left), start + along * (end - start)) for along in _ALONG]

    def room(place: tuple[float, float]) -> float:
        return min(
            (max(abs(place[0] - x) / _LETTERS[0], abs(place[1] - y) / _LETTERS[1]) for x, y in taken), default=1.0
        )

    return next((place for place in places if room(place) >= 1), max(places, key=room))


def _draw_nodes(ax: style.Axes, i: int, column: Column, text: float, biases: bool) -> None:
    """Circles, with the numbers they give out if a sample was given, and biases above them where they fit."""
    circle = style.matplotlib("patches").Circle
    for unit, height in zip(column.shown, column.places, strict=True):
        place = (i * _WIDTH, height)
        if unit is None:
            ax.text(*place, "⋮", ha="center", va="center", fontsize=1.8 * text, color=style.ink(ax), zorder=5)
            continue
        ax.add_patch(
            circle(place, _RADIUS, facecolor=style.paper(ax), edgecolor=style.ink(ax), linewidth=1.1, zorder=5)
        )
        if column.values is not None:
            ax.text(
                *place,
                style.written(column.values[unit]),
                ha="center",
                va="center",
                fontsize=0.9 * text,
                color=style.ink(ax),
                zorder=6,
            )
        if biases and column.bias is not None:
            ax.text(
                place[0], height + _RADIUS + 0.04, f"b = {style.written(column.bias[unit])}", ha="center", va="bottom",
                fontsize=0.8 * text, color=style.ink(ax), zorder=6,
            )  # fmt: skip
