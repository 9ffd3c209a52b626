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
    floor_divide,
    logaddexp,
    maximum,
    minimum,
    mod,
    multiply,
    power,
    subtract,
    where,
)
from dlcore.autodiff.broadcasting import broadcast_to, cast, stop_gradient
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
    cumsum,
    logsumexp,
    max,
    mean,
    min,
    moments,
    prod,
    std,
    sum,
    var,
)
from dlcore.autodiff.seam import register
from dlcore.autodiff.shapes import (
    concatenate,
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
