"""A network as data, and what a training step is told and tells."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from dlcore.floats import Array


class Hyper(NamedTuple):
    """The numbers of one update. What a kind does not use is ignored. ``step`` counts from 1.

    ``l1``, ``l2``, ``shrinkage`` and ``beta`` are Ftrl's. What a kernel computes with is made of them by
    :func:`dlcore.backends.stepping.prepared`, and by ``engine/update.cpp`` in the core.
    """

    learning_rate: float
    momentum: float = 0.0
    beta_1: float = 0.0
    beta_2: float = 0.0
    rho: float = 0.0
    epsilon: float = 0.0
    weight_decay: float = 0.0
    step: int = 1
    l1: float = 0.0
    l2: float = 0.0
    shrinkage: float = 0.0
    beta: float = 0.0


class DenseSpec(NamedTuple):
    """One dense layer of a network: y = activation(x · w + b).

    ``dropout`` is the part of x that a training step drops, met to the nearest 2⁻¹⁶; see
    :func:`dlcore.streams.keep_mask`.
    """

    units: int
    activation: str = "linear"
    alpha: float = 0.0
    use_bias: bool = True
    dropout: float = 0.0

    @property
    def kind(self) -> str:
        """What tells the specs apart."""
        return "dense"


class NormalizationSpec(NamedTuple):
    """One normalization of a network: y = activation((x - mean) / √(variance + epsilon) · γ + β).

    Of kind "layer" mean and variance are those of each row. Of kind "batch" they are each column's over the rows of a
    training step, which the moving ones follow: moving · momentum + batch's · (1 - momentum). Otherwise, and always if
    ``frozen``, the moving ones stand in their place.
    """

    kind: str
    units: int
    epsilon: float
    momentum: float = 0.0
    activation: str = "linear"
    alpha: float = 0.0
    frozen: bool = False

    @property
    def dropout(self) -> float:
        """Nothing is dropped before a normalization."""
        return 0.0


LayerSpec: TypeAlias = DenseSpec | NormalizationSpec


class NetworkSpec(NamedTuple):
    """A network as data: what an engine needs to know besides the arrays.

    ``fused_output``: the loss takes logits and stands for the composition with the last layer's activation.
    Training then leaves that activation out; ``predict`` and metrics that are not ordinal apply it.
    ``metrics`` holds (kind, parameter) pairs.
    """

    inputs: int
    layers: tuple[LayerSpec, ...]
    loss: str
    loss_parameter: float = 0.0
    fused_output: bool = False
    metrics: tuple[tuple[str, float], ...] = ()
    update: str = "sgd"


class Shaping(NamedTuple):
    """What is done to gradients before they become an update, in this order; the defaults ask for nothing.

    Attributes
    ----------
    penalties : tuple of ((l1, l2) of w, (l1, l2) of b)
        For each layer, the factors of l1 · Σ |p| + l2 · Σ p², which is added to the loss. Empty: nothing is.
    accumulation_steps : int
        Only a step whose number is a multiple of it is an update, along the mean of the gradients since the last one.
    accumulators : tuple of (array like w, array like b)
        For each layer, where gradients gather until then, laid out as the parameters. Empty if every step is an update.
    clipvalue, clipnorm, global_clipnorm : float
        At most one bound: on each element, on the norm of each gradient, on the norm of all together. 0: none.
    """

    penalties: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()
    accumulation_steps: int = 1
    accumulators: tuple[tuple[Array | None, Array | None], ...] = ()
    clipvalue: float = 0.0
    clipnorm: float = 0.0
    global_clipnorm: float = 0.0


class Totals(NamedTuple):
    """Sums over the rows seen: divide by ``rows``. Sample weights count in the loss, not in metrics, as in Keras."""

    steps: int
    rows: int
    loss: float
    metrics: tuple[float, ...]
