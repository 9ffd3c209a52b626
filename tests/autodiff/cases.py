"""The table of what is differentiated and checked: name -> (function, inputs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore import autodiff as ad
from dlcore.autodiff.kept import kept
from dlcore.variable import Variable

A = [[0.3, -1.2, 2.0], [0.7, 1.1, -0.4]]
B = [[1.5, 0.8, -0.6], [0.9, -1.3, 2.2]]
POSITIVE = [[0.3, 1.2, 2.0], [0.7, 1.1, 0.4]]
INNER = [[0.3, -0.2, 0.9], [0.7, 0.1, -0.4]]
ZEROS = [[0.0, 1.2, 2.0], [0.0, 0.0, -0.4]]
ODD = [[0.3, -1.2, 2.1], [0.7, 1.1, -0.4]]  # no number is whole or halfway
ROW = [0.5, -0.7, 1.9]
CUBE = np.linspace(-1, 1, 12).reshape(2, 2, 3) ** 3 + 0.3
PLANES = np.linspace(1, 2, 12).reshape(2, 3, 2) ** 2

Case = tuple[Callable[..., Any], tuple[Any, ...]]

ARITHMETIC: dict[str, Case] = {
    "add": (ad.add, (A, B)),
    "add, broadcast": (ad.add, (A, ROW)),
    "add, scalar": (lambda x, y: x + y, (A, 0.3)),
    "subtract": (ad.subtract, (A, B)),
    "subtract, broadcast": (lambda x, y: x - y, (ROW, A)),
    "multiply": (ad.multiply, (A, B)),
    "multiply, broadcast": (lambda x, y: x * y, (A, [[0.4], [1.7]])),
    "divide": (ad.divide, (A, B)),
    "divide, broadcast": (lambda x, y: x / y, (1.4, A)),
    "divide_no_nan": (lambda x: ad.divide_no_nan(x, [2.0, 0.0, -1.0]) * x, (A,)),
    "power": (ad.power, (POSITIVE, B)),
    "power, number": (lambda x: x**3, (A,)),
    "power of a number": (lambda x: 2.0**x, (A,)),
    "floor_divide": (lambda x, y: (x // y) * x, (A, B)),
    "mod": (lambda x, y: (x % y) ** 2, (A, B)),
    "divmod": (lambda x, y: divmod(x, y)[0] * x + divmod(x, y)[1], (A, B)),
    "maximum": (lambda x, y: ad.maximum(x, y) ** 2, (A, B)),
    "maximum, number": (lambda x: ad.maximum(x, 0.5) ** 2, (A,)),
    "minimum": (lambda x, y: ad.minimum(x, y) ** 2, (A, B)),
    "arctan2": (ad.arctan2, (A, B)),
    "logaddexp": (ad.logaddexp, (A, B)),
    "hypot": (ad.hypot, (A, B)),
    "clip": (lambda x: ad.clip(x, -0.5, 1.0) ** 2, (A,)),
    "clip, bounds": (lambda x, low, high: ad.clip(x, low, high) ** 2, (A, -0.5, [1.0, 1.5, 1.7])),
    "clip, one bound": (lambda x: ad.clip(x, None, 1.0) ** 2, (A,)),
    "where": (lambda x, y: ad.where([True, False, True], x * y, y), (A, B)),
    "where, number": (lambda x: ad.where(x > 0, x**2, 0.0), (A,)),
    "nan_to_num": (lambda x: ad.nan_to_num(x) * x, (A,)),
    "many uses": (lambda x: x * x + x * ad.exp(x) + x, (A,)),
    "stop_gradient": (lambda x: x * x + 0 * ad.stop_gradient(x), (A,)),
    "kept": (lambda x: kept(x * x, [True, False, True], 1.5), (A,)),
    "read": (lambda x: (x.value if isinstance(x, Variable) else x) ** 3, (A,)),
    "cast": (lambda x: ad.cast(x * x, "float64") * x, (A,)),
}

_EVERYWHERE = (
    "negative square exp exp2 expm1 sin cos tan arctan sinh cosh tanh arcsinh sigmoid softplus erf erfc absolute "
    "reciprocal"
)
_STEPS = "sign floor ceil trunc round"

ELEMENTARY: dict[str, Case] = {
    **{name: (getattr(ad, name), (POSITIVE,)) for name in ("sqrt", "rsqrt", "log", "log2", "log10", "log1p")},
    **{name: (getattr(ad, name), (INNER,)) for name in ("arcsin", "arccos", "arctanh")},
    **{name: (getattr(ad, name), (A,)) for name in _EVERYWHERE.split()},
    **{name: (lambda x, name=name: getattr(ad, name)(x) * x, (ODD,)) for name in _STEPS.split()},
    "arccosh": (lambda x: ad.arccosh(x + 1), (POSITIVE,)),
    "square, as a power": (lambda x: x**2, (A,)),
    "negative, operator": (lambda x: -x * x, (A,)),
    "abs": (lambda x: abs(x) * x, (A,)),
}

REDUCTIONS: dict[str, Case] = {
    "sum": (lambda x: ad.sum(x * x), (A,)),
    "sum, axis": (lambda x: ad.sum(x * x, axis=0) ** 2, (A,)),
    "sum, negative axis": (lambda x: ad.sum(x * x, axis=-1) ** 3, (A,)),
    "sum, keepdims": (lambda x: x * ad.sum(x, axis=1, keepdims=True), (A,)),
    "sum, two axes": (lambda x: ad.sum(x * x, axis=(0, -1)) ** 2, (CUBE,)),
    "mean": (lambda x: ad.mean(x * x * x), (A,)),
    "mean, axis": (lambda x: ad.mean(x * x, axis=[1]) ** 2, (A,)),
    "average": (lambda x, w: ad.average(x, weights=w), (A, POSITIVE)),
    "average, axis": (lambda x, w: ad.average(x, axis=1, weights=w) ** 2, (A, [0.5, 1.7, 1.9])),
    "prod": (lambda x: ad.prod(x), (A,)),
    "prod, axis": (lambda x: ad.prod(x, axis=1) ** 2, (A,)),
    "prod with zeros": (lambda x: ad.prod(x, axis=0, keepdims=True) * x, (ZEROS,)),
    "prod with zeros, all": (ad.prod, (ZEROS,)),
    "prod with zeros, axes": (lambda x: ad.prod(x, axis=(0, 2)), (np.where(CUBE > 0.31, CUBE, 0),)),
    "cumprod": (ad.cumprod, (ZEROS,)),
    "cumprod, axis": (lambda x: ad.cumprod(x, axis=0) ** 2, (A,)),
    "median": (lambda x: ad.median(x, axis=1) ** 2 * ad.median(x), (A,)),
    "max": (lambda x: ad.max(x) ** 2, (A,)),
    "max, axis": (lambda x: ad.max(x, axis=1) ** 2, (A,)),
    "max, initial": (lambda x: ad.max(x, axis=0, initial=0.5) ** 2, (A,)),
    "min, axes": (lambda x: ad.min(x, axis=(0, 2), keepdims=True) * x, (CUBE,)),
    "var": (lambda x: ad.var(x, axis=1), (A,)),
    "std": (ad.std, (A,)),
    "moments": (lambda x: ad.moments(x, [0])[0] * ad.moments(x, [0])[1], (A,)),
    "logsumexp": (ad.logsumexp, (A,)),
    "logsumexp, axis": (lambda x: ad.logsumexp(x, axis=0, keepdims=True) * x, (A,)),
    "cumsum": (lambda x: ad.cumsum(x * x), (A,)),
    "cumsum, axis": (lambda x: ad.cumsum(x, axis=0) ** 2, (A,)),
    "norm": (ad.norm, (A,)),
    "norm, axis": (lambda x: ad.norm(x, axis=1) ** 3, (A,)),
    "norm 1": (lambda x: ad.norm(x, 1, axis=0) ** 2, (A,)),
    "norm inf": (lambda x: ad.norm(x, np.inf, axis=0, keepdims=True) * x, (A,)),
    "norm 3": (lambda x: ad.norm(x, 3, axis=-1), (A,)),
    "norm of matrices": (lambda x: ad.norm(x, axis=(1, 2)) + ad.norm(x, 1, axis=(0, 1))[:2], (CUBE,)),
    "norm inf of a matrix": (lambda x: ad.norm(x, np.inf) * ad.norm(x, -1), (A,)),
}

SHAPES: dict[str, Case] = {
    "reshape": (lambda x: ad.reshape(x, (3, -1)) * [[1.0, 2.0]] * ad.reshape(x, (3, 2)), (A,)),
    "ravel": (lambda x: ad.ravel(x) ** 2, (A,)),
    "transpose": (lambda x: ad.transpose(x) * x.T, (A,)),
    "transpose, axes": (lambda x: ad.transpose(ad.reshape(x, (1, 2, 3)), (2, 0, 1)) ** 2, (A,)),
    "transpose, negative axes": (lambda x: ad.transpose(x, (-1, 0, 1)) ** 2, (CUBE,)),
    "swapaxes": (lambda x: ad.swapaxes(x, 0, -1) ** 2, (CUBE,)),
    "moveaxis": (lambda x: ad.moveaxis(x, [0, 1], [-1, 0]) ** 2, (CUBE,)),
    "expand_dims": (lambda x: ad.expand_dims(x, (0, -1)) ** 2, (A,)),
    "squeeze": (lambda x: ad.squeeze(x[:, :1], 1) ** 2, (A,)),
    "broadcast_to": (lambda x: ad.broadcast_to(x, (4, 2, 3)) ** 2, (A,)),
    "flip": (lambda x: ad.flip(x, 1) * x + ad.flip(x) ** 2, (A,)),
    "concatenate": (lambda x, y: ad.concatenate([x, y, x], axis=1) ** 2, (A, B)),
    "concatenate, in a row": (lambda x, y: ad.concatenate([x, y], axis=None) ** 2, (A, ROW)),
    "append": (lambda x, y: ad.append(x, y, axis=0) ** 2, (A, B)),
    "stack": (lambda x, y: ad.stack([x, y], axis=-1) ** 2, (A, B)),
    "hstack": (lambda x, y: ad.hstack([x, y]) ** 2, (A, B)),
    "vstack": (lambda x, y: ad.vstack([x, y]) ** 2, (A, ROW)),
    "split": (lambda x: ad.split(x, 3, axis=1)[1] ** 2 * ad.split(x, [1], axis=-1)[0], (A,)),
    "unstack": (lambda x: ad.unstack(x, axis=1)[2] ** 2, (A,)),
    "diff": (lambda x: ad.diff(x, 2) ** 2, (A,)),
    "tile": (lambda x: ad.tile(x, (2, 1, 2)) ** 2, (A,)),
    "repeat": (lambda x: ad.repeat(x, [1, 0, 2], axis=1) ** 2, (A,)),
    "repeat, all": (lambda x: ad.repeat(x, 2) ** 2, (A,)),
    "roll": (lambda x: ad.roll(x, 1, axis=1) * x + ad.roll(x, -2) * x, (A,)),
    "pad": (lambda x: ad.pad(x, ((1, 0), (2, 1)), constant_values=3) ** 2, (A,)),
    "pad, reflect": (lambda x: ad.pad(x, ((1, 1), (2, 1)), mode="reflect") ** 2, (A,)),
}

INDEXING: dict[str, Case] = {
    "getitem": (lambda x: x[0] * x[1, 2] + x[:, 1][0] ** 2, (A,)),
    "getitem, list": (lambda x: x[[0, 0, 1]] ** 2, (A,)),
    "getitem, mask": (lambda x: x[np.array(A) > 0] ** 2, (A,)),
    "getitem, newaxis": (lambda x: x[:, None, ::-1] * x[..., None], (A,)),
    "getitem, arrays": (lambda x: x[np.array([0, 1, 0]), [2, 2, 2]] ** 2, (A,)),
    "getitem, Tensors": (lambda x: x[ad.argmax(x, axis=0), ad.one_hot([1], 3).array.argmax()] ** 2, (A,)),
    "getitem, mixed": (lambda x: x[1, ..., [0, 0]] ** 2, (CUBE,)),
    "getitem, row mask": (lambda x: x[np.array([False, True])] ** 2, (A,)),
    "take": (lambda x: ad.take(x, [[0, 2], [2, 2]], axis=1) ** 2, (A,)),
    "take, all": (lambda x: ad.take(x, [5, -1, 0]) ** 2, (A,)),
    "take_along_axis": (lambda x: ad.take_along_axis(x, [[2, 0], [1, 1]], axis=1) ** 2, (A,)),
    "sort": (lambda x: ad.sort(x, axis=0) * ROW * ad.sort(x), (A,)),
    "top_k": (lambda x: ad.top_k(x, 2)[0] ** 2, (A,)),
    "segment_sum": (lambda x: ad.segment_sum(x, [1, 1]) ** 2, (A,)),
    "diag": (lambda x: ad.diag(x, 1) ** 2, (ROW,)),
    "diag of a matrix": (lambda x: ad.diag(x, -1) ** 2, (A,)),
    "diagonal": (lambda x: ad.diagonal(x, 0, 1, 2) ** 2, (CUBE,)),
    "trace": (lambda x: ad.trace(x) ** 2, (CUBE,)),
    "tril": (lambda x: ad.tril(x, -1) ** 2 + ad.triu(x, 1) ** 3, (A,)),
}

#: These run on the kernels of each backend.
PRODUCTS: dict[str, Case] = {
    "matmul": (lambda x, y: (x @ y) ** 2, (A, np.transpose(B))),
    "matmul, vectors": (lambda x, y: (x @ y) * (y @ y), (A, ROW)),
    "matmul, row": (lambda x, y: (x @ y) ** 2, ([0.4, -1.0], A)),
    "matmul, batch and matrix": (lambda x, y: (x @ y) ** 2, (CUBE, np.transpose(B))),
    "matmul, batches": (lambda x, y: (x @ y) ** 2, (CUBE, PLANES)),
    "matmul, broadcast batches": (lambda x, y: (x @ y) ** 2, (CUBE[:1], PLANES)),
    "matmul, matrix and batch": (lambda x, y: (x @ y) ** 2, (A, PLANES)),
    "dense": (lambda x, w, b: ad.dense(x, w, b) ** 2, (A, np.transpose(B), [0.2, -0.3])),
    "dot": (lambda x, y: ad.dot(x, y) ** 2, (CUBE, PLANES)),
    "dot, numbers": (lambda x, y: ad.dot(x, y) ** 2, (A, 0.7)),
    "vdot": (ad.vdot, (A, B)),
    "inner": (lambda x, y: ad.inner(x, y) ** 2, (A, B)),
    "outer": (lambda x, y: ad.outer(x, y) ** 2, (A, ROW)),
    "tensordot": (lambda x, y: ad.tensordot(x, y) ** 2, (PLANES, np.swapaxes(PLANES, 0, 1)[..., :1] * [1, 2, 0.5])),
    "tensordot, axes": (lambda x, y: ad.tensordot(x, y, ([2, 0], [1, 0])) ** 2, (CUBE, PLANES)),
    "einsum": (lambda x, y: ad.einsum("ij,kj->ik", x, y) ** 2, (A, B)),
    "einsum, implied": (lambda x, y: ad.einsum("bij,bjk", x, y) ** 2, (CUBE, PLANES)),
    "einsum, batches": (lambda x, y: ad.einsum("...ij,jk->...ik", x, y) ** 2, (CUBE, np.transpose(B))),
    "einsum, sums": (lambda x: ad.einsum("ijk->j", x) ** 2, (CUBE,)),
    "einsum, diagonal": (lambda x: ad.einsum("iij->j", x) ** 2, (CUBE,)),
    "einsum, three": (lambda x, y, z: ad.einsum("ij,kj,k->i", x, y, z) ** 2, (A, B, [0.5, -1.0])),
    "einsum, broadcast": (lambda x, y: ad.einsum("...i,...i->...", x, y) ** 2, (CUBE, A)),
}

CASES: dict[str, Case] = {**ARITHMETIC, **ELEMENTARY, **REDUCTIONS, **SHAPES, **INDEXING}
