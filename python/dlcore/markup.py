"""HTML of a few kinds, for notebooks and pages: escaped, small, in whatever colours surround it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

#: An array shows so many rows and columns; of a larger one the first and the last.
EDGE = 4

_CELL = "text-align:right;padding:0.15em 0.7em;font-variant-numeric:tabular-nums"


def escape(value: Any) -> str:
    """A text that HTML takes as it is, in attributes as well."""
    return html.escape(str(value), quote=True)


def table(head: Sequence[Any], rows: Sequence[Sequence[Any]], caption: str = "") -> str:
    """A table of texts, the first column to the left."""
    above = f"<caption style='text-align:left;padding-bottom:0.3em'>{escape(caption)}</caption>" if caption else ""

    def cells(row: Sequence[Any], tag: str) -> str:
        styles = [_CELL.replace("right", "left"), *[_CELL] * (len(row) - 1)]
        return "".join(f'<{tag} style="{style}">{escape(c)}</{tag}>' for style, c in zip(styles, row, strict=True))

    first = f"<thead><tr>{cells(head, 'th')}</tr></thead>" if head else ""
    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f"<table>{above}{first}<tbody>{body}</tbody></table>"


def picture(width: float, height: float, label: str, parts: Iterable[str], smallest: float = 0.0) -> str:
    """An SVG of so many pixels, which narrow places shrink to ``smallest`` of its size; ``label`` says what it is."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" style="min-width:{smallest * width:.0f}px" '
        f'role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def details(title: str, text: str) -> str:
    """Text behind a line that opens it."""
    return f"<details><summary>{escape(title)}</summary><pre>{escape(text)}</pre></details>"


def array_html(kind: str, array: Any, name: str = "") -> str:
    """An array with its shape and dtype: a number by itself, a matrix as a table, the ends of a large one."""
    array = np.asarray(array)
    title = f"<b>{escape(kind)}</b> {escape(name)}".rstrip()
    shape = " × ".join(map(str, array.shape)) if array.ndim else "a number"
    head = f"<div>{title} <span style='opacity:0.7'>{shape}, {escape(array.dtype)}</span></div>"
    if array.ndim == 0:
        return f"<div>{head}<code>{escape(array.item())}</code></div>"
    if array.ndim > 2 or array.size == 0:
        return f"<div>{head}<pre>{escape(np.array2string(array, threshold=32, edgeitems=2, precision=6))}</pre></div>"
    rows = array.reshape(1, -1) if array.ndim == 1 else array
    body = [[_number(v) if v is not None else "…" for v in _ends(row)] for row in _rows(rows)]
    return f"<div>{head}{table((), body)}</div>"


def _ends(row: Any) -> list[Any]:
    values = list(row)
    return values if len(values) <= 2 * EDGE else [*values[:EDGE], None, *values[-EDGE:]]


def _rows(rows: Any) -> list[Any]:
    if len(rows) <= 2 * EDGE:
        return list(rows)
    return [*rows[:EDGE], [None] * rows.shape[1], *rows[-EDGE:]]


def _number(value: Any) -> str:
    return f"{value:.6g}" if np.asarray(value).dtype.kind == "f" else str(value)
