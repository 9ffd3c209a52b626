"""``keras.ops`` for a dense net, and the kernels for people who bring their own NumPy arrays.

Every function takes arrays, lists and numbers, and gives plain NumPy arrays; with a Tensor or Variable among its
arguments it gives Tensors, which the tape follows. So ``ops.mean(ops.square(y_true - y_pred), axis=-1)`` is a loss
that can be trained with, and a number for two arrays.

The kernels (activations, losses, ``dense``, optimizers' steps) compute in float32 or float64 on the active backend,
with the GIL released. Inputs are converted where necessary and never changed; results go to ``out`` where it is given,
into an array that must fit exactly; state is stepped in place. Mistakes raise TypeError or ValueError, naming the
argument and what is allowed, before anything is written.
"""

from dlcore.ops import core, creation, math, nn, numpy
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
from dlcore.ops.activations import (
    activate,
    activation_backward,
)
from dlcore.ops.adam_steps import (
    adam_step,
    adamax_step,
    adamw_step,
    nadam_step,
)
from dlcore.ops.core import *  # noqa: F403 - the module lists its names
from dlcore.ops.creation import *  # noqa: F403 - the module lists its names
from dlcore.ops.dense import (
    dense,
    dense_backward,
)
from dlcore.ops.error_losses import (
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    quantile,
    smooth_l1,
)
from dlcore.ops.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    categorical_generalized_cross_entropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from dlcore.ops.math import *  # noqa: F403 - the module lists its names
from dlcore.ops.nn import *  # noqa: F403 - the module lists its names
from dlcore.ops.numpy import *  # noqa: F403 - the module lists its names
from dlcore.ops.score_losses import (
    categorical_hinge,
    cosine_similarity,
    hinge,
    squared_hinge,
)
from dlcore.ops.series import (
    exponentially_weighted_average,
    permutation,
)
from dlcore.ops.steps import (
    adadelta_step,
    adagrad_step,
    ftrl_step,
    lion_step,
    momentum_step,
    rmsprop_step,
    sgd_step,
)

__all__ = [
    "activate", "activation_backward", "adadelta_step", "adagrad_step", "adam_step", "adamax_step", "adamw_step",
    "binary_crossentropy", "categorical_crossentropy", "categorical_generalized_cross_entropy", "categorical_hinge",
    "celu", "cosine_similarity", "dense", "dense_backward", "elu", "exponential", "exponentially_weighted_average",
    "ftrl_step", "gelu", "gelu_tanh", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "hinge", "huber",
    "kl_divergence", "leaky_relu", "linear", "lion_step", "log_cosh", "log_sigmoid", "log_softmax",
    "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error",
    "mish", "momentum_step", "nadam_step", "permutation", "poisson", "quantile", "relu", "relu6", "rmsprop_step",
    "selu", "sgd_step", "sigmoid", "silu", "smooth_l1", "soft_shrink", "softmax", "softplus", "softsign",
    "sparse_categorical_crossentropy", "sparse_plus", "sparse_sigmoid", "squared_hinge", "squareplus", "tanh",
    "tanh_shrink",
]  # fmt: skip
__all__ += core.__all__
__all__ += creation.__all__
__all__ += math.__all__
__all__ += nn.__all__
__all__ += numpy.__all__
