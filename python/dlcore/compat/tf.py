"""TensorFlow's names: ``from dlcore.compat import tf`` runs a course's Keras cells on dlcore.

>>> var = tf.Variable(1.0)
>>> opt = tf.keras.optimizers.SGD(learning_rate=0.1)
>>> step_count = opt.minimize(lambda: (var**2) / 2.0, [var]).numpy()
>>> var.numpy()
np.float32(0.9)
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

import dlcore
from dlcore import activations, autodiff, variable
from dlcore.autodiff import (
    GradientTape,
    Tensor,
    absolute,
    add,
    cast,
    clip,
    concatenate,
    cos,
    divide,
    equal,
    exp,
    expand_dims,
    greater,
    less,
    log,
    matmul,
    maximum,
    minimum,
    multiply,
    negative,
    ones_like,
    power,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
    reshape,
    sin,
    sqrt,
    square,
    squeeze,
    stack,
    stop_gradient,
    subtract,
    tile,
    transpose,
    where,
    zeros_like,
)
from dlcore.autodiff.tracer import as_tensors, read
from dlcore.utils import set_random_seed

__all__ = [
    "GradientTape",
    "Tensor",
    "Variable",
    "abs",
    "add",
    "argmax",
    "bool",
    "cast",
    "clip_by_value",
    "concat",
    "constant",
    "convert_to_tensor",
    "cos",
    "divide",
    "equal",
    "executing_eagerly",
    "exp",
    "expand_dims",
    "eye",
    "float32",
    "float64",
    "function",
    "greater",
    "int32",
    "int64",
    "is_tensor",
    "keras",
    "less",
    "linspace",
    "math",
    "matmul",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nn",
    "one_hot",
    "ones",
    "ones_like",
    "pow",
    "random",
    "range",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_sum",
    "reshape",
    "sigmoid",
    "sin",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "stop_gradient",
    "subtract",
    "tanh",
    "tile",
    "transpose",
    "where",
    "zeros",
    "zeros_like",
]

#: ``tf.keras`` is dlcore itself: it has Keras's names.
keras = dlcore

float32 = np.dtype(np.float32)
float64 = np.dtype(np.float64)
int32 = np.dtype(np.int32)
int64 = np.dtype(np.int64)
bool = np.dtype(np.bool_)

abs = absolute
clip_by_value = clip
concat = concatenate
pow = power
sigmoid = activations.sigmoid
tanh = activations.tanh


class Variable(variable.Variable):
    """``tf.Variable``: a Variable whose value is read by calling ``value()``."""

    def __init__(
        self, initial_value: Any, trainable: Any = True, name: str | None = None, dtype: Any = None, shape: Any = None
    ) -> None:
        super().__init__(initial_value, shape=shape, dtype=dtype, trainable=trainable, name=name)

    def value(self) -> Tensor:  # type: ignore[override]  # a property in Keras, a method in TensorFlow
        """The value now, as a Tensor that later assignments leave alone."""
        return read(self)

    read_value = value


def constant(value: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """A Tensor of a value: float32 if nothing else is said, or the dtype of an array."""
    array = np.array(as_tensors(value)[0].array, dtype=dtype)
    return Tensor(array if shape is None else np.broadcast_to(array, shape).copy())


convert_to_tensor = constant


def zeros(shape: Any, dtype: Any = float32) -> Tensor:
    """A Tensor of zeros."""
    return Tensor(np.zeros(shape, dtype))


def ones(shape: Any, dtype: Any = float32) -> Tensor:
    """A Tensor of ones."""
    return Tensor(np.ones(shape, dtype))


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None) -> Tensor:
    """The numbers from start (0, if there is no limit) to before the limit."""
    first, last = (0, start) if limit is None else (start, limit)
    found = np.arange(first, last, delta)
    return constant(found, dtype or (int32 if found.dtype.kind == "i" else float32))


def linspace(start: Any, stop: Any, num: int) -> Tensor:
    """``num`` numbers from start to stop, both among them."""
    return constant(np.linspace(start, stop, num), float32)


def eye(num_rows: int, num_columns: int | None = None, dtype: Any = float32) -> Tensor:
    """The matrix with ones on its diagonal."""
    return Tensor(np.eye(num_rows, num_columns, dtype=dtype))


def argmax(input: Any, axis: int | None = None) -> Tensor:
    """Where the largest entry is along an axis; along the first, unlike NumPy's, if none is given."""
    return autodiff.argmax(input, 0 if axis is None else axis)


def split(value: Any, num_or_size_splits: Any, axis: int = 0) -> list[Tensor]:
    """Parts of equal length, if it is a number, or of the lengths given, unlike NumPy's."""
    if isinstance(num_or_size_splits, int):
        return autodiff.split(value, num_or_size_splits, axis)
    return autodiff.split(value, [int(n) for n in np.cumsum(num_or_size_splits)[:-1]], axis)


def one_hot(indices: Any, depth: int, axis: int = -1, dtype: Any = float32) -> Tensor:
    """1 at the index along a new axis of that length, else 0."""
    return autodiff.one_hot(indices, depth, axis, dtype)


def is_tensor(x: Any) -> Any:
    """Whether it is a Tensor or a Variable."""
    return isinstance(x, (Tensor, variable.Variable))


def executing_eagerly() -> Any:
    """True: there are no graphs."""
    return True


def function(func: Any = None, **options: Any) -> Any:  # noqa: ARG001 - TensorFlow's
    """Decorator that TensorFlow makes graphs with; here the function stays as it is, and options are not looked at."""
    return (lambda given: given) if func is None else func


def _normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = float32, seed: Any = None) -> Any:
    return keras.random.normal(shape, mean, stddev, dtype, seed)


def _uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = float32, seed: Any = None) -> Any:
    return keras.random.uniform(shape, minval, maxval, dtype, seed)


random = SimpleNamespace(normal=_normal, set_seed=set_random_seed, uniform=_uniform)

math = SimpleNamespace(
    abs=absolute,
    add=add,
    argmax=argmax,
    cos=cos,
    divide=divide,
    exp=exp,
    log=log,
    maximum=maximum,
    minimum=minimum,
    multiply=multiply,
    negative=negative,
    pow=power,
    reduce_mean=reduce_mean,
    reduce_max=reduce_max,
    reduce_min=reduce_min,
    reduce_sum=reduce_sum,
    sigmoid=activations.sigmoid,
    sin=sin,
    softplus=activations.softplus,
    sqrt=sqrt,
    square=square,
    subtract=subtract,
    tanh=activations.tanh,
)

nn = SimpleNamespace(
    elu=activations.elu,
    gelu=activations.gelu,
    leaky_relu=activations.leaky_relu,
    log_softmax=activations.log_softmax,
    relu=activations.relu,
    sigmoid=activations.sigmoid,
    silu=activations.silu,
    softmax=activations.softmax,
    softplus=activations.softplus,
    tanh=activations.tanh,
)
