"""The network of an explanation as an SVG: columns of units, edges with weights, and what a frame writes on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dlcore.explain.chain import Names
from dlcore.explain.notation import lowered, summary
from dlcore.explain.parts import LayerStep, ParameterStep
from dlcore.explain.story import UNITS, Frame
from dlcore.markup import escape, picture

if TYPE_CHECKING:
    from dlcore.explain.explanation import Explanation

#: Pixels: from column to column, from unit to unit, a unit's width and height, around everything.
COLUMN, ROW, WIDTH, HEIGHT, MARGIN = 290, 108, 138, 84, 14

#: Drawings shrink to so much of their size, then scroll.
SMALLEST = 0.85

#: Between two layers so many weights are written out; of more only the thickness shows.
LABELLED = 16


class Box(NamedTuple):
    """A unit, or a whole layer in one: its id, its place (middle) and its title."""

    id: str
    x: float
    y: float
    title: str


class Drawing:
    """The network, and what each frame changes about it.

    Ids: ``n1-0`` is the first unit of the first layer, with lines ``n1-0a``, ``n1-0b``, ``n1-0c``; ``e1-0-1`` the edge
    from unit 0 below to unit 1 of that layer, ``e1-0-1t`` what is written on it.
    """

    def __init__(self, explanation: Explanation) -> None:
        self._e = e = explanation
        self._names = Names(e.layers)
        sizes = [_units(e.x), *(_units(layer.out) for layer in e.layers), self._loss_units()]
        self._tall = max((size or 1) for size in sizes) * ROW
        self._columns = [self._column(c, size) for c, size in enumerate(sizes)]
        self.width = (len(sizes) - 1) * COLUMN + WIDTH + 2 * MARGIN
        self.height = self._tall + 2 * MARGIN + 30

    def _loss_units(self) -> int | None:
        e = self._e
        units = _units(e.prediction)
        return units if e.loss.target is not None else None

    def _column(self, c: int, size: int | None) -> list[Box]:
        x = MARGIN + WIDTH / 2 + c * COLUMN
        if size is None:
            return [Box(f"n{c}", x, MARGIN + 30 + self._tall / 2, self._block_title(c))]
        top = MARGIN + 30 + (self._tall - size * ROW) / 2 + ROW / 2
        return [Box(f"n{c}-{u}", x, top + u * ROW, self._title(c, u)) for u in range(size)]

    def _title(self, c: int, unit: int) -> str:
        if c == 0:
            return f"x{lowered(unit + 1)}"
        if c > len(self._e.layers):
            return f"E{lowered(unit + 1)}"
        layer = self._e.layers[c - 1]
        return self._names.title(layer, unit) if layer.dense else f"{unit + 1}"

    def _block_title(self, c: int) -> str:
        if c > len(self._e.layers):
            return "E"
        array = self._e.x if c == 0 else self._e.layers[c - 1].out
        return " × ".join(map(str, array.shape[1:])) + (" inputs" if c == 0 else " units")

    # --- The picture ---

    def svg(self, texts: Mapping[str, str] | None = None) -> str:
        """The picture; what ``texts`` does not say, frames fill."""
        texts = texts or {}
        label = f"The network {self._e.model}: " + ", ".join(
            ["input", *(f"layer {layer.name}" for layer in self._e.layers), "loss"]
        )
        parts: list[str] = []
        for c, boxes in enumerate(self._columns):
            parts.append(_text(boxes[0].x, MARGIN + 12, self._heading(c), "heading"))
        for c in range(1, len(self._columns)):
            parts += self._edges(c, texts)
        for boxes in self._columns:
            parts += [_drawn(box, texts) for box in boxes]
        return picture(self.width, self.height, label, parts, SMALLEST)

    def _heading(self, c: int) -> str:
        if c == 0:
            return "input"
        if c > len(self._e.layers):
            return "loss"
        layer = self._e.layers[c - 1]
        return f"{layer.name} · {layer.activation}" if layer.activation else layer.name

    def _edges(self, c: int, texts: Mapping[str, str]) -> Iterator[str]:
        below, above = self._columns[c - 1], self._columns[c]
        kernel = self._kernel(c)
        for i, j in self._pairs(c):
            a, b = below[i], above[j]
            weight = 0.0 if kernel is None or len(below) * len(above) == 1 else float(kernel.before[i, j])
            if self._summed(c):
                weight = 0.0
            largest = 1.0 if kernel is None else float(np.abs(kernel.before).max()) or 1.0
            sign = "minus" if weight < 0 else "plus"
            name = f"e{c}-{i}-{j}"
            yield (
                f'<line id="{name}" class="edge {sign}" stroke-width="{1 + 3 * abs(weight) / largest:.2f}" '
                f'x1="{a.x + WIDTH / 2:.1f}" y1="{a.y:.1f}" x2="{b.x - WIDTH / 2:.1f}" y2="{b.y:.1f}"/>'
            )
            if self._labelled(c):
                # So far along the edges that those of neighbouring units leave each other room.
                y = a.y + (b.y - a.y) / (len(above) + 1)
                label = f'<text id="{name}t" class="label" x="{a.x + WIDTH / 2 + 10:.1f}" y="{y - 4:.1f}">'
                yield f"{label}{escape(texts.get(f'{name}t', ''))}</text>"

    def _kernel(self, c: int) -> ParameterStep | None:
        layer = self._e.layers[c - 1] if 0 < c <= len(self._e.layers) else None
        return layer.kernel if layer is not None and layer.dense else None

    def _summed(self, c: int) -> bool:
        """Whether the weights into a column are drawn as one."""
        kernel = self._kernel(c)
        return kernel is not None and kernel.before.shape != (len(self._columns[c - 1]), len(self._columns[c]))

    def _labelled(self, c: int) -> bool:
        return self._kernel(c) is not None and (self._summed(c) or len(self._pairs(c)) <= LABELLED)

    def _pairs(self, c: int) -> list[tuple[int, int]]:
        """Which boxes are joined: all with all by weights, else each with its own."""
        below, above = self._columns[c - 1], self._columns[c]
        if self._kernel(c) is None and len(below) == len(above):
            return [(i, i) for i in range(len(below))]
        return [(i, j) for i in range(len(below)) for j in range(len(above))]

    def weights(self) -> dict[str, str]:
        """What stands on the edges before anything happens: the weights and biases."""
        found: dict[str, str] = {}
        for place, layer in enumerate(self._e.layers):
            found.update(self._parameters(place + 1, layer, "before"))
        return found

    # --- What a frame writes ---

    def labels(self, frame: Frame, row: int | None) -> dict[str, str]:
        """Texts by the ids of the lines that a frame fills."""
        place, e = frame.layer, self._e
        if place < 0:
            return dict(self._lines(0, "a", "", e.x, row))
        if place == len(e.layers):
            return dict(self._loss_lines(row))
        layer, c = e.layers[place], place + 1
        if frame.quantity == "out":
            found = dict(self._lines(c, "b", "out ", layer.out, row))
            if layer.net is not None:
                found.update(self._lines(c, "a", "net ", layer.net, row))
            return found
        if frame.quantity == "dE_dnet":
            found = {}
            for line, name, array in (("a", "∂E/∂out ", layer.dE_dout), ("b", "∂E/∂net ", layer.dE_dnet)):
                found.update(self._lines(c, line, name, array, row) if array is not None else self._blank(c, line))
            return found
        return dict(self._parameters(c, layer, frame.quantity))

    def active(self, frame: Frame) -> list[str]:
        """The ids that a frame is about."""
        c = frame.layer + 1
        if frame.quantity in ("gradient", "after"):
            return [f"e{c}-{i}-{j}" for i, j in self._pairs(c)]
        return [box.id for box in self._columns[c]]

    def _blank(self, c: int, line: str) -> Iterator[tuple[str, str]]:
        yield from ((box.id + line, "") for box in self._columns[c])

    def _lines(self, c: int, line: str, name: str, array: Any, row: int | None) -> Iterator[tuple[str, str]]:
        boxes = self._columns[c]
        if array.ndim != 2 or len(boxes) != array.shape[1] or boxes[0].id == f"n{c}":
            found = summary(array if row is None else array[row])
            symbol = name.strip() or "x"
            yield boxes[0].id + line, f"{symbol} {found.mean:.3g} ± {_spread(array, row):.2g}".replace("-", "−")
            return
        values = array.mean(axis=0) if row is None else array[row]
        for box, value in zip(boxes, values, strict=True):
            yield box.id + line, name + short(value)

    def _loss_lines(self, row: int | None) -> Iterator[tuple[str, str]]:
        e, boxes = self._e, self._columns[-1]
        if boxes[0].id == f"n{len(self._columns) - 1}" or e.loss.target is None:
            yield boxes[0].id + "a", f"E {short(e.loss.total)}"
            return
        yield from self._lines(len(self._columns) - 1, "a", "t ", e.loss.target, row)
        if e.loss.parts is not None:
            yield from self._lines(len(self._columns) - 1, "b", "E ", e.loss.parts, row)
        yield boxes[-1].id + "c", f"Σ: E {short(e.loss.total)}"

    def _parameters(self, c: int, layer: LayerStep, which: str) -> Iterator[tuple[str, str]]:
        sign = {"before": "", "gradient": "∂", "after": ""}[which]
        mark = "⁺" if which == "after" else ""
        kernel, bias = self._kernel(c), layer.bias
        values = None if kernel is None else getattr(kernel, which)
        if values is not None and self._labelled(c):
            if self._summed(c):
                for i, j in self._pairs(c)[:1]:
                    yield f"e{c}-{i}-{j}t", f"‖{sign}w{mark}‖ {summary(values).norm:.4g}"
            else:
                for i, j in self._pairs(c):
                    yield f"e{c}-{i}-{j}t", f"{sign}{self._names.weight(layer, i, j)}{mark} {short(values[i, j])}"
        values = None if bias is None else getattr(bias, which)
        if values is not None and layer.dense and len(self._columns[c]) == values.size:
            for unit, box in enumerate(self._columns[c]):
                if box.id != f"n{c}":
                    yield box.id + "c", f"{sign}{self._names.bias(layer, unit)}{mark} {short(values[unit])}"


def short(value: Any) -> str:
    """A number in four digits, for narrow places."""
    return f"{float(value) + 0.0:.4g}".replace("-", "−")


def _spread(array: Any, row: int | None) -> float:
    return float(np.std(array if row is None else array[row]))


def _units(array: Any) -> int | None:
    """How many boxes a column has; None: it is drawn as one."""
    return array.shape[1] if array.ndim == 2 and array.shape[1] <= UNITS else None


def _drawn(box: Box, texts: Mapping[str, str]) -> str:
    x, y = box.x - WIDTH / 2, box.y - HEIGHT / 2
    lines = [
        f'<g id="{box.id}" class="node"><rect x="{x:.1f}" y="{y:.1f}" width="{WIDTH}" height="{HEIGHT}" rx="12"/>',
        _text(box.x, y + 18, box.title, "title"),
        *(
            _text(box.x, y + 37 + 18 * i, texts.get(box.id + line, ""), "value", box.id + line)
            for i, line in enumerate("abc")
        ),
        "</g>",
    ]
    return "".join(lines)


def _text(x: float, y: float, text: str, kind: str, name: str = "") -> str:
    own = f' id="{name}"' if name else ""
    return f'<text{own} class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'
