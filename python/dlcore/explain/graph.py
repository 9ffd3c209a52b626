"""The computational graph of an expression, as data: nodes with values and gradients, edges with local derivatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from dlcore.backends.contract import Array
from dlcore.explain.notation import Formula, factor, shown, summary

#: Arrays of so many numbers are written out.
WRITTEN = 6


class Node(NamedTuple):
    """A value of the graph and how it was made.

    Attributes
    ----------
    id : int
        Its place in ``graph.nodes``; inputs come before what is made of them.
    name : str
        "w", "x"; of a result v1, v2, … in the order of computation, of a constant c1, c2, ….
    operation : str
        "multiply"; "" for an input or a constant.
    kind : str
        "variable" (gradients flow to it), "constant", "operation" or "output".
    inputs : tuple of int
        Ids of what the operation took, in order.
    parameters : dict
        What else it took: ``axis`` and the like.
    value : ndarray
    gradient : ndarray or None
        Of the output with respect to it, of its shape; None where no gradient flows.
    depth : int
        0 for inputs and constants, else one more than the deepest of the inputs: columns for a drawing.
    """

    id: int
    name: str
    operation: str
    kind: str
    inputs: tuple[int, ...]
    parameters: dict[str, Any]
    value: Array
    gradient: Array | None
    depth: int

    @property
    def label(self) -> str:
        """What a drawing writes on it: the sign of its operation, a constant's number, or its name."""
        return SIGNS.get(self.operation, self.operation) or self.symbol

    @property
    def symbol(self) -> str:
        """What formulas call it: a single constant by its number."""
        return factor(self.value.item()) if self.kind == "constant" and self.value.size == 1 else self.name


class Edge(NamedTuple):
    """From an input to what was made of it.

    Attributes
    ----------
    source, target : int
        Ids of the nodes.
    position : int
        Which input of the target it is.
    derivative : ndarray or None
        ∂target/∂source. Of the shape of the source where each element depends on its own alone; of the target's
        shape followed by the source's otherwise; None if that would be large, or no gradient flows.
    flow : ndarray or None
        The gradient that comes back along this edge: what it adds to the gradient of the source.
    """

    source: int
    target: int
    position: int
    derivative: Array | None
    flow: Array | None


#: How operations are written between or before their inputs.
SIGNS = {
    "add": "+",
    "subtract": "−",
    "multiply": "×",
    "divide": "÷",
    "power": "^",
    "negative": "neg",
    "matmul": "@",
    "sigmoid": "σ",
    "square": "x²",
    "sqrt": "√",
    "sum": "Σ",
    "reciprocal": "1/x",
    "cast": "cast",
}

_BETWEEN = {"add": "+", "subtract": "−", "multiply": "·", "divide": "/", "power": "^", "matmul": "@"}


