"""Figures as SVG that stands in a page: lines, points and bars on two axes. Colours come from the page's style."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 460, 290
LEFT, RIGHT, TOP, BOTTOM = 72, 16, 12, 44

#: Above this ratio of the largest to the smallest value an axis of positive values counts in powers of ten.
LOGARITHMIC = 50


class Axis(NamedTuple):
    """One direction of a figure.

    ``place`` gives the pixel of a value, ``ticks`` the values to be written beside it with their texts.
    """

    place: Callable[[float], float]
    ticks: list[tuple[float, str]]


def linear(low: float, high: float, start: float, end: float) -> Axis:
    """An axis from low to high, from the pixel start to the pixel end."""
    largest = max(abs(low), abs(high))
    if not high - low > max(1e-12 * largest, sys.float_info.min):  # no room for steps, or for their digits
        pad = largest / 2 if largest > 2 * sys.float_info.min else 0.5
        low, high = low - pad, high + pad

    def place(value: float) -> float:
        return start + (value - low) / (high - low) * (end - start)

    step = nice_step((high - low) / 5)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return Axis(place, [(k * step, written(k * step, step)) for k in range(first, last + 1)])


def logarithmic(low: float, high: float, start: float, end: float) -> Axis:
    """An axis in powers of ten."""
    exponents = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    inner = linear(math.log10(low), math.log10(high), start, end)
    stride = max(1, len(exponents) // 6)
    return Axis(lambda value: inner.place(math.log10(value)), [(10.0**e, f"{10.0**e:g}") for e in exponents[::stride]])


def nice_step(rough: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))


def written(value: float, step: float) -> str:
    """A tick's value with as many decimals as the steps between ticks need."""
    if value and not 1e-4 <= max(abs(value), step) < 1e6:
        apart = math.floor(math.log10(abs(value))) - math.floor(math.log10(step) + 1e-9)
        return f"{value:.{max(3, apart + 1)}g}"
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{decimals}f}"


def figure(label: str, x: Axis, y: Axis, titles: tuple[str, str], marks: Iterable[str]) -> str:
    """Marks on two axes.

    Parameters
    ----------
    label : str
        What the figure shows, for those who do not see it.
    x, y : Axis
        The directions.
    titles : (str, str)
        What they measure.
    marks : iterable of str
        SVG elements, the lowest first.
    """
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">']
    for value, text in y.ticks:
        at = y.place(value)
        parts.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{right}"/>')
        parts.append(f'<text class="end" x="{LEFT - 6}" y="{at + 4:.1f}">{text}</text>')
    for value, text in x.ticks:
        at = x.place(value)
        parts.append(f'<path class="axis" d="M{at:.1f} {bottom}v4"/>')
        parts.append(f'<text class="middle" x="{at:.1f}" y="{bottom + 17}">{text}</text>')
    parts.append(f'<path class="axis" d="M{LEFT} {bottom}H{right}"/>')
    parts += marks
    parts.append(f'<text class="middle" x="{(LEFT + right) / 2}" y="{HEIGHT - 8}">{escape(titles[0])}</text>')
    middle = (TOP + bottom) / 2
    parts.append(f'<text class="middle" transform="translate(12 {middle}) rotate(-90)">{escape(titles[1])}</text>')
    return "\n".join([*parts, "</svg>"])


def line(x: Axis, y: Axis, points: Sequence[tuple[float, float]], kind: str) -> str:
    """A line through points; what is not finite interrupts it."""
    path, pen_down = [], False
    for across, up in points:
        if math.isfinite(up):
            path.append(f"{'L' if pen_down else 'M'}{x.place(across):.1f} {y.place(up):.1f}")
        pen_down = math.isfinite(up)
    return f'<path class="line {kind}" d="{"".join(path)}"/>'


def dots(x: Axis, y: Axis, points: Iterable[tuple[float, float]], kind: str) -> str:
    """Points, as one path of round ends of lines without length."""
    path = "".join(f"M{x.place(across):.1f} {y.place(up):.1f}h0" for across, up in points)
    return f'<path class="dots {kind}" d="{path}"/>'


def bar(x: Axis, y: Axis, edges: tuple[float, float], height: float, kind: str) -> str:
    """A bar between two values of x, up from 0."""
    left, right = x.place(edges[0]), x.place(edges[1])
    top, bottom = y.place(height), y.place(0)
    size = f'width="{max(right - left - 1, 0.5):.1f}" height="{bottom - top:.1f}"'
    return f'<rect class="bar {kind}" x="{left:.1f}" y="{top:.1f}" {size}/>'
