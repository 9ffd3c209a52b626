"""What an explanation of a training step holds: loss, layers and parameters; arrays, and nothing that computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dlcore.backends.contract import Array
from dlcore.explain.updates import UpdateExplanation

__all__ = ["LayerStep", "LossStep", "ParameterStep"]


class ParameterStep(NamedTuple):
    """A parameter before and after a step.

    Attributes
    ----------
    name : str
        "dense/kernel".
    before, after : ndarray
        Its values.
    gradient : ndarray or None
        What the optimizer was given: ∂E/∂w, the gradient of the penalties included; None where it stays.
    loss_gradient : ndarray or None
        ∂E/∂w of the loss alone, where penalties add to it.
    update : UpdateExplanation or None
        How the optimizer came from gradient to step.
    """

    name: str
    before: Array
    after: Array
    gradient: Array | None = None
    loss_gradient: Array | None = None
    update: UpdateExplanation | None = None

    @property
    def frozen(self) -> bool:
        """Whether training leaves it alone."""
        return self.gradient is None

    def arrays(self) -> Iterator[tuple[str, Array | None]]:
        """Its arrays by name."""
        yield self.name, self.before
        yield f"{self.name}/gradient", self.gradient
        yield f"{self.name}/loss_gradient", self.loss_gradient
        yield f"{self.name}/after", self.after
        if self.update is not None:
            for key in self.update.state_names:
                yield f"{self.name}/{key}", self.update[key]


class LayerStep(NamedTuple):
    """What a layer computed in a step: arrays of shape (rows, …).

    Attributes
    ----------
    name, kind : str
        Its name and class.
    activation : str
        The name of its activation; "" where it has none of its own.
    input, out : ndarray
        What came in and went out.
    net : ndarray or None
        The weighted sum, input · kernel + bias, of a dense layer.
    dE_dout, dE_dnet : ndarray or None
        The gradient of the loss with respect to ``out`` and ``net``; None where nothing below learns, and ∂E/∂out
        where it was ``fused`` with the loss.
    dout_dnet : ndarray or None
        The derivative of the activation: of each unit, or a matrix (rows, out, net) where it mixes them.
    fused : bool
        Whether activation and loss were differentiated as one: ∂E/∂net is known without ∂E/∂out.
    parameters : dict of str to ParameterStep
        "kernel", "bias", ….
    """

    name: str
    kind: str
    activation: str
    input: Array
    out: Array
    net: Array | None = None
    dE_dout: Array | None = None  # noqa: N815 - the names of the quantities
    dout_dnet: Array | None = None
    dE_dnet: Array | None = None  # noqa: N815
    fused: bool = False
    parameters: Mapping[str, ParameterStep] = {}

    @property
    def kernel(self) -> ParameterStep | None:
        """The weights of a dense layer."""
        return self.parameters.get("kernel")

    @property
    def bias(self) -> ParameterStep | None:
        """The bias, where there is one."""
        return self.parameters.get("bias")

    @property
    def dnet_dw(self) -> Array:
        """∂net/∂w, the third factor of a weight's gradient: what came in."""
        return self.input

    @property
    def dense(self) -> bool:
        """Whether it is a dense layer of rows, whose formulas can be written down."""
        return self.net is not None and self.kernel is not None and self.input.ndim == 2

    def arrays(self) -> Iterator[tuple[str, Array | None]]:
        """Its arrays by name, those of its parameters last."""
        for field in ("input", "net", "out", "dE_dout", "dout_dnet", "dE_dnet"):
            yield f"{self.name}/{field}", getattr(self, field)
        if self.dense:
            yield f"{self.name}/dnet_dw", self.input
        for parameter in self.parameters.values():
            yield from parameter.arrays()


class LossStep(NamedTuple):
    """The loss of a step.

    Attributes
    ----------
    name : str
        Of the loss: "mean_squared_error".
    total : float
        What the step makes smaller, penalties included.
    rows : ndarray or None
        weight · loss of each row.
    parts : ndarray or None
        The share of each output in a row's loss, where the loss is a mean over outputs.
    penalty : float
        What regularizers and layers add.
    reduction : str
        How the rows became one number.
    scale : ndarray (rows,)
        What each row counts in the total: its weight by the number of rows, for a mean.
    target : ndarray (rows, outputs) or None
        What the outputs are compared with, labels as rows of 0 and 1; None for a loss without a kernel.
    weights : ndarray (rows,) or None
        The weight of each row.
    """

    name: str
    total: float
    rows: Any
    parts: Array | None
    penalty: float
    reduction: str
    scale: Array
    target: Array | None = None
    weights: Array | None = None
