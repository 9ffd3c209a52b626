"""Functions of arrays: Keras's ``keras.ops`` for dense networks, and the kernels for people who bring their own arrays.

Functions have the names and arguments that they have in ``keras.ops``. What goes in says what comes out: plain arrays,
lists and numbers give a plain array; where a Tensor or a Variable is among the arguments, the result is a Tensor that
a :class:`~dlcore.GradientTape` follows. So a loss written in them trains a model.

The kernels (activations, ``dense``, losses, optimizer steps) compute in float32 or float64 on the active backend with
the GIL released. Inputs are converted where necessary and never changed; results go to ``out`` where it is given, into
an array that must fit exactly; state is stepped in place. Mistakes raise TypeError or ValueError, naming the argument
and what is allowed, before anything is written.
"""

from dlcore.autodiff import custom_gradient
from dlcore.ops import comparison, creation, elementwise, ordering, reductions, shapes
from dlcore.ops.activation_functions import (
    celu,
    elu,
    exponential,
    gelu,
    gelu_tanh,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    linear,
    log_sigmoid,
    log_softmax,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softmax,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    squareplus,
    tanh,
    tanh_shrink,
)
from dlcore.ops.activations import activate, activation_backward
from dlcore.ops.comparison import *  # noqa: F403 - what it lists as its own
from dlcore.ops.creation import *  # noqa: F403 - what it lists as its own
from dlcore.ops.dense import dense, dense_backward
from dlcore.ops.elementwise import *  # noqa: F403 - what it lists as its own
from dlcore.ops.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    huber,
    mean_absolute_error,
    mean_squared_error,
    smooth_l1,
    sparse_categorical_crossentropy,
)
from dlcore.ops.ordering import *  # noqa: F403 - what it lists as its own
from dlcore.ops.reductions import *  # noqa: F403 - what it lists as its own
from dlcore.ops.series import exponentially_weighted_average, permutation
from dlcore.ops.shapes import *  # noqa: F403 - what it lists as its own
from dlcore.ops.steps import adagrad_step, adam_step, adamw_step, momentum_step, rmsprop_step, sgd_step

__all__ = [
    "activate",
    "activation_backward",
    "adagrad_step",
    "adam_step",
    "adamw_step",
    "binary_crossentropy",
    "categorical_crossentropy",
    "celu",
    "custom_gradient",
    "dense",
    "dense_backward",
    "elu",
    "exponential",
    "exponentially_weighted_average",
    "gelu",
    "gelu_tanh",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "huber",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mean_absolute_error",
    "mean_squared_error",
    "mish",
    "momentum_step",
    "permutation",
    "relu",
    "relu6",
    "rmsprop_step",
    "selu",
    "sgd_step",
    "sigmoid",
    "silu",
    "smooth_l1",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_categorical_crossentropy",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "tanh",
    "tanh_shrink",
]
__all__ += comparison.__all__
__all__ += creation.__all__
__all__ += elementwise.__all__
__all__ += ordering.__all__
__all__ += reductions.__all__
__all__ += shapes.__all__
