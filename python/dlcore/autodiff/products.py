"""Products of arrays of any number of axes. A product of matrices is the backend's, all others are sums NumPy forms."""

# ruff: noqa: ARG001, ARG005 - a rule is handed everything (g, y, the inputs, the parameters) and takes what it needs.

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.elementary import broadcast_to, like
from dlcore.autodiff.indexing import take
from dlcore.autodiff.kernels import matmul as matrix_product
from dlcore.autodiff.reductions import reduce_sum
from dlcore.autodiff.shapes import expand_dims, moveaxis, reshape, squeeze, swapaxes, transpose
from dlcore.autodiff.tracer import Tensor, apply, as_tensors, register, register_variadic

register(
    "batch_matmul",
    np.matmul,
    lambda g, y, a, b: like(matmul(g, swapaxes(b, -1, -2)), a),
    lambda g, y, a, b: like(matmul(swapaxes(a, -1, -2), g), b),
)


def matmul(x1: Any, x2: Any) -> Tensor:
    """The product of matrices, of vectors with them, or of stacks of matrices, by the rules of ``numpy.matmul``.

    Raises
    ------
    ValueError
        If shapes do not go together.
    """
    a, b = as_tensors(x1, x2)
    if not a.ndim or not b.ndim or a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(f"matmul needs as many columns as rows; got shapes {a.shape} and {b.shape}")
    if a.ndim == 1:
        return squeeze(matmul(expand_dims(a, 0), b), 0 if b.ndim == 1 else -2)
    if b.ndim == 1:
        return squeeze(matmul(a, expand_dims(b, 1)), -1)
    if b.ndim > 2:
        return apply("batch_matmul", a, b)
    rows = reshape(a, (a.size // max(a.shape[-1], 1) if a.shape[-1] else _rows(a), a.shape[-1])) if a.ndim > 2 else a
    y = matrix_product(rows, b)
    return reshape(y, (*a.shape[:-1], b.shape[-1])) if a.ndim > 2 else y


def _rows(a: Tensor) -> int:
    return int(np.prod(a.shape[:-1]))


def dot(x1: Any, x2: Any) -> Tensor:
    """The sum over the last axis of x1 and the last but one (or only) axis of x2, by the rules of ``numpy.dot``."""
    a, b = as_tensors(x1, x2)
    if not a.ndim or not b.ndim:
        return a * b
    return tensordot(a, b, ([-1], [-2 if b.ndim > 1 else 0]))


def tensordot(x1: Any, x2: Any, axes: int | Sequence[Any] = 2) -> Tensor:
    """The sum over products along pairs of axes: the last of x1 with the first of x2, or the given ones.

    Parameters
    ----------
    axes : int, or pair of (sequences of) int
        How many axes, or those of x1 and those of x2.
    """
    a, b = as_tensors(x1, x2)
    if isinstance(axes, int):
        first, second = list(range(a.ndim - axes, a.ndim)), list(range(axes))
    else:
        first, second = (
            [range(x.ndim)[i] for i in np.atleast_1d(named)] for x, named in zip((a, b), axes, strict=True)
        )
    if [a.shape[i] for i in first] != [b.shape[i] for i in second]:
        raise ValueError(f"tensordot needs axes of equal lengths; got shapes {a.shape} and {b.shape} with axes={axes}")
    left, right = ([i for i in range(x.ndim) if i not in used] for x, used in ((a, first), (b, second)))
    length = int(np.prod([a.shape[i] for i in first]))
    rows = reshape(transpose(a, left + first), (int(np.prod([a.shape[i] for i in left])), length))
    columns = reshape(transpose(b, second + right), (length, int(np.prod([b.shape[i] for i in right]))))
    return reshape(matrix_product(rows, columns), [a.shape[i] for i in left] + [b.shape[i] for i in right])


def outer(x1: Any, x2: Any) -> Tensor:
    """Every number of x1 times every number of x2, both laid out along one axis."""
    a, b = as_tensors(x1, x2)
    return reshape(a, (-1, 1)) * reshape(b, (1, -1))


# --- Einstein's summation ---


def _einsum_rule(position: int, g: Tensor, y: Tensor, *inputs: Tensor, terms: tuple[str, ...], out: str) -> Tensor:
    """The sum with g in the operand's place; indices that only the operand has are spread."""
    x, own = inputs[position], terms[position]
    others = [t for i, t in enumerate(terms) if i != position]
    known = "".join(c for c in own if c in out or any(c in t for t in others))
    rest = [t for i, t in enumerate(inputs) if i != position]
    part = apply("einsum", g, *rest, terms=(out, *others), out=known)
    lengths = [part.shape[known.index(c)] if c in known else n for c, n in zip(own, x.shape, strict=True)]
    spread = reshape(part, [n if c in known else 1 for c, n in zip(own, lengths, strict=True)])
    return like(broadcast_to(spread, lengths), x)


register_variadic("einsum", lambda *arrays, terms, out: np.einsum(",".join(terms) + "->" + out, *arrays), _einsum_rule)


def einsum(subscripts: str, *operands: Any) -> Tensor:
    """Sums of products by Einstein's convention: ``einsum("ij,jk->ik", a, b)`` is the product of matrices.

    Raises
    ------
    ValueError
        If the subscripts do not fit the operands.
    """
    tensors = list(as_tensors(*operands))
    left, arrow, out = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(tensors):
        raise ValueError(f"subscripts {subscripts!r} name {len(terms)} operands; got {len(tensors)}")
    free = [c for c in string.ascii_letters if c not in subscripts]
    most = max((x.ndim - len(t) + 3 for t, x in zip(terms, tensors, strict=True) if "..." in t), default=0)
    dots = "".join(free[:most])
    if not arrow:
        counts = left.replace(".", "").replace(",", "")
        out = ("..." if dots else "") + "".join(sorted(c for c in set(counts) if counts.count(c) == 1))
    for i, (term, x) in enumerate(zip(terms, tensors, strict=True)):
        stretched = x.ndim - len(term) + 3
        terms[i] = term.replace("...", dots[len(dots) - stretched :] if stretched > 0 else "")
        if len(terms[i]) != x.ndim:
            raise ValueError(f"subscripts {subscripts!r} do not fit an operand of shape {x.shape}")
        terms[i], tensors[i] = _diagonals(terms[i], x)
    return apply("einsum", *tensors, terms=tuple(terms), out=out.replace("...", dots))


def _diagonals(term: str, x: Tensor) -> tuple[str, Tensor]:
    """The operand with every index that occurs twice in its term taken along the diagonal."""
    for c in term:
        while term.count(c) > 1:
            first = term.index(c)
            second = term.index(c, first + 1)
            x = diagonal(x, axis1=first, axis2=second)
            term = term[:first] + term[first + 1 : second] + term[second + 1 :] + c
    return term, x


# --- Diagonals ---


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The numbers x[i, i + offset] of two axes, along a new last axis."""
    (x,) = as_tensors(x)
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = x.shape[-2:]
    count = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    places = (np.arange(count) - min(offset, 0)) * columns + np.arange(count) + max(offset, 0)
    return take(reshape(x, (*x.shape[:-2], rows * columns)), places, -1)


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sum of the :func:`diagonal`."""
    return reduce_sum(diagonal(x, offset, axis1, axis2), -1)


def diag(x: Any, k: int = 0) -> Tensor:
    """The diagonal of a matrix, or the matrix with a vector along the diagonal k places above the main one.

    Raises
    ------
    ValueError
        If x has neither one axis nor two.
    """
    (x,) = as_tensors(x)
    if x.ndim == 2:
        return diagonal(x, k)
    if x.ndim != 1:
        raise ValueError(f"x must be a vector or a matrix; got shape {x.shape}")
    n, places = len(x) + abs(k), np.arange(len(x))
    return apply("scatter", x, shape=(n, n), key=(places - min(k, 0), places + max(k, 0)))
