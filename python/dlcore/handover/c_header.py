"""A model as one C header: a function whose outputs have the bits of ``predict``."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.backends.contract import ACTIVATIONS
from dlcore.files import check_target, write_atomically
from dlcore.floats import Array
from dlcore.handover.formulas import PREFIX, needed, takes_parameter
from dlcore.handover.lowering import stages_of
from dlcore.handover.stages import (
    Activated,
    Affine,
    Arithmetic,
    Lookup,
    Repeated,
    Reshaped,
    Slopes,
    Stages,
    Step,
    Transposed,
)

#: Columns that the lines of numbers may take.
WIDTH = 116

#: Words that C or C++ keeps for itself, as far as a file might be named so.
_KEPT = frozenset(
    word
    for line in (
        "auto bool break case catch char class const continue default delete do double else enum explicit extern false",
        "float for friend goto if inline int long mutable namespace new operator private protected public register",
        "restrict return short signed sizeof static struct switch template this throw true try typedef typename union",
        "unsigned using virtual void volatile while",
    )
    for word in line.split()
)

_OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}

_BEGINNING = """\
/* {title}

   Written by dlcore {version}. C99, or C++17; no library is needed, nothing is allocated, and any number of threads may
   call it at a time. Outputs have the bits of predict() on dlcore's compiled core; a NaN may be another NaN.

     #include "{file}"
     float x[rows * {upper}_INPUTS], y[rows * {upper}_OUTPUTS];
     {name}_predict(x, y, rows);

   Everything here is static: include it in one source file. A call takes {stack} bytes of stack.
   Products and sums must not be contracted by the compiler (-ffp-contract=off says so, if the lines below do not reach
   yours), and -ffast-math must not be given. -O3 and -march=native are welcome. */
#ifndef {upper}_H
#define {upper}_H

#include <float.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__FAST_MATH__)
#error "{file} must be compiled without -ffast-math"
#endif
#if !defined(FLT_EVAL_METHOD) || FLT_EVAL_METHOD != 0
#error "{file} needs a compiler that computes floats as floats (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=off")
#elif defined(_MSC_VER) && !defined(__clang__)
#pragma fp_contract(off)
#else
#pragma STDC FP_CONTRACT OFF
#endif

/* Numbers in a row of the input, and of the output. */
#define {upper}_INPUTS {inputs}
#define {upper}_OUTPUTS {outputs}
"""

_PREDICT = """\
/* The outputs y (rows, {upper}_OUTPUTS) for the inputs x (rows, {upper}_INPUTS). */
static inline void {name}_predict(const float *x, float *y, size_t rows) {{
  float {buffers};
  size_t row{counters};
  for (row = 0; row < rows; row++) {{
    memcpy(a, x + row * {inputs}, {inputs} * sizeof(float));
{body}
    memcpy(y + row * {outputs}, {last}, {outputs} * sizeof(float));
  }}
}}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif

