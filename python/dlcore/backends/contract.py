"""What every backend does, and the one list of names each family knows.

Three modules fulfil this contract: ``native`` (the compiled core), ``numba`` and ``numpy``. They are
interchangeable, and none imports another. A backend is handed arrays that have been checked: of one floating
dtype (float32 or float64), C-contiguous, aligned, of matching shapes, labels in range, outputs writeable and not
overlapping an input. Only weights and what belongs to them (w, and p with its slots) may have their rows apart, as
:func:`dlcore.variable.allocate` lays them. A backend writes results into the arrays it is given and allocates none of
them. Checks and error
messages live above, in :mod:`dlcore.ops`, so that they read alike whichever backend runs.

The tables below are the manifest: the contract tests, ``dlcore.ops`` and the engines read them, and the compiled
core is tested to know exactly these names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from numpy.typing import NDArray

from dlcore.backends.network import Hyper, NetworkSpec, Shaping, Totals

Array: TypeAlias = NDArray[Any]

#: Rows of a batch summed as one ascending chain before chunks are added in order (weight and bias gradients).
CHUNK_ROWS = 512

#: Keras's epsilon: what is divided by, or has its logarithm taken, stays at least this far from 0.
EPSILON = 1e-7


class ActivationSpec(NamedTuple):
    """One activation: how its derivative is found and what its parameter is.

    ``needs_input`` says that the derivative is a function of the pre-activation z; otherwise the output y is
    enough. ``rowwise`` activations mix the columns of a row. ``alpha`` is the default of the one parameter, for
    those that have one, and ``parameter`` is its name in Keras.
    """

    needs_input: bool = False
    rowwise: bool = False
    parameter: str | None = None
    alpha: float = 0.0


ACTIVATIONS: dict[str, ActivationSpec] = {
    "linear": ActivationSpec(),
    "relu": ActivationSpec(),
    "relu6": ActivationSpec(),
    "sigmoid": ActivationSpec(),
    "tanh": ActivationSpec(),
    "selu": ActivationSpec(),
    "softsign": ActivationSpec(),
    "exponential": ActivationSpec(),
    "sparse_sigmoid": ActivationSpec(),
    "soft_shrink": ActivationSpec(parameter="threshold", alpha=0.5),
    "hard_shrink": ActivationSpec(parameter="threshold", alpha=0.5),
    "hard_tanh": ActivationSpec(),
    "hard_sigmoid": ActivationSpec(),
    "leaky_relu": ActivationSpec(needs_input=True, parameter="negative_slope", alpha=0.2),
    "softplus": ActivationSpec(needs_input=True),
    "elu": ActivationSpec(needs_input=True, parameter="alpha", alpha=1.0),
    "celu": ActivationSpec(needs_input=True, parameter="alpha", alpha=1.0),
    "gelu": ActivationSpec(needs_input=True),
    "gelu_tanh": ActivationSpec(needs_input=True),
    "silu": ActivationSpec(needs_input=True),
    "mish": ActivationSpec(needs_input=True),
    "squareplus": ActivationSpec(needs_input=True, parameter="b", alpha=4.0),
    "sparse_plus": ActivationSpec(needs_input=True),
    "tanh_shrink": ActivationSpec(needs_input=True),
    "hard_silu": ActivationSpec(needs_input=True),
    "log_sigmoid": ActivationSpec(needs_input=True),
    "softmax": ActivationSpec(rowwise=True),
    "log_softmax": ActivationSpec(rowwise=True),
}


class LossSpec(NamedTuple):
    """One loss: what the labels are and what its parameter means.

    ``sparse`` losses take integer labels of shape (rows,), dtype int64; the others take targets of the shape and
    dtype of the prediction. ``logits`` losses take the prediction before softmax or sigmoid. ``parameter`` names
    the one number the loss depends on, if any, and ``default`` is its value in Keras. ``fuses`` names the output
    activation whose composition with this loss is the loss called ``fused``: a network that ends so is trained
    through the latter, on its logits.
    """

    sparse: bool = False
    logits: bool = False
    parameter: str | None = None
    default: float = 0.0
    fuses: str | None = None
    fused: str | None = None


LOSSES: dict[str, LossSpec] = {
    "categorical_crossentropy": LossSpec(
        parameter="label_smoothing", fuses="softmax", fused="categorical_crossentropy_logits"
    ),
    "categorical_crossentropy_logits": LossSpec(logits=True, parameter="label_smoothing"),
    "sparse_categorical_crossentropy": LossSpec(
        sparse=True, fuses="softmax", fused="sparse_categorical_crossentropy_logits"
    ),
    "sparse_categorical_crossentropy_logits": LossSpec(sparse=True, logits=True),
    "categorical_generalized_cross_entropy": LossSpec(sparse=True, parameter="q", default=0.5),
    "binary_crossentropy": LossSpec(parameter="label_smoothing", fuses="sigmoid", fused="binary_crossentropy_logits"),
    "binary_crossentropy_logits": LossSpec(logits=True, parameter="label_smoothing"),
    "kl_divergence": LossSpec(),
    "mean_absolute_error": LossSpec(),
    "mean_squared_error": LossSpec(),
    "mean_absolute_percentage_error": LossSpec(),
    "mean_squared_logarithmic_error": LossSpec(),
    "huber": LossSpec(parameter="delta", default=1.0),
    "smooth_l1": LossSpec(parameter="beta", default=1.0),
    "log_cosh": LossSpec(),
    "poisson": LossSpec(),
    "quantile": LossSpec(parameter="quantile", default=0.5),
    # The hinges' targets are -1 and 1; a target of 0 stands for -1.
    "hinge": LossSpec(),
    "squared_hinge": LossSpec(),
    "categorical_hinge": LossSpec(),
    "cosine_similarity": LossSpec(),
}


class MetricSpec(NamedTuple):
    """One metric: a value a row, averaged over rows.

    ``ordinal`` metrics look only at which column is largest, so logits serve as well as probabilities.
    """

    sparse: bool = False
    ordinal: bool = False
    parameter: str | None = None
    default: float = 0.0


METRICS: dict[str, MetricSpec] = {
    "categorical_accuracy": MetricSpec(ordinal=True),
    "sparse_categorical_accuracy": MetricSpec(sparse=True, ordinal=True),
    "binary_accuracy": MetricSpec(parameter="threshold", default=0.5),
    "mean_absolute_error": MetricSpec(),
    "mean_squared_error": MetricSpec(),
}


#: What a normalization normalizes: the columns of a batch, or the rows of a layer.
NORMALIZATIONS = ("batch", "layer")


#: In-place updates and the state arrays ("slots", shaped like the parameter) each needs, in order.
UPDATES: dict[str, tuple[str, ...]] = {
    "sgd": (),
    "momentum": ("momentum",),
    "nesterov": ("momentum",),
    "adagrad": ("accumulator",),
    "rmsprop": ("velocity",),
    "rmsprop_momentum": ("velocity", "momentum"),
    "rmsprop_centered": ("velocity", "average_gradient"),
    "rmsprop_centered_momentum": ("velocity", "average_gradient", "momentum"),
    "adam": ("momentum", "velocity"),
    "adam_amsgrad": ("momentum", "velocity", "velocity_hat"),
    "adamax": ("momentum", "norm"),
    "nadam": ("momentum", "velocity"),
    "adadelta": ("accumulated_grad", "accumulated_delta_var"),
    "ftrl": ("accumulator", "linear"),
    "lion": ("momentum",),
}


#: The w and b of a layer.
Parameters: TypeAlias = tuple[Array | None, Array | None]

#: The moving mean and variance of a batch normalization.
Statistics: TypeAlias = tuple[Array, Array]

#: Called some ten or twenty times a second while an epoch runs. An exception it raises ends the epoch between steps.
Report: TypeAlias = Callable[[Totals], None]


class Engine(Protocol):
    """A network bound to its parameter and state arrays, which it updates in place.

    Made by ``engine(spec, parameters, slots)`` with ``parameters`` = (w, b) a layer, b None without a bias, and
    ``slots[layer]`` = (state arrays of w, state arrays of b), in the order of :data:`UPDATES`. The w and b of a
    normalization are γ and β; either may be None.
    """

    @property
    def taken(self) -> int:
        """Steps that all calls of train finished, those included that an exception cut short."""

    def train(
        self,
        x: Array,
        y: Array,
        sample_weight: Array | None,
        order: Array | None,
        batch_size: int,
        hyper: Hyper,
        learning_rates: Array,
        report: Report | None,
    ) -> Totals:
        """One epoch: ceil(rows / batch_size) steps over ``x[order]`` (x as it lies if order is None).

        Step i uses ``learning_rates[i]`` (float64) and counts ``hyper.step + i``; where gradients are gathered, the
        kernel counts updates. The loss of a batch is the mean over its rows of weight · loss, and the penalties;
        ``Totals.loss`` sums over all rows.
        """

    def evaluate(self, x: Array, y: Array, sample_weight: Array | None, batch_size: int) -> Totals:
        """Loss and metrics over all rows, nothing changed (``steps`` counts batches)."""

    def predict(self, x: Array, out: Array) -> None:
        """The network's output for every row of x, written to out."""

    def predictor(self, otherwise: Callable[..., Array]) -> Callable[..., Array]:
        """A callable (x, out=None) that is quicker than ``otherwise`` where it can be, and calls it where not."""