class Graph:
    """A computational graph with its values and, from the output back, its gradients.

    ``graph["w"]`` is the node of that name. ``print(graph)`` shows both passes with their numbers; in a notebook the
    graph is drawn, and :meth:`save` writes a page.

    Attributes
    ----------
    nodes : tuple of Node
        Inputs before what is made of them; the output is the last.
    edges : tuple of Edge
    """

    def __init__(self, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        self.nodes, self.edges = tuple(nodes), tuple(edges)
        self._by_name = {node.name: node for node in self.nodes}

    @property
    def output(self) -> Node:
        """The node of the result."""
        return self.nodes[-1]

    @property
    def value(self) -> Array:
        """The result."""
        return self.output.value

    @property
    def gradients(self) -> dict[str, Array]:
        """The gradient of each variable, by name."""
        return {n.name: n.gradient for n in self.nodes if n.kind == "variable" and n.gradient is not None}

    def __getitem__(self, name: str) -> Node:
        if name not in self._by_name:
            raise KeyError(f"no node {name!r}; there are {', '.join(self._by_name)}")
        return self._by_name[name]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def into(self, node: Node) -> list[Edge]:
        """The edges that end in a node, by position."""
        return sorted((edge for edge in self.edges if edge.target == node.id), key=lambda edge: edge.position)

    def out_of(self, node: Node) -> list[Edge]:
        """The edges that begin in a node."""
        return [edge for edge in self.edges if edge.source == node.id]

    # --- Formulas ---

    def forward(self, node: Node) -> Formula:
        """v1 = w·x = 0 · 1 = 0."""
        if not node.operation:
            return Formula(node.name, "", "", written(node.value))
        inputs = [self.nodes[i] for i in node.inputs]
        symbols = _expression(node, [i.symbol for i in inputs])
        numbers = ""
        if all(i.value.size == 1 for i in inputs):
            numbers = _expression(node, [factor(i.value.reshape(-1)[0]) for i in inputs])
        return Formula(node.name, symbols, numbers, written(node.value))

    def backward(self, node: Node) -> Formula | None:
        """∂v5/∂w = ∂v5/∂v1 · ∂v1/∂w = 0.25 · 1 = 0.25; None where no gradient flows."""
        if node.gradient is None:
            return None
        last = self.output.name
        if node is self.output:
            return Formula(f"∂{last}/∂{last}", "", "", written(node.gradient))
        edges = [edge for edge in self.out_of(node) if edge.flow is not None]
        if [edge.target for edge in edges] == [self.output.id]:
            return Formula(f"∂{last}/∂{node.name}", "", "", written(node.gradient))
        symbols, numbers = [], []
        for edge in edges:
            above = self.nodes[edge.target]
            symbols.append(f"∂{last}/∂{above.name} · ∂{above.name}/∂{node.name}")
            if edge.derivative is not None and edge.derivative.size == 1 and above.gradient is not None:
                numbers.append(f"{shown(above.gradient.item())} · {factor(edge.derivative.item())}")
        complete = len(numbers) == len(edges)
        return Formula(
            f"∂{last}/∂{node.name}",
            " + ".join(symbols),
            " + ".join(numbers) if complete else "",
            written(node.gradient),
        )

    # --- Showing ---

    def __str__(self) -> str:
        from dlcore.explain.text import aligned

        forward = [self.forward(node) for node in self.nodes if node.symbol == node.name]
        backward = [self.backward(node) for node in reversed(self.nodes)]
        found = [formula for formula in backward if formula is not None]
        return "\n".join(["Forward", *aligned(forward), "", "Backward", *aligned(found)])

    def __repr__(self) -> str:
        return f"<Graph of {len(self.nodes)} nodes, {len(self.edges)} edges, value {written(self.value)}>"

    def to_html(self) -> str:
        """One page that needs nothing else: the graph drawn, to step through node by node, forward and backward."""
        from dlcore.explain.page import graph_page

        return graph_page(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write :meth:`to_html` to a file whose name ends in .html."""
        from dlcore.explain.page import write

        write(path, self.to_html())

    def _repr_html_(self) -> str:
        from dlcore.explain.notebook import graph_html

        return graph_html(self)


def written(array: Array) -> str:
    """An array as text: its numbers, or a summary of many."""
    array = np.asarray(array)
    if array.size == 1:
        return shown(array.reshape(-1)[0])
    if array.size <= WRITTEN:
        return "[" + ", ".join(shown(value) for value in array.ravel()) + "]"
    return str(summary(array))


def _expression(node: Node, inputs: Sequence[str]) -> str:
    """An operation of its inputs, as one would write it."""
    if node.operation in _BETWEEN and len(inputs) == 2:
        return f"{inputs[0]} {_BETWEEN[node.operation]} {inputs[1]}"
    if node.operation == "negative":
        return f"−{inputs[0]}"
    sign = "σ" if node.operation == "sigmoid" else node.operation
    kept = [f"{key}={value}" for key, value in node.parameters.items() if _plain(value)]
    return f"{sign}({', '.join([*inputs, *kept])})"


def _plain(value: Any) -> bool:
    return isinstance(value, (int, float, str, tuple)) and not isinstance(value, bool) and len(str(value)) < 20
