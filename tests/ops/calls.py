"""Calls of functions that NumPy has under the same name: name, arguments, keyword arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

A = np.array([[0.3, -1.2, 2.1], [0.7, 1.1, -0.4]])
B = np.array([[1.5, 0.8, -0.6], [0.9, -1.3, 2.2]])
INNER = A / 3
ABOVE = np.abs(A) + 1
CUBE = np.sin(np.arange(24.0)).reshape(2, 3, 4)
PLANES = np.cos(np.arange(24.0)).reshape(2, 4, 3)

Call = tuple[str, tuple[Any, ...], dict[str, Any]]

_OF_ONE = (
    "absolute ceil cos cosh exp exp2 expm1 floor negative sign sin sinh square tan trunc arctan arcsinh reciprocal "
    "ravel transpose squeeze cumsum cumprod flip sort prod sum mean var std max min median round trace diag diagonal "
    "tril triu average diff"
)
_OF_TWO = (
    "add subtract multiply divide floor_divide mod maximum minimum arctan2 hypot logaddexp inner vdot outer append"
)

#: Those that can be differentiated: NumPy's function of a Tensor is one of them.
DIFFERENTIABLE: list[Call] = [
    *((name, (A,), {}) for name in _OF_ONE.split()),
    *((name, (ABOVE,), {}) for name in ("sqrt", "log", "log2", "log10", "log1p", "arccosh")),
    *((name, (INNER,), {}) for name in ("arcsin", "arccos", "arctanh")),
    *((name, (A, B), {}) for name in _OF_TWO.split()),
    *((name, (A, B[:, :1]), {}) for name in ("add", "maximum", "mod")),
    *(
        (name, (CUBE,), {"axis": axis, "keepdims": keepdims})
        for name in ("sum", "prod", "mean", "var", "std", "max", "min", "median")
        for axis in (0, -1, (0, 2), None)
        for keepdims in (False, True)
    ),
    ("power", (ABOVE, B), {}),
    ("power", (A, 2), {}),
    ("max", (A,), {"axis": 0, "initial": 0.5}),
    ("min", (np.empty((0, 2)),), {"axis": 0, "initial": 1.0}),
    ("cumsum", (A, 1), {}),
    ("cumprod", (A,), {"axis": 0}),
    ("average", (A,), {"weights": ABOVE}),
    ("average", (A, 1, [0.2, 0.5, 0.8]), {}),
    ("clip", (A, -0.5, 1.0), {}),
    ("clip", (A, None, [1.0, 0.0, 3.0]), {}),
    ("where", (A > 0, A, B), {}),
    ("round", (A * 10, 1), {}),
    ("reshape", (A, (3, -1)), {}),
    ("transpose", (CUBE, (2, 0, 1)), {}),
    ("swapaxes", (CUBE, 0, -1), {}),
    ("moveaxis", (CUBE, [0, 1], [-1, 0]), {}),
    ("moveaxis", (CUBE, 2, 0), {}),
    ("expand_dims", (A, (0, -1)), {}),
    ("squeeze", (A[:, None], 1), {}),
    ("broadcast_to", (A, (4, 2, 3)), {}),
    ("flip", (CUBE, (0, -1)), {}),
    ("concatenate", ([A, B, A], 1), {}),
    ("concatenate", ([A, B],), {"axis": None}),
    ("stack", ([A, B],), {"axis": -1}),
    ("hstack", ([A, B],), {}),
    ("vstack", ([A, B[0]],), {}),
    ("split", (A, 3), {"axis": 1}),
    ("split", (CUBE, [1, 3], -1), {}),
    ("tile", (A, (2, 1, 3)), {}),
    ("repeat", (A, [1, 0, 3], 1), {}),
    ("repeat", (A, 2), {}),
    ("roll", (A, 1, 1), {}),
    ("roll", (CUBE, (1, -2), (0, 2)), {}),
    ("pad", (A, ((1, 0), (2, 1))), {}),
    ("pad", (A, 1, "reflect"), {}),
    ("pad", (A, 2, "edge"), {}),
    ("diff", (A, 2), {"axis": 1}),
    ("append", (A, B), {"axis": 0}),
    ("take", (A, [[2, 0], [-1, 2]], 1), {}),
    ("take", (A, [5, 0]), {}),
    ("take_along_axis", (A, np.array([[0], [2]]), 1), {}),
    ("sort", (A, None), {}),
    ("matmul", (CUBE, PLANES), {}),
    ("matmul", (A, B[0]), {}),
    ("matmul", (A, B.T), {}),
    ("dot", (CUBE, PLANES[0]), {}),
    ("tensordot", (CUBE, PLANES, ([1, 2], [2, 1])), {}),
    ("tensordot", (A, B.T, 1), {}),
    ("einsum", ("ij,kj->ik", A, B), {}),
    ("diag", (A[0], 1), {}),
    ("diagonal", (CUBE, 1, 2, 0), {}),
    ("trace", (CUBE, 0, 1, 2), {}),
    ("tril", (CUBE, -1), {}),
    ("triu", (CUBE, 1), {}),
]

_PAIRS = ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "isclose", "isin")

#: Those that cannot.
PLAIN: list[Call] = [
    *((name, (A, B), {}) for name in _PAIRS),
    *((name, (A > 0, B > 0), {}) for name in ("logical_and", "logical_or", "logical_xor")),
    *((name, (A,), {}) for name in ("isnan", "isinf", "isfinite", "logical_not", "argmax", "argmin", "all", "any")),
    ("allclose", (A, A + 1e-9), {}),
    ("all", (A,), {"axis": 0, "keepdims": True}),
    ("any", (A > 1,), {"axis": (0, 1)}),
    ("argmax", (A,), {"axis": 1, "keepdims": True}),
    ("argmin", (A, 0), {}),
    ("argsort", (A,), {"axis": 0}),
    ("count_nonzero", (A > 0,), {"axis": 0}),
    ("nonzero", (A > 0,), {}),
    ("searchsorted", ([1.0, 2.0, 3.0], A), {"side": "right"}),
    ("digitize", (A, [0.0, 1.0]), {}),
    ("bincount", ([1, 3, 1],), {"minlength": 6}),
    ("where", (A > 0,), {}),
    ("zeros_like", (A,), {}),
    ("ones_like", (A,), {"dtype": "int32"}),
    ("full_like", (A, 3), {}),
]
