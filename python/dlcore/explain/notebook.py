"""What notebooks show of explanations, graphs, models, histories: HTML without scripts, in the notebook's colours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from dlcore.explain.curves import curves
from dlcore.explain.drawing import Drawing
from dlcore.explain.graph_drawing import GraphDrawing
from dlcore.explain.notation import shown, summary
from dlcore.explain.sketch import sketch
from dlcore.explain.story import ROWS, story
from dlcore.markup import details, escape, table

if TYPE_CHECKING:
    from dlcore.explain.explanation import Explanation
    from dlcore.explain.graph import Graph
    from dlcore.explain.updates import UpdateExplanation

#: A graph of more nodes is not drawn in a notebook, a network of more layers neither.
DRAWN_NODES, DRAWN_LAYERS = 40, 6


def boxed(content: str) -> str:
    """Content with the little style it needs; ids are taken out, as a notebook may show a thing twice."""
    style = files("dlcore.explain").joinpath("notebook.css").read_text("utf-8")
    return f'<div class="dlcore"><style>{style}</style>{content}</div>'


def _unnamed(svg: str) -> str:
    return re.sub(r' id="[^"]*"', "", svg)


def explanation_html(explanation: Explanation) -> str:
    """The network after the step, a table of the parameters, and every formula behind a line."""
    e, drawing = explanation, Drawing(explanation)
    row = 0 if e.rows <= ROWS else None
    texts = drawing.weights()
    for frame in story(e, row):
        if frame.phase in ("forward", "loss"):
            texts.update(drawing.labels(frame, row))
    rows = [
        (
            p.name,
            shown(summary(p.before).norm),
            "stays" if p.gradient is None else shown(summary(p.gradient).norm),
            shown(summary(p.after - p.before).norm),
        )
        for p in e.parameters.values()
    ]
    head = ("parameter", "‖w‖ before", "‖∂E/∂w‖", "‖change‖")
    title = f"<div><b>Step {e.step} of {escape(e.model)}</b>: {escape(e.loss.name)} {shown(e.loss.total)}</div>"
    picture = _unnamed(drawing.svg(texts)) if len(e.layers) <= DRAWN_LAYERS else ""
    return boxed(title + picture + table(head, rows) + details("Every step with its numbers", str(e)))


def update_html(update: UpdateExplanation) -> str:
    """The formulas of the element with the largest gradient."""
    rows = [(f.name, f.symbols, f.numbers, f.value) for f in update.formulas()]
    caption = f"{update.optimizer}, step {update.step}, learning rate {update.learning_rate:.9g}: {update.name}"
    return boxed(table(("", "", "", "value"), rows, caption) + details("All of it", str(update)))


def graph_html(graph: Graph) -> str:
    """The graph with values and gradients."""
    picture = _unnamed(GraphDrawing(graph).svg(filled=True)) if len(graph) <= DRAWN_NODES else ""
    return boxed(picture + details("Both passes with their numbers", str(graph)))


def model_html(name: str, rows: Sequence[Sequence[Any]], notes: Sequence[str], sizes: Sequence[tuple[str, int]]) -> str:
    """A model: its layers as a table, a few lines below, and a sketch of the units.

    Parameters
    ----------
    rows : sequence of (layer, shape, parameters)
    notes : sequence of str
    sizes : sequence of (name, units)
        Of the input and each layer; empty where they are no rows of units.
    """
    below = "".join(f"<div>{escape(note)}</div>" for note in notes)
    picture = sketch(sizes) if 1 < len(sizes) <= DRAWN_LAYERS else ""
    return boxed(table(("layer", "output shape", "parameters"), rows, f"Model: {name}") + below + picture)


def history_html(epochs: Sequence[int], history: Mapping[str, Sequence[Any]], when: Mapping[str, Sequence[int]]) -> str:
    """The curves of a training, and the numbers of its first, best and last epoch."""
    plain = {name: values for name, values in history.items() if all(isinstance(v, (int, float)) for v in values)}
    head = ("", "first", "lowest", "highest", "last")
    rows = [
        (name, *(shown(round(float(v), 6)) for v in (values[0], min(values), max(values), values[-1])))
        for name, values in plain.items()
        if values
    ]
    count = f"{len(epochs)} epoch{'s' * (len(epochs) != 1)}"
    return boxed(table(head, rows, f"History: {count}") + curves(plain, when))
