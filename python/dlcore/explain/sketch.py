"""A small picture of a network: columns of circles, joined."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from dlcore.markup import escape, picture

#: Pixels: from column to column, from unit to unit, a unit's radius; units drawn of a layer.
COLUMN, ROW, RADIUS, UNITS = 130, 26, 9, 8


def sketch(sizes: Sequence[tuple[str, int]]) -> str:
    """The picture as SVG.

    Parameters
    ----------
    sizes : sequence of (name, units)
        The columns from left to right. Of many units some are drawn, with their number below.
    """
    counts = [min(units, UNITS) for _, units in sizes]
    tall = max(counts) * ROW
    width, height = len(sizes) * COLUMN, tall + 44
    columns = []
    for c, count in enumerate(counts):
        x, top = c * COLUMN + COLUMN / 2, 22 + (tall - count * ROW) / 2 + ROW / 2
        columns.append([(x, top + u * ROW) for u in range(count)])
    parts: list[str] = []
    for below, above in itertools.pairwise(columns):
        parts += [
            f'<line class="edge" x1="{x1 + RADIUS:g}" y1="{y1:g}" x2="{x2 - RADIUS:g}" y2="{y2:g}"/>'
            for x1, y1 in below
            for x2, y2 in above
        ]
    for (name, units), places in zip(sizes, columns, strict=True):
        parts += [f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}"/>' for x, y in places]
        x = places[0][0]
        parts.append(f'<text class="heading" x="{x:g}" y="14" text-anchor="middle">{escape(name)}</text>')
        parts.append(f'<text x="{x:g}" y="{height - 6}" text-anchor="middle">{units}</text>')
    return picture(width, height, "The network", parts)
