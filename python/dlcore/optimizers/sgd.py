"""Gradient descent: plain, with momentum, with Nesterov's momentum."""

from __future__ import annotations

from typing import Any

from dlcore.backends.contract import Hyper
from dlcore.checks import number
from dlcore.optimizers.optimizer import Optimizer


class SGD(Optimizer):
    """Gradient descent: w ← w - lr · g.

    With momentum μ: m ← μ · m - lr · g, then w ← w + m; Nesterov's: w ← w + μ · m - lr · g.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.01.
    momentum : float
        In [0, 1].
    nesterov : bool
        Whether to use Nesterov's momentum.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        *,
        name: str | None = "SGD",
    ) -> None:
        self.momentum = number("momentum", momentum, 0, 1, open_high=False)
        self.nesterov = nesterov
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)

    @property
    def kind(self) -> str:
        """The update that the arguments amount to."""
        if not self.momentum:
            return "sgd"
        return "nesterov" if self.nesterov else "momentum"

    def hyper(self, learning_rate: float, step: int) -> Hyper:
        """The numbers of one step."""
        return Hyper(learning_rate, momentum=self.momentum, weight_decay=self.weight_decay or 0.0, step=step)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
