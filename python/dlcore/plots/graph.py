"""The computational graph of an expression, with values and gradients on it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from dlcore.explain import Edge, Graph, Node, explain
from dlcore.explain.layered import layout
from dlcore.floats import Array
from dlcore.plots import style

#: Columns are so far apart, rows so far; a node is so wide and high. All in units of the picture.
_ACROSS, _DOWN, _WIDE, _HIGH = 1.7, 1.25, 0.92, 0.46

#: Units that a letter takes, and inches that a unit takes in a figure of our own.
_LETTER, _UNIT = 0.115, 0.85

#: Arrays of so many numbers are written out; of larger ones the shape.
_WRITTEN = 3

#: Larger graphs could not be read.
_MOST = 150

#: What is computed forward, and what flows back.
_FORWARD, _BACKWARD = style.COLOURS[0], style.COLOURS[1]


def computational_graph(
    expression: Any,
    variables: Any = None,
    *,
    names: Any = None,
    derivatives: bool = False,
    ax: style.Axes | None = None,
) -> style.Axes:
    """The operations of an expression from left to right, above each its value and below it the output's gradient.

    Parameters
    ----------
    expression : callable, Tensor or Graph
        What :func:`dlcore.explain` takes, or what it gave.
    variables, names
        See :func:`dlcore.explain`; not with a Graph.
    derivatives : bool
        Whether edges hold the local derivative: of what they lead to by what they come from.
    ax : Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there are more than 150 nodes, or variables are given for a Graph.
    TypeError
        If :func:`dlcore.explain` cannot take the expression.

    Examples
    --------
    >>> w, b = dlcore.Variable(0.0, name="w"), dlcore.Variable(0.0, name="b")
    >>> ax = dlcore.plots.computational_graph(lambda: dlcore.ops.sigmoid(w * 1.0 + b))
    """
    if not isinstance(expression, Graph):
        graph = explain(expression, variables, names=names)
    elif variables is None and names is None:
        graph = expression
    else:
        raise ValueError("variables and names go with an expression; a Graph has its own")
    if len(graph) > _MOST:
        raise ValueError(f"expression must have {_MOST} operations and inputs at most to be drawn; it has {len(graph)}")
    found = layout(len(graph), [(edge.source, edge.target) for edge in graph.edges])
    longest = max(len(_short(array)) for node in graph for array in (node.value, node.gradient) if array is not None)
    scale = np.array([max(_ACROSS, _LETTER * longest + 0.3), -_DOWN])
    places, ways = found.nodes * scale, [way * scale for way in found.edges]
    (low_x, low_y), (high_x, high_y) = (edge(np.concatenate([places, *ways]), axis=0) for edge in (np.min, np.max))

    width, height = high_x - low_x + 1.6, high_y - low_y + 2.0
    ax = style.axes(ax, size=(min(max(4.0, _UNIT * width), 16.0), min(max(2.4, _UNIT * height), 12.0)))
    text = style.text_size(ax, width, height, 14.0)
    for edge, way in zip(graph.edges, ways, strict=True):
        _draw_edge(ax, edge, way, text if derivatives else 0)
    for node, place in zip(graph.nodes, places, strict=True):
        _draw_node(ax, node, place, text)
    ax.set(xlim=(low_x - 0.8, high_x + 0.8), ylim=(low_y - 0.9, high_y + 0.9))
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.set_title("Computational graph")
    for colour, name in ((_FORWARD, "value"), (_BACKWARD, "gradient of the output")):
        ax.plot([], [], color=colour, linewidth=5, label=name)
    style.legend(ax, loc="lower center", bbox_to_anchor=(0.5, -0.08), ncols=2)
    return ax


def _draw_node(ax: style.Axes, node: Node, place: Array, text: float) -> None:
    """A box for an operation, an ellipse for what goes in; value above, gradient below."""
    patches = style.matplotlib("patches")
    look = {"facecolor": style.paper(ax), "edgecolor": style.ink(ax), "zorder": 3}
    if node.operation:
        corner = place - [_WIDE / 2, _HIGH / 2]
        shape = patches.FancyBboxPatch(
            corner, _WIDE, _HIGH, boxstyle="round,pad=0,rounding_size=0.1", **look,
            linewidth=1.8 if node.kind == "output" else 1.1,
        )  # fmt: skip
    else:
        shape = patches.Ellipse(
            place, _WIDE, _HIGH, linestyle="-" if node.kind == "variable" else ":", linewidth=1.1, **look
        )
    ax.add_patch(shape)
    x, y = place
    size = text * (1.15 if len(node.label) <= 7 else 0.8)
    ax.text(x, y, node.label, ha="center", va="center", fontsize=size, color=style.ink(ax), zorder=4)
    constant = node.kind == "constant" and node.value.size == 1  # its label is its value
    for array, side, colour in ((None if constant else node.value, 1, _FORWARD), (node.gradient, -1, _BACKWARD)):
        if array is not None:
            ax.text(
                x, y + side * (_HIGH / 2 + 0.05), _short(array), ha="center", va="bottom" if side > 0 else "top",
                fontsize=text, color=colour, zorder=4,
                bbox={"facecolor": style.paper(ax), "edgecolor": "none", "pad": 0.5, "alpha": 0.7},
            )  # fmt: skip


def _draw_edge(ax: style.Axes, edge: Edge, way: Array, text: float) -> None:
    """An arrow from the right of its source to the left of its target, with the derivative if text has a size."""
    path = style.matplotlib("path").Path
    patches = style.matplotlib("patches")
    points = way.copy()
    points[0, 0] += _WIDE / 2
    points[-1, 0] -= _WIDE / 2
    # Level where it leaves, passes a column and arrives, as a river would.
    vertices, codes = [points[0]], [path.MOVETO]
    for start, end in pairwise(points):
        middle = (start[0] + end[0]) / 2
        vertices += [np.array([middle, start[1]]), np.array([middle, end[1]]), end]
        codes += [path.CURVE4] * 3
    ax.add_patch(
        patches.FancyArrowPatch(
            path=path(vertices, codes), arrowstyle="-|>", mutation_scale=9, color=style.QUIET, linewidth=1.1, zorder=2,
        )
    )  # fmt: skip
    if text and edge.derivative is not None:
        x, y = (points[0] + points[1]) / 2
        ax.text(
            x, y, _short(edge.derivative), ha="center", va="center", fontsize=0.85 * text,
            color=style.ink(ax), zorder=2.5,
            bbox={"facecolor": style.paper(ax), "edgecolor": "none", "pad": 0.6, "alpha": 0.9},
        )  # fmt: skip


def _short(array: Array) -> str:
    """A number, a few numbers, or the shape of many."""
    if array.size > _WRITTEN:
        return " × ".join(map(str, array.shape)) + " array"
    digits = 4 if array.size == 1 else 3
    numbers = ", ".join(style.written(value, digits) for value in array.reshape(-1))
    return numbers if array.size == 1 else f"[{numbers}]"
