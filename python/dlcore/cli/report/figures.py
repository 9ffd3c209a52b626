"""What a report shows of a training and of a test: learning curves, a confusion matrix, residuals, what matters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.cli.report import svg

#: More points than this say nothing more; every n-th is drawn.
POINTS = 1000
BINS = 31
#: A matrix of more classes than this is too large for a page.
CLASSES = 20


def learning_curves(curves: Mapping[str, Sequence[float]], best: int | None, measured: str) -> str:
    """Lines over the epochs, the first in the first colour; the best epoch (from 0) is marked on the last."""
    epochs = max(map(len, curves.values()))
    values = [value for curve in curves.values() for value in curve if math.isfinite(value)] or [0.0]
    low, high = min(values), max(values)
    kind = svg.logarithmic if low > 0 and high > svg.LOGARITHMIC * low else svg.linear
    x = svg.linear(1, max(epochs, 2), svg.LEFT, svg.WIDTH - svg.RIGHT)
    x = svg.Axis(x.place, [(value, text) for value, text in x.ticks if value == int(value)])
    y = kind(low if kind is svg.logarithmic else min(low, 0.0), high, svg.HEIGHT - svg.BOTTOM, svg.TOP)
    marks = []
    for number, (name, curve) in enumerate(curves.items()):
        points = [(epoch + 1.0, float(value)) for epoch, value in enumerate(curve)]
        marks.append(svg.line(x, y, points, f"c{number}"))
        at = svg.TOP + 12 + 16 * number
        marks.append(f'<path class="line c{number}" d="M{svg.WIDTH - 150} {at - 4}h18"/>')
        marks.append(f'<text x="{svg.WIDTH - 126}" y="{at}">{escape(name)}</text>')
        if best is not None and number == len(curves) - 1 and best < len(curve):
            marks.append(svg.dots(x, y, [points[best]], f"best c{number}"))
    label = f"{measured} over {epochs} epochs: {', '.join(curves)}"
    return svg.figure(label, x, y, ("epoch", measured), marks)


def confusion_matrix(counts: NDArray[np.int64], names: Sequence[str]) -> str:
    """A table: rows are what is true, columns what was predicted; a cell is as dark as its share of its row."""
    totals = counts.sum(axis=1)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows: list[str] = []
    for name, row, total in zip(names, counts, totals, strict=True):
        cells = "".join(_cell(int(count), int(total), name, other) for count, other in zip(row, names, strict=True))
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{cells}<td class="right">{_share(row, total, len(rows))}')
    body = "</td></tr>\n".join(rows) + "</td></tr>"
    corner = '<th class="corner">true ↓&ensp;predicted →</th>'
    return (
        f'<table class="matrix"><thead><tr>{corner}{head}<th scope="col">found</th></tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table>"
    )


def _cell(count: int, total: int, true: str, predicted: str) -> str:
    kind = "hit" if true == predicted else "miss"
    shade = f"{count / total:.3f}" if total else "0"
    dark = " dark" if total and count / total > 0.5 else ""
    title = escape(f"{count} of {total} that are {true}: predicted {predicted}")
    return f'<td class="{kind}{dark}" style="--share:{shade}" title="{title}">{count or ""}</td>'


def _share(row: NDArray[np.int64], total: int, place: int) -> str:
    return f"{row[place] / total:.1%}" if total else "–"


def confusions(counts: NDArray[np.int64], names: Sequence[str], most: int = 20) -> str:
    """The most frequent mistakes, for more classes than a matrix can show."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    rows = []
    for true, predicted in zip(*np.unravel_index(order, wrong.shape), strict=True):
        if wrong[true, predicted]:
            cells = (names[true], names[predicted], f"{wrong[true, predicted]} of {counts[true].sum()}")
            rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    head = '<thead><tr><th scope="col">true</th><th scope="col">predicted</th><th scope="col">rows</th></tr></thead>'
    return f"<table>{head}\n<tbody>\n" + "\n".join(rows) + "\n</tbody></table>"


def predicted_against_actual(actual: NDArray[Any], predicted: NDArray[Any], name: str) -> str:
    """Points that would all lie on the diagonal if every prediction were right."""
    some = np.linspace(0, len(actual) - 1, min(len(actual), POINTS)).round().astype(int)
    low = float(min(actual.min(), predicted.min()))
    high = float(max(actual.max(), predicted.max()))
    x = svg.linear(low, high, svg.LEFT, svg.WIDTH - svg.RIGHT)
    y = svg.linear(low, high, svg.HEIGHT - svg.BOTTOM, svg.TOP)
    points = zip(actual[some].tolist(), predicted[some].tolist(), strict=True)
    marks = [svg.line(x, y, [(low, low), (high, high)], "ideal"), svg.dots(x, y, points, "c0")]
    return svg.figure(f"predicted against actual {name}", x, y, (f"actual {name}", "predicted"), marks)


def residuals(actual: NDArray[Any], predicted: NDArray[Any], name: str) -> str:
    """How often the predictions are off by how much."""
    errors = predicted - actual
    reach = float(np.abs(errors).max()) or 1.0
    counts, edges = np.histogram(errors, BINS, (-reach, reach))
    x = svg.linear(-reach, reach, svg.LEFT, svg.WIDTH - svg.RIGHT)
    y = svg.linear(0, float(counts.max()), svg.HEIGHT - svg.BOTTOM, svg.TOP)
    y = svg.Axis(y.place, [(value, text) for value, text in y.ticks if value == int(value)])
    marks = [
        svg.bar(x, y, (float(edges[k]), float(edges[k + 1])), float(count), "c0")
        for k, count in enumerate(counts)
        if count
    ]
    marks.append(f'<path class="line ideal" d="M{x.place(0):.1f} {svg.TOP}V{svg.HEIGHT - svg.BOTTOM}"/>')
    return svg.figure(f"residuals of {name}", x, y, (f"predicted minus actual {name}", "rows"), marks)


def bars(values: Sequence[tuple[str, float, float]], unit: str, most: int = 20) -> str:
    """A table of names, each with a bar as long as its value, the longest first; the third number is its spread."""
    chosen = sorted(values, key=lambda entry: -entry[1])[:most]
    longest = max((value for _, value, _ in chosen), default=0.0)
    rows = []
    for name, value, spread in chosen:
        size = max(value, 0.0) / longest * 100 if longest > 0 else 0.0
        drawn = f'<td class="track"><span style="width:{size:.1f}%"></span></td>'
        shown = f"{round(value, 3) + 0.0:.3f} ± {spread:.3f}"  # and no -0.000
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{drawn}<td class="number">{shown}</td>')
    head = f'<thead><tr><th scope="col">column</th><th></th><th scope="col">{escape(unit)}</th></tr></thead>'
    return f'<table class="bars">{head}\n<tbody>\n' + "</tr>\n".join(rows) + "</tr>\n</tbody></table>"