#endif
"""


def export_c(model: Any, path: str | os.PathLike[str], name: str | None = None) -> None:
    """Write a model to a C header without dependencies, whose outputs have the bits of ``predict``.

    The header holds ``void NAME_predict(const float *x, float *y, size_t rows)`` and the macros ``NAME_INPUTS`` and
    ``NAME_OUTPUTS``. A row is laid out in C order if it has several axes. Where a layer looks up integers, an input
    outside its table gives a row of NaN.

    Parameters
    ----------
    model : Sequential
        Built, of float32 layers. Layers that sum a row in an order of NumPy's (LayerNormalization and its kin) have no
        bits to keep and are refused.
    path : path
        Where to, ending in ``.h`` by custom. The file is replaced as a whole, or left as it was.
    name : str, optional
        What the names in the header begin with. Default: the file's name without its ending.

    Raises
    ------
    TypeError, ValueError
        If the model is no Sequential, has no weights yet or weights that are not finite, or name is none in C.
    NotImplementedError
        If a layer cannot be written in C; the message names it.
    OSError
        If the file cannot be written.
    """
    target = check_target(path)
    chosen = _name(Path(path).stem if name is None else name, given=name is not None)
    text = "".join(_header(stages_of(model), chosen, target.name, model.name))
    write_atomically(target, [text.encode()])


def _name(name: str, given: bool) -> str:
    chosen = name if given else re.sub(r"\W", "_", name, flags=re.ASCII)
    if not isinstance(chosen, str) or not re.fullmatch(r"[A-Za-z]\w*", chosen, flags=re.ASCII) or chosen in _KEPT:
        where = "name" if given else "the file's name, for want of name=…,"
        raise ValueError(f"{where} must begin with a letter and hold letters, digits and _ only; got {name!r}")
    return chosen


def _header(stages: Stages, name: str, file: str, title: str) -> Iterator[str]:
    from dlcore import __version__

    if stages.dtype != np.float32:
        raise NotImplementedError(f"a C header computes in float32; the layers of model {title!r} are {stages.dtype}")
    if None in stages.row:
        raise NotImplementedError(f"a C header needs rows of one length; model {title!r} takes rows of {stages.row}")
    body = _Body(name)
    for step in stages.steps:
        body.add(step)
    names = {
        "name": name,
        "upper": name.upper(),
        "inputs": _size(stages.row),
        "outputs": _size(stages.out),
    }
    buffers = [f"{one}[{body.widest(_size(stages.row))}]" for one in body.buffers]
    counters = "".join(f", {one}" for one in "ij" if re.search(rf"\b{one}\b", "".join(body.lines)))
    yield _BEGINNING.format(
        **names,
        title=_plain(title),
        version=__version__,
        file=file,
        stack=4 * len(buffers) * body.widest(_size(stages.row)),
    )
    for piece in needed(body.functions):
        yield "\n" + piece.text.replace(PREFIX, f"{name}_") + "\n"
    for constant in body.constants:
        yield "\n" + constant
    yield "\n" + _PREDICT.format(
        **names,
        buffers=", ".join(buffers),
        counters=counters,
        body="\n".join(f"    {line}" for line in body.lines),
        last=body.buffers[body.current],
    )


class _Body:
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
        self._widest = max(self._widest, _size(step.after))
        write = _WRITERS.get(type(step.stage))
        if write is None:
            raise NotImplementedError(
                f"layer {step.layer!r} sums over a row in an order that NumPy chooses, whose bits a C header cannot "
                "keep; export_onnx can write it"
            )
        self.lines.append(f"/* {_plain(step.layer)}: {_shape(step.before)} -> {_shape(step.after)} */")
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


def _affine(body: _Body, step: Step, stage: Affine) -> None:
    inputs, units = stage.kernel.shape
    kernel = body.constant(stage.kernel, step.layer)
    bias = "(const float *)0" if stage.bias is None else body.constant(stage.bias, step.layer)
    x, y = body.swap()
    times = _size(step.before) // inputs
    call = f"{body.function('affine')}({inputs}, {units}, {kernel}, {bias}, {{}}, {{}});"
    if times == 1:
        body.lines.append(call.format(x, y))
    else:
        body.lines.append(f"for (i = 0; i < {times}; i++) {call.format(f'{x} + i * {inputs}', f'{y} + i * {units}')}")


def _activated(body: _Body, step: Step, stage: Activated) -> None:
    size, y = _size(step.after), body.here()
    function = body.function(stage.kind)
    if not ACTIVATIONS[stage.kind].rowwise:
        parameter = f", {_literal(float(np.float32(stage.alpha)))}" if takes_parameter(stage.kind) else ""
        body.each(size, f"{y}[j] = {function}({y}[j]{parameter})")
        return
    columns = step.after[-1]
    assert columns is not None
    if columns == size:
        body.lines.append(f"{function}({size}, {y});")
    else:
        body.lines.append(f"for (i = 0; i < {size // columns}; i++) {function}({columns}, {y} + i * {columns});")


def _arithmetic(body: _Body, step: Step, stage: Arithmetic) -> None:
    operand = body.constant(_stretched(stage.operand, step), step.layer)
    y = body.here()
    body.each(_size(step.after), f"{y}[j] = {y}[j] {_OPERATORS[stage.operation]} {operand}[j]")


def _slopes(body: _Body, step: Step, stage: Slopes) -> None:
    slopes = body.constant(_stretched(stage.slopes, step), step.layer)
    y = body.here()
    body.each(_size(step.after), f"{y}[j] = {body.function('prelu')}({y}[j], {slopes}[j])")


def _lookup(body: _Body, step: Step, stage: Lookup) -> None:
    count, columns = stage.table.shape
    table = body.constant(stage.table, step.layer)
    x, y = body.swap()
    call = f"{body.function('lookup')}({count}, {columns}, {table}, {x}[i], {y} + i * {columns});"
    body.lines.append(f"for (i = 0; i < {_size(step.before)}; i++) {call}")


def _moved(body: _Body, step: Step, stage: Transposed | Repeated) -> None:
    """The numbers in other places: each comes from where the same move takes its index from."""
    places = np.arange(_size(step.before)).reshape(_known(step.before))
    if isinstance(stage, Transposed):
        places = places.transpose(stage.order)
    else:
        places = np.broadcast_to(places, (stage.times, *places.shape))
    index = body.constant(places, step.layer)
    x, y = body.swap()
    body.each(places.size, f"{y}[j] = {x}[{index}[j]]")


def _reshaped(body: _Body, step: Step, stage: Reshaped) -> None:
    """The numbers stay where they are."""


_WRITERS: dict[type[Any], Any] = {
    Affine: _affine,
    Activated: _activated,
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


def _size(row: Iterable[int | None]) -> int:
    return math.prod(_known(row))


def _shape(row: Iterable[int | None]) -> str:
    return " x ".join(map(str, row))


def _plain(text: str) -> str:
    """Text that cannot end a comment."""
    return re.sub(r"[^\w .:-]", "?", text, flags=re.ASCII)


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
