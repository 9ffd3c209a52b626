"""Curves over epochs as an SVG: one panel for each metric, training and validation in one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from dlcore.explain.notation import shown
from dlcore.markup import escape, picture

#: Pixels of a panel and its margins; panels drawn.
WIDTH, HEIGHT, LEFT, TOP, PANELS = 260, 150, 56, 24, 4

#: Of training and validation; they read on light and on dark.
COLOURS = ("#3b82f6", "#f97316")


def curves(history: Mapping[str, Sequence[float]], when: Mapping[str, Sequence[int]]) -> str:
    """The panels side by side, ``when`` the epoch of each number; nothing for fewer than two epochs."""
    names = [name for name in history if not name.startswith("val_")][:PANELS]
    names = [name for name in names if len(history[name]) > 1]
    if not names:
        return ""
    width, height = len(names) * (WIDTH + LEFT), HEIGHT + 2 * TOP
    parts = []
    for place, name in enumerate(names):
        lines = [
            (when.get(key, range(len(history[key]))), history[key]) for key in (name, f"val_{name}") if key in history
        ]
        parts.append(f'<g transform="translate({place * (WIDTH + LEFT) + LEFT} {TOP})">{_panel(name, lines)}</g>')
    return picture(width, height, f"Curves of {', '.join(names)}", parts)


def _panel(name: str, lines: Sequence[tuple[Sequence[int], Sequence[float]]]) -> str:
    finite = [value for _, line in lines for value in line if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    span = (high - low) or 1.0
    inner = WIDTH - 24
    first, last = lines[0][0][0], lines[0][0][-1]
    parts = [
        f'<rect width="{inner}" height="{HEIGHT}"/>',
        f'<text class="title" x="0" y="-8">{escape(name)}</text>',
        f'<text x="-5" y="11" text-anchor="end">{_tick(high)}</text>',
        f'<text x="-5" y="{HEIGHT}" text-anchor="end">{_tick(low)}</text>',
    ]
    for (epochs, line), colour, kind in zip(lines, COLOURS, ("training", "validation"), strict=False):
        points = [
            f"{(epoch - first) / (last - first) * inner:.1f},{HEIGHT - (value - low) / span * HEIGHT:.1f}"
            for epoch, value in zip(epochs, line, strict=False)
            if math.isfinite(value)
        ]
        path = f'<polyline class="curve" stroke="{colour}" points="{" ".join(points)}">'
        parts.append(f"{path}<title>{kind}</title></polyline>")
    if len(lines) > 1:
        legend = f'training, <tspan fill="{COLOURS[1]}">validation</tspan>'
        parts.append(f'<text x="{inner}" y="-8" text-anchor="end">{legend}</text>')
    return "".join(parts)


def _tick(value: float) -> str:
    return shown(float(f"{value:.3g}"))
