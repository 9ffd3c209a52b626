"""The graph of an expression: its gradients are the tape's, its edges carry them, its formulas have the numbers."""

from __future__ import annotations

import re

import numpy as np
import pytest

import dlcore
from dlcore import ops
from dlcore.explain import Graph


def logistic(w, b):
    return 1 / (1 + ops.exp(-(w * 1.0 + b)))


@pytest.fixture
def chain():
    return dlcore.explain(logistic, [0.0, 0.0])


def test_the_course_s_chain_rule(chain):
    assert chain.value == 0.5
    assert chain["w"].gradient == 0.25
    assert chain["b"].gradient == 0.25
    assert [float(n.gradient) for n in chain if n.operation] == [0.25, 0.25, -0.25, -0.25, -0.25, 1.0]
    text = str(chain)
    assert "v5 = 1 + v4 = 1 + 1 = 2" in text
    assert "∂v6/∂w = ∂v6/∂v1 · ∂v1/∂w = 0.25 · 1 = 0.25" in text


def test_edges_are_drawn_around_other_nodes():
    """c is used at every depth: its edges pass the columns between, level, and outside of every box there."""
    c = dlcore.Variable(2.0, name="c")
    svg = dlcore.explain(lambda w: ((w * c + c) * c + c) * c, 1.0)._repr_html_()
    boxes = [
        tuple(map(float, box)) for box in re.findall(r'<rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', svg)
    ]
    levels = [(start, end) for path in re.findall(r' d="([^"]+)"', svg) for start, end in _levels(path)]
    assert levels
    for (x1, y), (x2, _) in levels:
        assert not any(x < (x1 + x2) / 2 < x + w and top <= y <= top + h for x, top, w, h in boxes)


def _levels(path):
    """The straight parts of a path: where it passes a column."""
    numbers = [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]
    letters = re.findall(r"[MLC]", path)
    places, at = [], 0
    for letter in letters:
        if letter == "L":
            places.append((numbers[at - 1], numbers[at]))
        at += 3 if letter == "C" else 1
    return places


def test_nodes_come_before_what_is_made_of_them(chain):
    assert [node.id for node in chain.nodes] == list(range(len(chain)))
    assert all(edge.source < edge.target for edge in chain.edges)
    assert {(e.source, e.target) for e in chain.edges} == {(i, n.id) for n in chain for i in n.inputs}
    assert [n.kind for n in chain].count("output") == 1
    assert chain.output.kind == "output"
    assert {n.name for n in chain if n.kind == "variable"} == {"w", "b"}
    assert all(n.depth > max(chain.nodes[i].depth for i in n.inputs) for n in chain if n.inputs)


def wide(w, b, x):
    return ops.sum(ops.tanh(ops.matmul(x, w) + b) ** 2) + ops.mean(w) * ops.max(b)


ARGUMENTS = [np.linspace(-1, 1, 6).reshape(3, 2), np.array([0.1, 0.2]), np.arange(12.0).reshape(4, 3) / 7]


def test_gradients_are_the_tape_s_bit_for_bit():
    graph = dlcore.explain(wide, ARGUMENTS)
    for name, found in zip("wbx", dlcore.gradients(wide, ARGUMENTS), strict=True):
        assert graph[name].gradient.tobytes() == np.asarray(found).tobytes()
        assert graph.gradients[name] is graph[name].gradient
    assert graph.value == np.asarray(wide(*ARGUMENTS))


def test_what_flows_along_the_edges_adds_up_and_is_the_chain_rule():
    graph = dlcore.explain(wide, ARGUMENTS)
    for node in graph.nodes:
        flows = [edge.flow for edge in graph.out_of(node) if edge.flow is not None]
        if node.gradient is not None and flows:
            np.testing.assert_allclose(sum(flows), node.gradient, rtol=1e-12)
    for edge in graph.edges:
        source, target = graph.nodes[edge.source], graph.nodes[edge.target]
        if edge.derivative is None:
            continue
        if edge.derivative.shape == source.value.shape == target.value.shape:
            flow = target.gradient * edge.derivative
        else:
            flow = np.tensordot(target.gradient, edge.derivative, axes=target.value.ndim)
        np.testing.assert_allclose(flow, edge.flow, rtol=1e-12, atol=1e-15)


def test_local_derivatives_are_those_of_differences():
    graph = dlcore.explain(lambda x: ops.sum(ops.tanh(x)), [np.array([0.3, -0.5])])
    (edge,) = graph.out_of(graph["x"])
    np.testing.assert_allclose(edge.derivative, 1 - np.tanh([0.3, -0.5]) ** 2, rtol=1e-12)


def test_a_variable_used_twice_is_one_node():
    w = dlcore.Variable(3.0, name="w")
    graph = dlcore.explain(lambda: w * w + w)
    assert [n.name for n in graph if n.kind == "variable"] == ["w"]
    assert graph["w"].gradient == 7
    assert len(graph.out_of(graph["w"])) == 3
    assert "3 · 3" in str(graph)


def test_a_tensor_whose_tape_stands():
    w = dlcore.Variable(2.0, name="w")
    with dlcore.GradientTape() as tape:
        y = w**2 + 1
    graph = dlcore.explain(y, names={"y": y})
    assert graph.output.name == "y"
    assert graph["w"].gradient == 4
    assert tape.gradient(y, w) == 4, "the tape was not used up"
    with pytest.raises(RuntimeError, match="no tape"):
        dlcore.explain(y)


def test_names_of_dicts_and_of_kernels():
    graph = dlcore.explain(lambda a, x: ops.sigmoid(a * x), {"a": 2.0, "x": 3.0})
    assert {"a", "x"} <= graph.gradients.keys()
    assert "sigmoid" in graph.output.operation
    assert repr(graph) == f"<Graph of {len(graph)} nodes, {len(graph.edges)} edges, value {graph.value.item():.7g}>"


def test_what_leads_nowhere_is_left_out():
    def function(w):
        ops.exp(w)
        return w * 2

    assert [n.operation for n in dlcore.explain(function, 1.0) if n.operation] == ["multiply"]


def test_large_jacobians_are_left_out():
    graph = dlcore.explain(lambda x: ops.sum(ops.exp(x)), np.zeros((40, 40)))
    assert all(edge.derivative is None for edge in graph.out_of(graph["x"]))
    assert graph["x"].gradient.shape == (40, 40)
    assert len(str(graph)) < 1000


def test_refusals():
    with pytest.raises(TypeError, match="a Tensor or a function"):
        dlcore.explain(3.0)
    with pytest.raises(TypeError, match="must give a Tensor"):
        dlcore.explain(lambda: 3.0)
    with pytest.raises(TypeError, match="must take 1 values"):
        dlcore.explain(lambda: 3.0, [1.0])
    with pytest.raises(KeyError, match="there are w, "):
        dlcore.explain(lambda w: w * w, 1.0)["nothing"]


def test_the_room_is_the_function():
    import dlcore.explain as room

    assert room is dlcore.explain
    assert room.Graph is Graph
    assert room.explain(lambda w: w * w, 1.0).value == 1


def test_large_graphs_are_drawn_straight_across():
    w = dlcore.Variable([1.0, 0.99])

    def long():
        v = w
        for _ in range(150):
            v = v * w
        return ops.sum(v)

    page = dlcore.explain(long).to_html()
    assert page.count('class="edge"') == 301
    assert not re.search(r' d="[^"]*L', page.split("<svg", 1)[1].split("</svg>", 1)[0])