class Backend(Protocol):
    """The kernels. m rows, k inputs, n outputs; every 2-D array is (rows, columns)."""

    name: str

    def dense_forward(
        self, x: Array, w: Array, b: Array | None, activation: str, alpha: float, z: Array | None, y: Array
    ) -> None:
        """Y (m, n) = activation(x (m, k) · w (k, n) + b (n)); z (m, n), if given, gets the pre-activation."""

    def dense_backward(
        self,
        dy: Array,
        x: Array,
        w: Array,
        z: Array | None,
        y: Array,
        activation: str,
        alpha: float,
        dz: Array,
        dx: Array | None,
        dw: Array | None,
        db: Array | None,
    ) -> None:
        """From dy (m, n): dz = dy ⊙ activation', dx = dz · wᵀ, dw = xᵀ · dz, db = sum of dz over rows.

        dz is always written (it may be dy itself where the activation is not rowwise); dx, dw, db where given.
        z is given wherever the activation's spec says ``needs_input``.
        """

    def activation_forward(self, activation: str, alpha: float, z: Array, y: Array) -> None:
        """Y = activation(z), both (m, n); y may be z itself."""

    def activation_backward(
        self, activation: str, alpha: float, dy: Array, z: Array | None, y: Array, dz: Array
    ) -> None:
        """Dz = dy · (the activation's Jacobian), all (m, n); dz may be dy itself unless rowwise."""

    def normalization_moments(self, kind: str, x: Array, mean: Array, variance: Array) -> None:
        """Mean and variance of the rows ("layer": m of each) or the columns ("batch": n of each) of x (m, n)."""

    def normalization_forward(
        self, kind: str, x: Array, mean: Array, inverse: Array, gamma: Array | None, beta: Array | None, y: Array
    ) -> None:
        """Y (m, n) = (x - mean) · inverse · gamma (n) + beta (n), with mean and inverse of rows or of columns."""

    def normalization_backward(
        self,
        kind: str,
        dy: Array,
        x: Array,
        mean: Array,
        inverse: Array,
        gamma: Array | None,
        dx: Array | None,
        dgamma: Array,
        dbeta: Array,
    ) -> None:
        """From dy (m, n): dgamma = sum of dy ⊙ (x - mean) · inverse over rows, dbeta = sum of dy over rows.

        And dx (m, n), if given, with x̂ = (x - mean) · inverse, h = dy · gamma, and ⟨⟩ the mean over what was
        normalized together: (h - ⟨h⟩ - x̂ · ⟨h · x̂⟩) · inverse.
        """

    def loss(
        self,
        kind: str,
        y_true: Array,
        y_pred: Array,
        sample_weight: Array | None,
        parameter: float,
        scale: float,
        values: Array,
        grad: Array | None,
    ) -> float:
        """Values (m) = weight · loss of each row; grad (m, n), if given, = scale · weight · d loss / d y_pred.

        Returns the sum of values. A row's loss is the mean over its columns; the categorical ones and the divergence
        are sums, the generalized entropy, the categorical hinge and the cosine what their formulas say.
        """

    def metric(
        self, kind: str, y_true: Array, y_pred: Array, sample_weight: Array | None, parameter: float, values: Array
    ) -> float:
        """Values (m) = weight · metric of each row; returns their sum."""

    def update(self, kind: str, p: Array, g: Array, slots: Sequence[Array], hyper: Hyper) -> None:
        """One optimizer step: p and slots change in place, g does not. All of one shape (any number of axes).

        The rows of p may lie apart if it has two axes; its slots are laid out as it is. In a step whose number is a
        multiple of 16, state below the smallest normal number becomes zero at the end.
        """

    def sum_of_absolutes(self, x: Array) -> float:
        """Σ |x| in float64, of which penalties are made: the same in a fused engine. Rows may lie apart."""

    def sum_of_squares(self, x: Array) -> float:
        """Σ x² in float64, of which penalties and norms are made: the same in a fused engine. Rows may lie apart."""

    def all_finite(self, x: Array) -> bool:
        """Whether no number of x, C-contiguous with any number of axes, is NaN or infinite."""

    def weighted_average(self, y: Array, beta: float, bias_correction: bool, out: Array) -> None:
        """out_t = s_t (or s_t / (1 - beta^t)), with s_t = beta · s_{t-1} + (1 - beta) · y_t and s_0 = 0. 1-D."""

    def permutation(self, seed: int, stream: int, out: Array) -> None:
        """Out (int64, n) = the permutation of 0..n-1 that (seed, stream) stands for: the same on every backend.

        Fisher-Yates from the end: for i = n-1 … 1, swap i with j = (u_i · (i + 1)) >> 32, u_i the i-th 32-bit
        word of the Philox-4x32-10 stream: word i % 4 of block i // 4, counter (block low, block high, stream low,
        stream high), key (seed low, seed high).
        """

    def engine(
        self,
        spec: NetworkSpec,
        parameters: Sequence[Parameters],
        slots: Sequence[tuple[Sequence[Array], Sequence[Array]]],
        shaping: Shaping | None = None,
        draws: Sequence[Array | None] = (),
        statistics: Sequence[Statistics | None] = (),
    ) -> Engine | None:
        """A fused engine for the network, or None where this backend trains op by op.

        ``draws`` holds for each layer that drops something the seed and the number of draws so far, (2,) uint32, which
        every step of a training counts. Empty, or None for a layer: nothing is dropped. ``statistics`` holds for each
        layer of kind "batch" its moving mean and variance, and may be empty if there is none.
        """

    def get_num_threads(self) -> int:
        """How many threads the backend uses."""

    def set_num_threads(self, count: int) -> None:
        """Use this many threads (1 or more)."""
