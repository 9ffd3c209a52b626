"""One self-contained HTML page: a drawing, and frames to step through."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from dlcore.explain.drawing import Drawing
from dlcore.explain.graph_drawing import GraphDrawing
from dlcore.explain.notation import shown
from dlcore.explain.story import ROWS, story
from dlcore.files import check_target, write_atomically
from dlcore.markup import escape

if TYPE_CHECKING:
    from dlcore.explain.explanation import Explanation
    from dlcore.explain.graph import Graph


def page(explanation: Explanation) -> str:
    """The page of a training step."""
    e, drawing = explanation, Drawing(explanation)
    rows: list[int | None] = list(range(e.rows)) if e.rows <= ROWS else [None]
    data = []
    for row in rows:
        frames = [
            {
                "phase": frame.phase,
                "title": frame.title,
                "note": frame.note,
                "formulas": [str(formula) for formula in frame.formulas],
                "labels": drawing.labels(frame, row),
                "active": drawing.active(frame),
            }
            for frame in story(e, row)
        ]
        data.append({"name": f"row {row}" if row is not None else f"means over {e.rows} rows", "frames": frames})
    lead = (
        f"{e.rows} row{'s' * (e.rows > 1)} · {e.loss.name} {shown(e.loss.total)} · {e.optimizer}, step {e.step}, "
        f"learning rate {shown(e.learning_rate)}"
    )
    return _filled(f"A training step of {e.model}", lead, drawing.svg(drawing.weights()), data, str(e))


def graph_page(graph: Graph) -> str:
    """The page of a computational graph."""
    drawing = GraphDrawing(graph)
    lead = f"{len(graph.nodes)} values, {len(graph.edges)} edges"
    data = [{"name": "", "frames": drawing.frames()}]
    return _filled(f"The computational graph of {graph.output.name}", lead, drawing.svg(), data, str(graph))


def _filled(title: str, lead: str, drawing: str, data: list[dict[str, Any]], text: str) -> str:
    """The template with its places filled, in one pass: what is put in is never searched again."""
    # Within a script element nothing but "<" could end it.
    frames = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    parts = {
        "title": escape(title),
        "lead": escape(lead),
        "style": _asset("page.css"),
        "script": _asset("page.js"),
        "drawing": drawing,
        "frames": frames,
        "text": escape(text),
    }
    pieces = _asset("page.html").split("@@")
    return "".join(parts[piece] if i % 2 else piece for i, piece in enumerate(pieces))


def _asset(name: str) -> str:
    return files("dlcore.explain").joinpath(name).read_text("utf-8")


def write(path: str | os.PathLike[str], text: str) -> None:
    """Write a page, whole or not at all.

    Raises
    ------
    ValueError
        If the name does not end in .html.
    """
    if not os.fspath(path).lower().endswith((".html", ".htm")):
        raise ValueError(f"path must end in .html; got {os.fspath(path)!r}")
    write_atomically(check_target(path), [text.encode("utf-8")])
