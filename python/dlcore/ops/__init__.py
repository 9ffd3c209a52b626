"""``keras.ops`` for a dense net, and the kernels for people who bring their own NumPy arrays.

Every function takes arrays, lists and numbers, and gives plain NumPy arrays; with a Tensor or Variable among its
arguments it gives Tensors, which the tape follows. So ``ops.mean(ops.square(y_true - y_pred), axis=-1)`` is a loss
that can be trained with, and a number for two arrays.

The kernels (activations, losses, ``dense``, optimizers' steps) compute in float32 or float64 on the active backend,
with the GIL released. Inputs are converted where necessary and never changed; results go to ``out`` where it is given,
into an array that must fit exactly; state is stepped in place. Mistakes raise TypeError or ValueError, naming the
argument and what is allowed, before anything is written.
"""

# ruff: noqa: F403 - every module says what it offers.

from dlcore.ops.activation_functions import *
from dlcore.ops.activations import *
from dlcore.ops.adam_steps import *
from dlcore.ops.composed import *
from dlcore.ops.core import *
from dlcore.ops.creation import *
from dlcore.ops.dense import *
from dlcore.ops.error_losses import *
from dlcore.ops.losses import *
from dlcore.ops.math import *
from dlcore.ops.nn import *
from dlcore.ops.numpy import *
from dlcore.ops.score_losses import *
from dlcore.ops.series import *
from dlcore.ops.steps import *
