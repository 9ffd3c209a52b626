"""Sums of products in Einstein's notation, whose gradients are sums of products too."""

# ruff: noqa: ARG001 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import string
from collections import Counter
from typing import Any

import numpy as np

from dlcore.autodiff.broadcasting import broadcast_to, like
from dlcore.autodiff.seam import function, register
from dlcore.autodiff.shapes import reshape
from dlcore.autodiff.tracer import Tensor, apply, as_tensors
from dlcore.floats import Array


def _explicit(subscripts: str, ranks: list[int]) -> tuple[list[str], str]:
    """A letter for each axis of each operand and of the result: ellipses and the implied result written out."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"einsum {subscripts!r} names {len(terms)} operands; got {len(ranks)}")
    free = [letter for letter in string.ascii_letters if letter not in subscripts]
    pairs = list(zip(terms, ranks, strict=True))
    hidden = [rank - len(term.replace("...", "")) if "..." in term else 0 for term, rank in pairs]
    widest = "".join(free[: max([*hidden, 0])])
    written = []
    for term, rank, count in zip(terms, ranks, hidden, strict=True):
        full = term.replace("...", widest[len(widest) - count :] if count > 0 else "")
        if len(full) != rank:
            raise ValueError(f"einsum {subscripts!r}: {term!r} does not fit an operand of {rank} axes")
        written.append(full)
    if not arrow:
        counts = Counter("".join(terms).replace(".", ""))
        right = ("..." if widest else "") + "".join(sorted(letter for letter, n in counts.items() if n == 1))
    return written, right.replace("...", widest)


def _einsum(*operands: Array, terms: list[str], result: str) -> Any:
    dtype = [x.dtype for x in operands if x.dtype.kind == "f"]
    if dtype:
        wide = np.result_type(*dtype)
        operands = tuple(x.astype(wide, copy=False) for x in operands)
    return np.einsum(f"{','.join(terms)}->{result}", *operands, optimize=len(operands) > 2)


def _rule(g: Tensor, y: Tensor, *operands: Tensor, position: int, terms: list[str], result: str) -> Tensor:
    """The sum of products of g and the other operands, for each axis of this one.

    A letter twice in the operand (its diagonal) becomes two, tied by an identity matrix; one that nothing else has
    (its sum) is spread; and where broadcasting stretched an axis, it is summed.
    """
    x, own = operands[position], terms[position]
    parts = [(result, g), *((terms[i], other) for i, other in enumerate(operands) if i != position)]
    free = (letter for letter in string.ascii_letters if letter not in "".join([*terms, result]))
    target = ""
    for letter, length in zip(own, x.shape, strict=True):
        if letter in target:
            twin = next(free)
            parts.append((letter + twin, Tensor(np.eye(length, dtype=g.dtype))))
            target += twin
        else:
            target += letter
    known = set("".join(term for term, _ in parts))
    found = "".join(letter for letter in target if letter in known)
    dx = apply("einsum", *(part for _, part in parts), terms=[term for term, _ in parts], result=found)
    if found != target:
        lengths = iter(dx.shape)
        shape = [next(lengths) if letter in known else 1 for letter in target]
        stretched = [n if letter in known else m for n, letter, m in zip(shape, target, x.shape, strict=True)]
        dx = broadcast_to(reshape(dx, shape), stretched)
    return like(dx, x)


register("einsum", _einsum, each=_rule)


@function
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Tensor:
    """A sum of products in Einstein's notation, as :func:`numpy.einsum` takes it.

    Parameters
    ----------
    subscripts : str
        As in ``"bij,bjk->bik"``: a letter an axis. Letters that the result lacks are summed over; ``...`` stands for
        any axes.
    *operands : array
    """
    if kwargs.keys() - {"optimize"}:
        raise TypeError(f"einsum takes no {', '.join(sorted(kwargs))}")
    tensors = as_tensors(*operands)
    terms, result = _explicit(subscripts, [x.ndim for x in tensors])
    return apply("einsum", *tensors, terms=terms, result=result)
