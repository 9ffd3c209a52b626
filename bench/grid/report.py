"""What was measured, as tables and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dlcore.plots import style

OURS = "native"

#: Row -> contestant -> seconds.
Times = Mapping[str, Mapping[str, float]]


def best_peer(took: Mapping[str, float]) -> str:
    """The fastest that is not dlcore."""
    return min((name for name in took if name not in (OURS, "numba")), key=lambda name: took[name])


def table(title: str, times: Times, flops: Mapping[str, float] | None = None, peak: float | None = None) -> str:
    """A Markdown table in µs, with how much faster the native core is than the best peer, and its share of the peak."""
    names = list(dict.fromkeys(name for took in times.values() for name in took))
    columns = [title, *names, "faster than the best peer"] + (["of the peak"] if flops and peak else [])
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)]]
    for row, took in times.items():
        cells = [_microseconds(took[name]) if name in took else "" for name in names]
        peer = best_peer(took)
        cells.append(f"{took[peer] / took[OURS]:.2f}x ({peer})")
        if flops and peak:
            cells.append(f"{flops[row] / took[OURS] / 1e9 / peak:.0%}")
        lines.append([row, *cells])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(f"| {' | '.join(_aligned(line, widths))} |" for line in lines)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The cells of a line: the first to the left, the others to the right."""
    for place, (cell, width) in enumerate(zip(line, widths, strict=True)):
        yield cell.rjust(width) if place else cell.ljust(width)


def _microseconds(seconds: float) -> str:
    """Three digits, or all before the point."""
    value = seconds * 1e6
    return f"{value:,.{max(0, 2 - len(str(int(value))) + 1)}f}"


def draw(path: Path, panels: Mapping[str, Times]) -> None:
    """A mark for each contestant: how many times the native core's time it takes, on a logarithmic axis."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FixedLocator, FormatStrFormatter, NullLocator

    others = dict.fromkeys(name for times in panels.values() for took in times.values() for name in took)
    marks = {name: index for index, name in enumerate(name for name in others if name != OURS)}
    height = 2 + 0.34 * max(len(times) for times in panels.values())
    figure = Figure(figsize=(5 * len(panels), height), layout="constrained")
    shown = {}
    for axes, (title, times) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        style.ruled(axes)
        for name, index in marks.items():
            points = [(took[name] / took[OURS], row) for row, took in enumerate(times.values()) if name in took]
            if points:
                ratios, rows = zip(*points, strict=True)
                (shown[name],) = axes.plot(ratios, rows, style.MARKERS[index], color=style.COLOURS[index], label=name)
        axes.axvline(1, color=style.QUIET, linewidth=1)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator([1, 2, 5, 10, 20, 50, 100, 200]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FormatStrFormatter("%d"))
        axes.set_xlim(0.8, max(2.2, axes.get_xlim()[1]))
        axes.set_yticks(range(len(times)), list(times))
        axes.invert_yaxis()
        style.named(axes, title, "times the native core's time", "")
    figure.legend(shown.values(), shown.keys(), loc="outside lower center", ncols=len(shown), frameon=False)
    figure.savefig(path, dpi=120)
