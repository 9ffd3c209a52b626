"""A computational graph as an SVG, and the frames that walk through it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dlcore.explain.drawing import SMALLEST, short
from dlcore.explain.layered import layout
from dlcore.explain.notation import Formula, summary
from dlcore.markup import escape, picture

if TYPE_CHECKING:
    from dlcore.explain.graph import Edge, Graph, Node

#: Pixels: from column to column, from node to node, a node's width and height, around everything.
COLUMN, ROW, WIDTH, HEIGHT, MARGIN = 200, 100, 112, 68, 14

#: In larger graphs edges go straight across: ways around take long to find.
ROUNDED = 100


class GraphDrawing:
    """Nodes from left to right: ids ``n3``, with lines ``n3a`` (value), ``n3b`` (gradient); edges ``e0``, ``e0t``."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        ends = [(edge.source, edge.target) for edge in graph.edges]
        found = layout(len(graph), ends, around=len(graph) <= ROUNDED)
        scale, origin = np.array([COLUMN, ROW]), np.array([MARGIN + WIDTH / 2, MARGIN + ROW / 2])
        heights = np.concatenate([found.nodes[:, 1], *(way[:, 1] for way in found.edges)])
        top = np.array([0.0, heights.min()])
        self._places = (found.nodes - top) * scale + origin
        self._ways = [(way - top) * scale + origin for way in found.edges]
        self.width = float(found.nodes[:, 0].max()) * COLUMN + WIDTH + 2 * MARGIN
        self.height = float(np.ptp(heights) + 1) * ROW + 2 * MARGIN

    def svg(self, filled: bool = False) -> str:
        """The picture; ``filled``: with the values and gradients that frames would write."""
        lines = self.everything() if filled else {}
        parts = [self._edge(i, edge, lines.get(f"e{i}t", "")) for i, edge in enumerate(self._graph.edges)]
        parts += [self._node(node, lines) for node in self._graph.nodes]
        return picture(self.width, self.height, "The computational graph", parts, SMALLEST)

    def _edge(self, number: int, edge: Edge, text: str) -> str:
        """A curve from column to column, level where it passes one; what is written on it stands before its end."""
        way = self._ways[number]
        twins = sum(other[:2] == edge[:2] for other in self._graph.edges[:number])
        bend = 26.0 * twins if len(way) == 2 else 0.0
        path = ""
        for (x1, y1), (x2, y2) in pairwise(way):
            left, right = x1 + WIDTH / 2, x2 - WIDTH / 2
            middle = (left + right) / 2
            path += f"{'L' if path else 'M'}{left:.1f} {y1:.1f} "
            path += f"C{middle:.1f} {y1 + bend:.1f} {middle:.1f} {y2 + bend:.1f} {right:.1f} {y2:.1f} "
        return (
            f'<path id="e{number}" class="edge" d="{path.rstrip()}"/>'
            f'<text id="e{number}t" class="label" text-anchor="middle" x="{middle:.1f}" '
            f'y="{(y1 + y2) / 2 - 5 + bend:.1f}">{escape(text)}</text>'
        )

    def _node(self, node: Node, lines: dict[str, str]) -> str:
        x, y = self._places[node.id]
        title = node.label if node.operation == "" else f"{node.name} = {node.label}"
        texts = [(title, "title", ""), (lines.get(f"n{node.id}a", ""), "value", "a")]
        texts.append((lines.get(f"n{node.id}b", ""), "value gradient", "b"))
        written = "".join(
            f'<text class="{kind}" x="{x:.1f}" y="{y - HEIGHT / 2 + 19 + 19 * i:.1f}" text-anchor="middle"'
            + (f' id="n{node.id}{line}"' if line else "")
            + f">{escape(text)}</text>"
            for i, (text, kind, line) in enumerate(texts)
        )
        box = f'x="{x - WIDTH / 2:.1f}" y="{y - HEIGHT / 2:.1f}" width="{WIDTH}" height="{HEIGHT}" rx="12"'
        return f'<g id="n{node.id}" class="node {node.kind}"><rect {box}/>{written}</g>'

    # --- What is written on it ---

    def everything(self) -> dict[str, str]:
        """All values, gradients and local derivatives."""
        found: dict[str, str] = {}
        for node in self._graph.nodes:
            found.update(self.forward(node))
            found.update(self.backward(node))
        return found

    def forward(self, node: Node) -> dict[str, str]:
        """The value of a node."""
        text = short(node.value.item()) if node.value.size == 1 else " × ".join(map(str, node.value.shape))
        return {} if node.symbol != node.name else {f"n{node.id}a": text}

    def backward(self, node: Node) -> dict[str, str]:
        """The gradient of a node, and the local derivatives of what it is made into."""
        if node.gradient is None:
            return {}
        g = node.gradient
        found = {f"n{node.id}b": "∂ " + (short(g.item()) if g.size == 1 else f"‖·‖ {short(summary(g).norm)}")}
        for number, edge in enumerate(self._graph.edges):
            if edge.source == node.id and edge.derivative is not None and edge.derivative.size == 1:
                found[f"e{number}t"] = "×" + short(edge.derivative.item())
        return found

    def frames(self) -> list[dict[str, object]]:
        """One frame for each node forward, and for each that a gradient reaches backward."""
        found: list[dict[str, object]] = []
        for node in self._graph.nodes:
            if node.operation:
                ahead = [self._graph.nodes[i] for i in node.inputs if not self._graph.nodes[i].operation]
                labels = {k: v for each in (*ahead, node) for k, v in self.forward(each).items()}
                formulas = [self._graph.forward(each) for each in ahead if each.symbol == each.name]
                formulas.append(self._graph.forward(node))
                found.append(_frame("forward", f"Forward: {node.name}", formulas, labels, [f"n{node.id}"]))
        for node in reversed(self._graph.nodes):
            formula = self._graph.backward(node)
            if formula is not None:
                title = f"Backward: {node.name}"
                edges = [f"e{i}" for i, edge in enumerate(self._graph.edges) if edge.source == node.id]
                found.append(_frame("backward", title, [formula], self.backward(node), [f"n{node.id}", *edges]))
        return found


def _frame(
    phase: str, title: str, formulas: list[Formula], labels: dict[str, str], active: list[str]
) -> dict[str, object]:
    return {
        "phase": phase,
        "title": title,
        "note": "",
        "formulas": [str(formula) for formula in formulas],
        "labels": labels,
        "active": active,
    }
