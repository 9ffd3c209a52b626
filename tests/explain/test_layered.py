"""Nothing stands on anything else, and results stand in line."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.explain.layered import layout, spread


@st.composite
def graphs(draw):
    """Edges of a graph in which inputs come before what is made of them."""
    count = draw(st.integers(1, 14))
    pairs = [(a, b) for b in range(count) for a in range(b)]
    return count, draw(st.lists(st.sampled_from(pairs), max_size=24)) if pairs else []


@settings(max_examples=80)
@given(graphs())
def test_columns_go_right_and_nodes_keep_apart(graph):
    count, edges = graph
    found = layout(count, edges)
    assert found.nodes.shape == (count, 2)
    for (source, target), way in zip(edges, found.edges, strict=True):
        assert found.nodes[source, 0] < found.nodes[target, 0]
        assert way[0].tolist() == found.nodes[source].tolist()
        assert way[-1].tolist() == found.nodes[target].tolist()
        assert np.all(np.diff(way[:, 0]) == 1)
    occupied = {tuple(place) for place in found.nodes} | {tuple(place) for way in found.edges for place in way[1:-1]}
    for column in {x for x, _ in occupied}:
        heights = sorted(y for x, y in occupied if x == column)
        assert np.all(np.diff(heights) >= 1 - 1e-9)


def test_a_chain_is_a_straight_line():
    """((0 · 1) + 2) through a function: inputs stand beside it."""
    nodes = layout(6, [(0, 2), (1, 2), (2, 4), (3, 4), (4, 5)]).nodes
    np.testing.assert_allclose(np.ptp(nodes[[2, 4, 5], 1]), 0, atol=0.05)
    assert nodes[:, 0].tolist() == [0, 0, 1, 1, 2, 3]


def test_no_crossings_where_none_are_needed():
    nodes = layout(6, [(0, 4), (2, 4), (1, 5), (3, 5)]).nodes
    upper, lower = (4, 5) if nodes[4, 1] < nodes[5, 1] else (5, 4)
    assert max(nodes[[0, 2] if upper == 4 else [1, 3], 1]) < min(nodes[[1, 3] if lower == 5 else [0, 2], 1])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-5, 5), st.sampled_from([1.0, 10.0, 100.0])), min_size=1, max_size=8))
def test_what_is_far_enough_apart_stays(pairs):
    wanted, weights = map(list, zip(*pairs, strict=True))
    found = spread(wanted, weights)
    assert np.all(np.diff(found) >= 1 - 1e-9)
    if np.all(np.diff(wanted) >= 1):
        np.testing.assert_allclose(found, wanted, atol=1e-9)


def test_what_weighs_more_moves_less():
    assert np.allclose(spread([0.0, 0.0], [1.0, 1.0]), [-0.5, 0.5])
    np.testing.assert_allclose(spread([0.0, 0.0], [99.0, 1.0]), [-0.01, 0.99])
