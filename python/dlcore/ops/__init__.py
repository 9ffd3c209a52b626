"""The kernels for people who bring their own NumPy arrays.

Every function takes and gives plain NumPy arrays, in float32 or float64, and computes on the active backend with the
GIL released. Inputs are converted where necessary and never changed; results go to ``out`` where it is given, into
an array that must fit exactly; state is stepped in place. Mistakes raise TypeError or ValueError, naming the argument
and what is allowed, before anything is written.
"""

from dlcore.ops.activations import (
    activate,
    activation_backward,
    elu,
    gelu,
    leaky_relu,
    linear,
    log_softmax,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from dlcore.ops.dense import dense, dense_backward
from dlcore.ops.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    huber,
    mean_absolute_error,
    mean_squared_error,
    smooth_l1,
    sparse_categorical_crossentropy,
)
from dlcore.ops.series import exponentially_weighted_average, permutation
from dlcore.ops.steps import adagrad_step, adam_step, adamw_step, momentum_step, rmsprop_step, sgd_step

__all__ = [
    "activate",
    "activation_backward",
    "adagrad_step",
    "adam_step",
    "adamw_step",
    "binary_crossentropy",
    "categorical_crossentropy",
    "dense",
    "dense_backward",
    "elu",
    "exponentially_weighted_average",
    "gelu",
    "huber",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mean_absolute_error",
    "mean_squared_error",
    "momentum_step",
    "permutation",
    "relu",
    "rmsprop_step",
    "sgd_step",
    "sigmoid",
    "silu",
    "smooth_l1",
    "softmax",
    "softplus",
    "sparse_categorical_crossentropy",
    "tanh",
]
