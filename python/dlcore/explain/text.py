"""A training step as text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlcore.explain.notation import Formula, shown, summary
from dlcore.explain.story import ROWS, WEIGHTS, story

if TYPE_CHECKING:
    from dlcore.explain.explanation import Explanation


def text(explanation: Explanation) -> str:
    """Every frame of the step (of a batch: of its first row), and a table of the parameters."""
    e = explanation
    head = f"Step {e.step} of {e.model}: {e.rows} row{'s' * (e.rows > 1)}, {e.loss.name} {shown(e.loss.total)}"
    lines = [head, "═" * len(head)]
    for frame in story(e, 0 if e.rows <= ROWS else None):
        lines += ["", frame.title + (f": {frame.note}" if frame.note else ""), "─" * len(frame.title)]
        lines += aligned(frame.formulas)
    lines += ["", "Parameters", "──────────", *_parameters(e)]
    return "\n".join(lines)


def aligned(formulas: Sequence[Formula | str]) -> list[str]:
    """Formulas with their first equals signs below one another."""
    width = max((wide(f.name) for f in formulas if isinstance(f, Formula)), default=0)
    found = []
    for formula in formulas:
        if isinstance(formula, Formula):
            rest = " = ".join(part for part in formula[1:] if part)
            found.append("  " + " " * (width - wide(formula.name)) + f"{formula.name} = {rest}")
        else:
            found.append(f"  {formula}")
    return found


def wide(line: str) -> int:
    """How many places a text takes."""
    return sum(not unicodedata.combining(letter) for letter in line)


def table(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Cells in columns: the first ``left`` ones to the left, numbers to the right."""
    widths = [max(map(wide, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell + " " * (width - wide(cell)) if i < left else " " * (width - wide(cell)) + cell
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines


def _parameters(e: Explanation) -> Iterator[str]:
    small = [p for p in e.parameters.values() if p.before.size <= WEIGHTS]
    rows = [("", "before", "gradient", "after")]
    for parameter in small:
        for at in np.ndindex(parameter.before.shape):
            gradient = "stays" if parameter.gradient is None else shown(parameter.gradient[at])
            rows.append(
                (f"{parameter.name}{list(at)}", shown(parameter.before[at]), gradient, shown(parameter.after[at]))
            )
    if len(rows) > 1:
        yield from table(rows)
    for parameter in e.parameters.values():
        if parameter.before.size > WEIGHTS:
            yield f"  {parameter.name}"
            yield f"    before    {summary(parameter.before)}"
            if parameter.gradient is not None:
                yield f"    gradient  {summary(parameter.gradient)}"
            yield f"    after     {summary(parameter.after)}"
