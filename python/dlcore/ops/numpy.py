"""``keras.ops``'s functions of NumPy's kind: arithmetic, shapes, reductions, comparisons.

What they do, and their gradients, is in :mod:`dlcore.autodiff`; see its functions for arguments.
"""

from __future__ import annotations

from dlcore import autodiff
from dlcore.ops.polymorphism import polymorphic

__all__ = [
    "abs", "absolute", "add", "all", "allclose", "amax", "amin", "any", "append", "arccos", "arccosh", "arcsin",
    "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin", "argsort", "average", "bincount", "broadcast_to",
    "ceil", "clip", "concatenate", "cos", "cosh", "count_nonzero", "cumprod", "cumsum", "diag", "diagonal", "diff",
    "digitize", "divide", "divide_no_nan", "dot", "einsum", "equal", "exp", "exp2", "expand_dims", "expm1", "fabs",
    "flip", "floor", "floor_divide", "full_like", "get_item", "greater", "greater_equal", "hstack", "hypot",
    "inner", "isclose", "isfinite", "isin", "isinf", "isnan", "less", "less_equal", "log", "log1p", "log2", "log10",
    "logaddexp", "logical_and", "logical_not", "logical_or", "logical_xor", "matmul", "max", "maximum", "mean",
    "median", "min", "minimum", "mod", "moveaxis", "multiply", "nan_to_num", "negative", "nonzero", "not_equal",
    "ones_like", "outer", "pad", "power", "prod", "ravel", "reciprocal", "repeat", "reshape", "roll", "round",
    "searchsorted", "sign", "sin", "sinh", "sort", "split", "sqrt", "square", "squeeze", "stack", "std", "subtract",
    "sum", "swapaxes", "take", "take_along_axis", "tan", "tensordot", "tile", "trace", "transpose", "tril", "triu",
    "true_divide", "trunc", "var", "vdot", "vstack", "where", "zeros_like",
]  # fmt: skip

# --- Arithmetic ---

add = polymorphic(autodiff.add)
subtract = polymorphic(autodiff.subtract)
multiply = polymorphic(autodiff.multiply)
divide = polymorphic(autodiff.divide)
divide_no_nan = polymorphic(autodiff.divide_no_nan)
true_divide = divide
floor_divide = polymorphic(autodiff.floor_divide)
mod = polymorphic(autodiff.mod)
power = polymorphic(autodiff.power)
maximum = polymorphic(autodiff.maximum)
minimum = polymorphic(autodiff.minimum)
arctan2 = polymorphic(autodiff.arctan2)
hypot = polymorphic(autodiff.hypot)
logaddexp = polymorphic(autodiff.logaddexp)
negative = polymorphic(autodiff.negative)
absolute = polymorphic(autodiff.absolute)
abs = absolute
fabs = absolute
sign = polymorphic(autodiff.sign)
square = polymorphic(autodiff.square)
sqrt = polymorphic(autodiff.sqrt)
reciprocal = polymorphic(autodiff.reciprocal)

# --- Elementary functions ---

exp = polymorphic(autodiff.exp)
exp2 = polymorphic(autodiff.exp2)
expm1 = polymorphic(autodiff.expm1)
log = polymorphic(autodiff.log)
log2 = polymorphic(autodiff.log2)
log10 = polymorphic(autodiff.log10)
log1p = polymorphic(autodiff.log1p)
sin = polymorphic(autodiff.sin)
cos = polymorphic(autodiff.cos)
tan = polymorphic(autodiff.tan)
arcsin = polymorphic(autodiff.arcsin)
arccos = polymorphic(autodiff.arccos)
arctan = polymorphic(autodiff.arctan)
sinh = polymorphic(autodiff.sinh)
cosh = polymorphic(autodiff.cosh)
arcsinh = polymorphic(autodiff.arcsinh)
arccosh = polymorphic(autodiff.arccosh)
arctanh = polymorphic(autodiff.arctanh)

# --- Rounding and choice ---

floor = polymorphic(autodiff.floor)
ceil = polymorphic(autodiff.ceil)
trunc = polymorphic(autodiff.trunc)
round = polymorphic(autodiff.round)
clip = polymorphic(autodiff.clip)
where = polymorphic(autodiff.where)
nan_to_num = polymorphic(autodiff.nan_to_num)

