"""The statements of C that compute a model's stages for one row."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from dlcore.backends.contract import ACTIVATIONS
from dlcore.floats import Array
from dlcore.handover.formulas import PREFIX, takes_parameter
from dlcore.handover.stages import (
    Activated,
    Affine,
    Arithmetic,
    Lookup,
    Ramp,
    Repeated,
    Reshaped,
    Slopes,
    Step,
    Transposed,
)

#: Columns that the lines of numbers may take.
WIDTH = 116

_OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


class Body:
    """The statements for one row, which lies in a buffer, and the constants and functions that they use."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[str] = []
        self.constants: list[str] = []
        self.functions: set[str] = set()
        self.buffers = ["a"]
        self.current = 0
        self._widest = 0

    def widest(self, least: int) -> int:
        """Numbers of the longest row."""
        return max(self._widest, least)

    def add(self, step: Step) -> None:
        """The statements of a stage."""
        self._widest = max(self._widest, size(step.after))
        write = _WRITERS.get(type(step.stage))
        if write is None:
            raise NotImplementedError(
                f"layer {step.layer!r} sums over a row in an order that NumPy chooses, whose bits a C header cannot "
                "keep; export_onnx can write it"
            )
        self.lines.append(f"/* {plain(step.layer)}: {_shape(step.before)} -> {_shape(step.after)} */")
        write(self, step, step.stage)

    def function(self, name: str) -> str:
        """The name that a function of the files in ``c/`` has in the header."""
        self.functions.add(PREFIX + name)
        return f"{self.name}_{name}"

    def constant(self, values: Array, layer: str) -> str:
        """The name of an array of numbers."""
        name = f"{self.name}_{len(self.constants)}"
        if values.dtype == np.float32 and not np.isfinite(values).all():
            raise ValueError(f"layer {layer!r} holds numbers that are not finite; a C header cannot be made of them")
        kind, written = ("float", map(_literal, values.ravel().tolist()))
        if values.dtype != np.float32:
            kind, written = "size_t", map(str, values.ravel().tolist())
        self.constants.append(f"static const {kind} {name}[{values.size}] = {{\n{_wrapped(written)}}};\n")
        return name

    def here(self) -> str:
        """The buffer that holds the row."""
        return self.buffers[self.current]

    def swap(self) -> tuple[str, str]:
        """The buffer that holds the row, and the one that will."""
        before = self.here()
        if len(self.buffers) == 1:
            self.buffers.append("b")
        self.current = 1 - self.current
        return before, self.here()

    def each(self, count: int, statement: str) -> None:
        """A statement for every number j."""
        self.lines.append(f"for (j = 0; j < {count}; j++) {statement};")


def _affine(body: Body, step: Step, stage: Affine) -> None:
    inputs, units = stage.kernel.shape
    kernel = body.constant(stage.kernel, step.layer)
    bias = "(const float *)0" if stage.bias is None else body.constant(stage.bias, step.layer)
    x, y = body.swap()
    times = size(step.before) // inputs
    call = f"{body.function('affine')}({inputs}, {units}, {kernel}, {bias}, {{}}, {{}});"
    if times == 1:
        body.lines.append(call.format(x, y))
    else:
        body.lines.append(f"for (i = 0; i < {times}; i++) {call.format(f'{x} + i * {inputs}', f'{y} + i * {units}')}")


def _activated(body: Body, step: Step, stage: Activated) -> None:
    count, y = size(step.after), body.here()
    function = body.function(stage.kind)
    if not ACTIVATIONS[stage.kind].rowwise:
        parameter = f", {_literal(_rounded(stage.alpha))}" if takes_parameter(stage.kind) else ""
        body.each(count, f"{y}[j] = {function}({y}[j]{parameter})")
        return
    columns = step.after[-1]
    assert columns is not None
    if columns == count:
        body.lines.append(f"{function}({count}, {y});")
    else:
        body.lines.append(f"for (i = 0; i < {count // columns}; i++) {function}({columns}, {y} + i * {columns});")


def _ramp(body: Body, step: Step, stage: Ramp) -> None:
    y = body.here()
    top = _literal(_rounded(stage.top)) if math.isfinite(stage.top) else f"{body.function('infinity')}()"
    edge, slope = _literal(_rounded(stage.threshold)), _literal(_rounded(stage.slope))
    body.each(size(step.after), f"{y}[j] = {body.function('ramp')}({y}[j], {edge}, {top}, {slope})")


def _arithmetic(body: Body, step: Step, stage: Arithmetic) -> None:
    operand = body.constant(_stretched(stage.operand, step), step.layer)
    y = body.here()
    body.each(size(step.after), f"{y}[j] = {y}[j] {_OPERATORS[stage.operation]} {operand}[j]")


def _slopes(body: Body, step: Step, stage: Slopes) -> None:
    slopes = body.constant(_stretched(stage.slopes, step), step.layer)
    y = body.here()
    body.each(size(step.after), f"{y}[j] = {body.function('prelu')}({y}[j], {slopes}[j])")


def _lookup(body: Body, step: Step, stage: Lookup) -> None:
    count, columns = stage.table.shape
    table = body.constant(stage.table, step.layer)
    x, y = body.swap()
    call = f"{body.function('lookup')}({count}, {columns}, {table}, {x}[i], {y} + i * {columns});"
    body.lines.append(f"for (i = 0; i < {size(step.before)}; i++) {call}")


def _moved(body: Body, step: Step, stage: Transposed | Repeated) -> None:
    """The numbers in other places: each comes from where the same move takes its index from."""
    places = np.arange(size(step.before)).reshape(_known(step.before))
    if isinstance(stage, Transposed):
        places = places.transpose(stage.order)
    else:
        places = np.broadcast_to(places, (stage.times, *places.shape))
    index = body.constant(places, step.layer)
    x, y = body.swap()
    body.each(places.size, f"{y}[j] = {x}[{index}[j]]")


def _reshaped(body: Body, step: Step, stage: Reshaped) -> None:
    """The numbers stay where they are."""


_WRITERS: dict[type[Any], Any] = {
    Affine: _affine,
    Activated: _activated,
    Ramp: _ramp,
    Arithmetic: _arithmetic,
    Slopes: _slopes,
    Lookup: _lookup,
    Transposed: _moved,
    Repeated: _moved,
    Reshaped: _reshaped,
}


def _stretched(operand: Array, step: Step) -> Array:
    return np.broadcast_to(operand, _known(step.before))


def _known(row: Iterable[int | None]) -> tuple[int, ...]:
    return tuple(n for n in row if n is not None)


def size(row: Iterable[int | None]) -> int:
    """Numbers in a row of a known shape."""
    return math.prod(_known(row))


def _shape(row: Iterable[int | None]) -> str:
    return " x ".join(map(str, row))


def plain(text: str) -> str:
    """Text that cannot end a comment."""
    return re.sub(r"[^\w .:-]", "?", text, flags=re.ASCII)


def _rounded(value: float) -> float:
    """The float32 next to a number."""
    return float(np.float32(value))


def _literal(value: float) -> str:
    """A number in C, exactly: its bits in hexadecimal."""
    return re.sub(r"\.?0*p", "p", value.hex()) + "f"


def _wrapped(numbers: Iterable[str]) -> str:
    """Numbers in lines."""
    lines, line = [], "   "
    for number in numbers:
        if len(line) + len(number) + 2 > WIDTH:
            lines.append(line + "\n")
            line = "   "
        line += f" {number},"
    return "".join([*lines, line.rstrip(",") + "\n"])
