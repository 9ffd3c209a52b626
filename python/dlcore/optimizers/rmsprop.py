"""RMSprop: gradients over a moving average of their size."""

from __future__ import annotations

from typing import Any

from dlcore.backends.contract import Hyper
from dlcore.checks import number
from dlcore.optimizers.optimizer import Optimizer


class RMSprop(Optimizer):
    """RMSprop: v ← ρ · v + (1 - ρ) · g², then w ← w - lr · g / √(v + ε).

    Centered, the square of a moving average of g is taken from v under the root; with momentum μ the step is
    m ← μ · m + lr · g / √(…). Source: Tieleman and Hinton, "Lecture 6.5 - RMSProp", Coursera (2012).

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    rho : float
        ρ, in [0, 1).
    momentum : float
        μ, in [0, 1].
    epsilon : float
        ε.
    centered : bool
        Whether to divide by an estimate of the standard deviation rather than of the size.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        *,
        name: str | None = "rmsprop",
    ) -> None:
        self.rho = number("rho", rho, 0, 1)
        self.momentum = number("momentum", momentum, 0, 1, open_high=False)
        self.epsilon = number("epsilon", epsilon, 0)
        self.centered = centered
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)

    @property
    def kind(self) -> str:
        """The update that the arguments amount to."""
        return "rmsprop" + "_centered" * bool(self.centered) + "_momentum" * bool(self.momentum)

    def hyper(self, learning_rate: float, step: int) -> Hyper:
        """The numbers of one step."""
        return Hyper(
            learning_rate,
            momentum=self.momentum,
            rho=self.rho,
            epsilon=self.epsilon,
            weight_decay=self.weight_decay or 0.0,
            step=step,
        )

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
