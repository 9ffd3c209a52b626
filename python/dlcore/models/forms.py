"""What form data must have: the one that an engine wants, or any that a model's own steps take."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from dlcore.backends.contract import LOSSES
from dlcore.floats import Array
from dlcore.losses import KernelLoss, Loss
from dlcore.models import data
from dlcore.models.compiled import Goal
from dlcore.models.data import Data
from dlcore.models.outline import Outline


class Form(Protocol):
    """Checks and converts x, y and sample weights. Errors name the argument: ``name``."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of floating arrays."""

    @property
    def scales(self) -> bool:
        """Whether all numbers of x are changed."""

    def features(self, x: Any, name: str = "x") -> Array:
        """The input."""

    def targets(self, y: Any, rows: int, name: str = "y") -> Array | None:
        """The targets of so many rows."""

    def weights(self, sample_weight: Any, rows: int, name: str = "sample_weight") -> Array | None:
        """The sample weights of so many rows, or None."""


class EngineForm(NamedTuple):
    """Matrices of the model's dtype, labels where the loss wants them, a weight a row."""

    shape: Outline
    goal: Goal

    @property
    def dtype(self) -> np.dtype[Any]:
        """The model's."""
        return self.shape.dtype

    @property
    def scales(self) -> bool:
        """See :class:`Form`."""
        return bool(self.shape.scaling)

    def features(self, x: Any, name: str = "x") -> Array:
        """See :class:`Form`."""
        return self.shape.features(x, name)

    def targets(self, y: Any, rows: int, name: str = "y") -> Array:
        """See :class:`Form`. A loss without a kernel takes any array of so many rows."""
        kind = loss_kernel(self.goal.loss)
        if kind is None:
            if y is None:
                raise ValueError(f"{name} is needed: the targets, one row for each row of x")
            return data.any_array(y, rows, self.shape.dtype, name)
        return data.targets(y, rows, self.shape.units, LOSSES[kind].sparse, self.shape.dtype, kind, name)

    def weights(self, sample_weight: Any, rows: int, name: str = "sample_weight") -> Array | None:
        """See :class:`Form`."""
        return data.weights(sample_weight, rows, self.shape.dtype, name)


class OutlineForm(NamedTuple):
    """The input alone, as an engine wants it: for predictions."""

    shape: Outline

    @property
    def dtype(self) -> np.dtype[Any]:
        """The model's."""
        return self.shape.dtype

    @property
    def scales(self) -> bool:
        """See :class:`Form`."""
        return bool(self.shape.scaling)

    def features(self, x: Any, name: str = "x") -> Array:
        """See :class:`Form`."""
        return self.shape.features(x, name)

    def targets(self, y: Any, rows: int, name: str = "y") -> None:
        """See :class:`Form`; batches may bring targets, which nobody looks at."""

    def weights(self, sample_weight: Any, rows: int, name: str = "sample_weight") -> None:
        """See :class:`Form`."""


class AnyForm(NamedTuple):
    """Arrays of numbers with as many rows as x; floating ones of the model's dtype."""

    dtype: np.dtype[Any]

    @property
    def scales(self) -> bool:
        """See :class:`Form`: the layers do that."""
        return False

    def features(self, x: Any, name: str = "x") -> Array:
        """See :class:`Form`."""
        array = data.any_array(x, None, self.dtype, name)
        return array[:, np.newaxis] if data.is_column(x) else array

    def targets(self, y: Any, rows: int, name: str = "y") -> Array | None:
        """See :class:`Form`."""
        return None if y is None else data.any_array(y, rows, self.dtype, name)

    def weights(self, sample_weight: Any, rows: int, name: str = "sample_weight") -> Array | None:
        """See :class:`Form`."""
        return None if sample_weight is None else data.any_array(sample_weight, rows, self.dtype, name)


def complete(form: Form, x: Any, y: Any, sample_weight: Any, prefix: str = "") -> Data:
    """All three parts, checked."""
    rows = form.features(x, prefix + "x")
    return rows, *beside(form, len(rows), y, sample_weight, prefix)


def beside(form: Form, rows: int, y: Any, sample_weight: Any, prefix: str = "") -> tuple[Array | None, Array | None]:
    """The targets and sample weights that go with so many rows of x, checked."""
    if not rows:
        raise ValueError(f"{prefix}x has no rows; at least one is needed")
    wanted = form.targets(y, rows, prefix + "y")
    return wanted, form.weights(sample_weight, rows, prefix + "sample_weight")


def loss_kernel(loss: Loss | None) -> str | None:
    """The kernel of a loss; None if it has none."""
    return loss.kind if isinstance(loss, KernelLoss) else None
