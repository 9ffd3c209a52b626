"""Places for the nodes of a graph that flows from left to right: columns, with few crossings and short edges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dlcore.floats import Array

#: How often columns are put in order, and how often nodes then move towards their neighbours.
_SWEEPS, _PULLS = 12, 30

#: How much nodes resist being moved aside: results stay in line, inputs and edges that pass make way.
_RESULT, _WAYPOINT, _INPUT = 100.0, 10.0, 1.0


class Layout(NamedTuple):
    """Where everything stands.

    Attributes
    ----------
    nodes : (nodes, 2) array
        Column and height of each; neighbours in a column are 1 apart or more.
    edges : list of (points, 2) arrays
        The points that each edge goes through, from its source to its target.
    """

    nodes: Array
    edges: list[Array]


def layout(count: int, edges: Sequence[tuple[int, int]], around: bool = True) -> Layout:
    """Places for nodes 0 to count - 1, of which the inputs of each come before it.

    A node stands one column right of its last input, and an input one column left of the first that takes it. An
    edge that passes other columns has a waypoint in each, which is treated like a node. Columns are ordered by the
    mean height of neighbours (Sugiyama, Tagawa and Toda, IEEE Transactions on Systems, Man, and Cybernetics, 1981).
    Without ``around`` edges have no waypoints, which is quick for large graphs.
    """
    column = _columns(count, edges)
    ways = []
    for source, target in edges:
        way = [source]
        for between in range(column[source] + 1, column[target]) if around else ():
            way.append(len(column))
            column.append(between)
        ways.append([*way, target])
    weights = np.where(np.arange(len(column)) < count, _INPUT, _WAYPOINT)
    weights[[target for _, target in edges]] = _RESULT
    columns = [[i for i, place in enumerate(column) if place == c] for c in range(max(column) + 1)]
    heights = _Heights(columns, ways, weights).found()
    places = np.column_stack([np.array(column, float), heights])
    return Layout(places[:count], [places[way] for way in ways])


def _columns(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The column of each node."""
    column = [0] * count
    for source, target in sorted(edges, key=lambda edge: edge[1]):
        column[target] = max(column[target], column[source] + 1)
    taken = {target for _, target in edges}
    for node in range(count):
        users = [column[target] for source, target in edges if source == node]
        if node not in taken and users:
            column[node] = min(users) - 1
    return column


class _Heights:
    """The height of each node and waypoint."""

    def __init__(self, columns: list[list[int]], ways: list[list[int]], weights: Array) -> None:
        self._columns, self._weights = columns, weights
        self._left: list[list[int]] = [[] for _ in weights]
        self._right: list[list[int]] = [[] for _ in weights]
        for way in ways:
            for before, after in pairwise(way):
                self._right[before].append(after)
                self._left[after].append(before)
        self._heights = np.zeros(len(weights))

    def found(self) -> Array:
        """Columns put in order, then everything drawn towards its neighbours."""
        for nodes in self._columns:
            self._stack(nodes)
        for sweep in range(_SWEEPS):
            neighbours, order = (self._left, self._columns) if sweep % 2 == 0 else (self._right, self._columns[::-1])
            for nodes in order:
                means = {node: self._mean(neighbours[node], node) for node in nodes}
                nodes.sort(key=means.__getitem__)
                self._stack(nodes)
        for pull in range(_PULLS):
            for nodes in self._columns if pull % 2 == 0 else self._columns[::-1]:
                wanted = [self._mean(self._left[node] + self._right[node], node) for node in nodes]
                self._heights[nodes] = spread(wanted, self._weights[nodes].tolist())
        return self._heights

    def _stack(self, nodes: list[int]) -> None:
        """A column around 0, in the order that it has."""
        self._heights[nodes] = np.arange(len(nodes)) - (len(nodes) - 1) / 2

    def _mean(self, neighbours: list[int], node: int) -> float:
        """The mean height of the neighbours that weigh the most, so that inputs come to results and not the reverse."""
        if not neighbours:
            return float(self._heights[node])
        heaviest = max(self._weights[neighbours])
        return float(np.mean([self._heights[i] for i in neighbours if self._weights[i] == heaviest]))


def spread(wanted: list[float], weights: list[float]) -> list[float]:
    """The heights nearest to those wanted that are 1 apart or more, in the order given; what weighs more moves less.

    That is an isotonic regression of wanted - index, by pooling adjacent violators.
    """
    blocks: list[tuple[float, float, int]] = []
    for index, (value, weight) in enumerate(zip(wanted, weights, strict=True)):
        blocks.append((value - index, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, v, m), (second, w, n) = blocks[-2:]
            blocks[-2:] = [((first * v + second * w) / (v + w), v + w, m + n)]
    starts = [mean for mean, _, size in blocks for _ in range(size)]
    return [start + index for index, start in enumerate(starts)]
