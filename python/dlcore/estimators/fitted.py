"""What a fit leaves behind."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dlcore.estimators.classes import Classes
from dlcore.estimators.columns import Columns
from dlcore.estimators.numbers import Numbers
from dlcore.estimators.outputs import Output
from dlcore.estimators.rows import Rows
from dlcore.estimators.watching import Progress
from dlcore.floats import Array
from dlcore.losses import Loss
from dlcore.models import Sequential


class Ready(NamedTuple):
    """Rows as the net takes them; ``mean_weight`` is what the weights of the rows were divided by."""

    x: Any
    y: Array
    weight: Array | None
    mean_weight: float

    @property
    def length(self) -> int:
        """How many rows."""
        return int(self.x.shape[0])


class Fitted:
    """All that a fit has learned: how columns and targets become numbers, and the net between them.

    Attributes
    ----------
    seed : int
        What everything random follows from.
    dtype : dtype
        Of predictions and of the weights that are shown: that of the table.
    columns : Columns
    targets : Classes or Numbers
    output : Output
        How the net ends; its loss is the one that was asked for.
    loss : Loss
        What the net is trained with: the same one, for scaled targets.
    by_name : bool
        Whether the loss was asked for by its name.
    net : Sequential
    progress : Progress
    settled : bool
        Whether the optimizer is at its end, or there is none yet: another pass needs a new one.
    """

    def __init__(
        self,
        seed: int,
        dtype: np.dtype[Any],
        columns: Columns,
        targets: Classes | Numbers,
        output: Output,
        loss: Loss,
        by_name: bool,
        net: Sequential,
    ) -> None:
        net.shuffle_seed = seed
        self.seed, self.dtype, self.columns = seed, dtype, columns
        self.targets, self.output, self.loss, self.by_name, self.net = targets, output, loss, by_name, net
        self.progress = Progress(validated=False)
        self.settled = True

    def ready(self, rows: Rows) -> Ready:
        """Rows as the net takes them."""
        weight, mean = rows.weights_about_one()
        if self.output.factor != 1:
            weight = np.full(rows.length, self.output.factor) if weight is None else weight * self.output.factor
        return Ready(self.columns.transform(rows.x), self.wanted(rows.y), weight, mean)

    def wanted(self, y: Array) -> Array:
        """Targets as the loss takes them."""
        if isinstance(self.targets, Classes):
            return self.targets.for_loss(y, self.output, self.net.dtype)
        return self.targets.values(y, self.net.dtype)

    def values(self, x: Any) -> Array:
        """What the net gives for checked rows."""
        found: Array = self.net.predict(self.columns.transform(x), verbose=0)
        return found
