"""Automatic differentiation: a tape that knows no numerics, and rules that register through one seam.

:mod:`~dlcore.autodiff.seam` holds the tables in which operations register, :mod:`~dlcore.autodiff.tracer` the Tensor
and ``apply``, :mod:`~dlcore.autodiff.tape` walks backward. The other files register operations. The functions have
the names and arguments of ``keras.ops``, take Tensors, Variables, arrays and numbers, and give Tensors;
:mod:`dlcore.ops` has them for plain arrays too.
"""

from __future__ import annotations

from dlcore.autodiff import numpy_functions as _numpy_functions  # noqa: F401 - NumPy's protocol finds it
from dlcore.autodiff.arithmetic import (
    add,
    arctan2,
    clip,
    divide,
    divide_no_nan,
    floor_divide,
    hypot,
    logaddexp,
    maximum,
    minimum,
    mod,
    multiply,
    nan_to_num,
    power,
    subtract,
    where,
)
from dlcore.autodiff.broadcasting import broadcast_to, cast, stop_gradient
from dlcore.autodiff.calls import ValueAndGradients, custom_gradient, gradients, value_and_gradients
from dlcore.autodiff.conversion import convert_to_numpy, convert_to_tensor, shape
from dlcore.autodiff.einsum import einsum
from dlcore.autodiff.elementary import (
    absolute,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctanh,
    ceil,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    floor,
    log,
    log1p,
    log2,
    log10,
    negative,
    reciprocal,
    round,
    rsqrt,
    sigmoid,
    sign,
    sin,
    sinh,
    softplus,
    sqrt,
    square,
    tan,
    tanh,
    trunc,
)
from dlcore.autodiff.indexing import getitem, segment_sum, sort, take, take_along_axis, top_k
from dlcore.autodiff.kernels import activation
from dlcore.autodiff.losses import loss
from dlcore.autodiff.norms import norm
from dlcore.autodiff.plain import (
    all,
    allclose,
    any,
    argmax,
    argmin,
    argsort,
    bincount,
    count_nonzero,
    digitize,
    equal,
    full_like,
    greater,
    greater_equal,
    in_top_k,
    isclose,
    isfinite,
    isin,
    isinf,
    isnan,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    multi_hot,
    nonzero,
    not_equal,
    one_hot,
    ones_like,
    searchsorted,
    zeros_like,
)
from dlcore.autodiff.products import (
    dense,
    diag,
    diagonal,
    dot,
    inner,
    matmul,
    outer,
    tensordot,
    trace,
    tril,
    triu,
    vdot,
)
from dlcore.autodiff.reductions import (
    average,
    cumprod,
    cumsum,
    logsumexp,
    max,
    mean,
    median,
    min,
    moments,
    norm2,
    prod,
    std,
    sum,
    var,
)
from dlcore.autodiff.seam import register
from dlcore.autodiff.shapes import (
    append,
    concatenate,
    diff,
    expand_dims,
    flip,
    hstack,
    moveaxis,
    pad,
    ravel,
    repeat,
    reshape,
    roll,
    split,
    squeeze,
    stack,
    swapaxes,
    tile,
    transpose,
    unstack,
    vstack,
)
from dlcore.autodiff.tape import GradientTape
from dlcore.autodiff.tracer import Tensor, apply

#: TensorFlow's names.
reduce_sum, reduce_mean, reduce_max, reduce_min, reduce_prod = sum, mean, max, min, prod

abs = absolute
gather = take

__all__ = [
    "GradientTape", "Tensor", "ValueAndGradients", "abs", "absolute", "activation", "add", "all", "allclose", "any",
    "append", "apply", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin",
    "argsort", "average", "bincount", "broadcast_to", "cast", "ceil", "clip", "concatenate", "convert_to_numpy",
    "convert_to_tensor", "cos", "cosh", "count_nonzero", "cumprod", "cumsum", "custom_gradient", "dense", "diag",
    "diagonal", "diff", "digitize", "divide", "divide_no_nan", "dot", "einsum", "equal", "erf", "erfc", "exp",
    "exp2", "expand_dims", "expm1", "flip", "floor", "floor_divide", "full_like", "gather", "getitem", "gradients",
    "greater", "greater_equal", "hstack", "hypot", "in_top_k", "inner", "isclose", "isfinite", "isin", "isinf",
    "isnan", "less", "less_equal", "log", "log1p", "log2", "log10", "logaddexp", "logical_and", "logical_not",
    "logical_or", "logical_xor", "logsumexp", "loss", "matmul", "max", "maximum", "mean", "median", "min",
    "minimum", "mod", "moments", "moveaxis", "multi_hot", "multiply", "nan_to_num", "negative", "nonzero", "norm",
    "norm2", "not_equal", "one_hot", "ones_like", "outer", "pad", "power", "prod", "ravel", "reciprocal",
    "reduce_max", "reduce_mean", "reduce_min", "reduce_prod", "reduce_sum", "register", "repeat", "reshape", "roll",
    "round", "rsqrt", "searchsorted", "segment_sum", "shape", "sigmoid", "sign", "sin", "sinh", "softplus", "sort",
    "split", "sqrt", "square", "squeeze", "stack", "std", "stop_gradient", "subtract", "sum", "swapaxes", "take",
    "take_along_axis", "tan", "tanh", "tensordot", "tile", "top_k", "trace", "transpose", "tril", "triu", "trunc",
    "unstack", "value_and_gradients", "var", "vdot", "vstack", "where", "zeros_like",
]  # fmt: skip
