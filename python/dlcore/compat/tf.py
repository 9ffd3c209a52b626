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
from dlcore import activations, variable
from dlcore.autodiff import (
    GradientTape,
    Tensor,
    absolute,
    add,
    cast,
    divide,
    exp,
    log,
    matmul,
    multiply,
    negative,
    power,
    reduce_mean,
    reduce_sum,
    reshape,
    sqrt,
    square,
    subtract,
    transpose,
)
from dlcore.autodiff.tracer import as_tensors, read
from dlcore.utils import set_random_seed

__all__ = [
    "GradientTape",
    "Tensor",
    "Variable",
    "abs",
    "add",
    "cast",
    "constant",
    "convert_to_tensor",
    "divide",
    "exp",
    "float32",
    "float64",
    "int32",
    "int64",
    "keras",
    "math",
    "matmul",
    "multiply",
    "negative",
    "nn",
    "ones",
    "pow",
    "random",
    "reduce_mean",
    "reduce_sum",
    "reshape",
    "sigmoid",
    "sqrt",
    "square",
    "subtract",
    "tanh",
    "transpose",
    "zeros",
]

#: ``tf.keras`` is dlcore itself: it has Keras's names.
keras = dlcore

float32 = np.dtype(np.float32)
float64 = np.dtype(np.float64)
int32 = np.dtype(np.int32)
int64 = np.dtype(np.int64)

abs = absolute
pow = power
sigmoid = activations.sigmoid
tanh = activations.tanh


class Variable(variable.Variable):
    """``tf.Variable``: a Variable whose value is read by calling ``value()``."""

    def __init__(
        self, initial_value: Any, trainable: bool = True, name: str | None = None, dtype: Any = None, shape: Any = None
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


random = SimpleNamespace(set_seed=set_random_seed)

math = SimpleNamespace(
    abs=absolute,
    add=add,
    divide=divide,
    exp=exp,
    log=log,
    multiply=multiply,
    negative=negative,
    pow=power,
    reduce_mean=reduce_mean,
    reduce_sum=reduce_sum,
    sigmoid=activations.sigmoid,
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