# --- Reductions ---

sum = polymorphic(autodiff.sum)
prod = polymorphic(autodiff.prod)
mean = polymorphic(autodiff.mean)
var = polymorphic(autodiff.var)
std = polymorphic(autodiff.std)
median = polymorphic(autodiff.median)
max = polymorphic(autodiff.max)
amax = max
min = polymorphic(autodiff.min)
amin = min
average = polymorphic(autodiff.average)
cumsum = polymorphic(autodiff.cumsum)
cumprod = polymorphic(autodiff.cumprod)
all = polymorphic(autodiff.all)
any = polymorphic(autodiff.any)
count_nonzero = polymorphic(autodiff.count_nonzero)

# --- Shape ---

reshape = polymorphic(autodiff.reshape)
ravel = polymorphic(autodiff.ravel)
transpose = polymorphic(autodiff.transpose)
swapaxes = polymorphic(autodiff.swapaxes)
moveaxis = polymorphic(autodiff.moveaxis)
expand_dims = polymorphic(autodiff.expand_dims)
squeeze = polymorphic(autodiff.squeeze)
broadcast_to = polymorphic(autodiff.broadcast_to)
flip = polymorphic(autodiff.flip)
concatenate = polymorphic(autodiff.concatenate)
append = polymorphic(autodiff.append)
stack = polymorphic(autodiff.stack)
hstack = polymorphic(autodiff.hstack)
vstack = polymorphic(autodiff.vstack)
split = polymorphic(autodiff.split)
diff = polymorphic(autodiff.diff)
tile = polymorphic(autodiff.tile)
repeat = polymorphic(autodiff.repeat)
roll = polymorphic(autodiff.roll)
pad = polymorphic(autodiff.pad)

# --- Places and orders ---

take = polymorphic(autodiff.take)
take_along_axis = polymorphic(autodiff.take_along_axis)
get_item = polymorphic(autodiff.getitem)
sort = polymorphic(autodiff.sort)
argsort = polymorphic(autodiff.argsort)
argmax = polymorphic(autodiff.argmax)
argmin = polymorphic(autodiff.argmin)
nonzero = polymorphic(autodiff.nonzero)
searchsorted = polymorphic(autodiff.searchsorted)
digitize = polymorphic(autodiff.digitize)
bincount = polymorphic(autodiff.bincount)

# --- Comparison and logic ---

equal = polymorphic(autodiff.equal)
not_equal = polymorphic(autodiff.not_equal)
greater = polymorphic(autodiff.greater)
greater_equal = polymorphic(autodiff.greater_equal)
less = polymorphic(autodiff.less)
less_equal = polymorphic(autodiff.less_equal)
isclose = polymorphic(autodiff.isclose)
isnan = polymorphic(autodiff.isnan)
isinf = polymorphic(autodiff.isinf)
isfinite = polymorphic(autodiff.isfinite)
logical_and = polymorphic(autodiff.logical_and)
logical_or = polymorphic(autodiff.logical_or)
logical_xor = polymorphic(autodiff.logical_xor)
logical_not = polymorphic(autodiff.logical_not)
isin = polymorphic(autodiff.isin)
allclose = polymorphic(autodiff.allclose)

# --- Products ---

matmul = polymorphic(autodiff.matmul)
dot = polymorphic(autodiff.dot)
vdot = polymorphic(autodiff.vdot)
inner = polymorphic(autodiff.inner)
outer = polymorphic(autodiff.outer)
tensordot = polymorphic(autodiff.tensordot)
einsum = polymorphic(autodiff.einsum)
trace = polymorphic(autodiff.trace)
diag = polymorphic(autodiff.diag)
diagonal = polymorphic(autodiff.diagonal)
tril = polymorphic(autodiff.tril)
triu = polymorphic(autodiff.triu)

# --- Arrays like another ---

zeros_like = polymorphic(autodiff.zeros_like)
ones_like = polymorphic(autodiff.ones_like)
full_like = polymorphic(autodiff.full_like)
