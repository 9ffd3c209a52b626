"""A model as one C header: a function whose outputs have the bits of ``predict``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.files import check_target, write_atomically
from dlcore.handover.c_statements import Body, plain, size
from dlcore.handover.formulas import PREFIX, needed
from dlcore.handover.lowering import stages_of
from dlcore.handover.stages import Stages

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
    body = Body(name)
    for step in stages.steps:
        body.add(step)
    names = {
        "name": name,
        "upper": name.upper(),
        "inputs": size(stages.row),
        "outputs": size(stages.out),
    }
    buffers = [f"{one}[{body.widest(size(stages.row))}]" for one in body.buffers]
    counters = "".join(f", {one}" for one in "ij" if re.search(rf"\b{one}\b", "".join(body.lines)))
    yield _BEGINNING.format(
        **names,
        title=plain(title),
        version=__version__,
        file=file,
        stack=4 * len(buffers) * body.widest(size(stages.row)),
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
