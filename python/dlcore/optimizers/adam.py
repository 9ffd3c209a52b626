"""Adam and AdamW: moving averages of the gradient and of its square, both corrected for their start."""

from __future__ import annotations

from typing import Any

from dlcore.backends.contract import Hyper
from dlcore.checks import number
from dlcore.optimizers.optimizer import Optimizer


class Adam(Optimizer):
    """Adam: m ← m + (1 - β₁)(g - m), v ← v + (1 - β₂)(g² - v), then w ← w - α · m / (√v + ε).

    α = lr · √(1 - β₂ᵗ) / (1 - β₁ᵗ) at step t. With amsgrad, v is replaced by its largest value so far.
    Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015 (section 2, the last formula);
    Reddi, Kale and Kumar, "On the convergence of Adam and beyond", ICLR 2018.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    beta_1, beta_2 : float
        β₁ and β₂, in [0, 1).
    epsilon : float
        ε.
    amsgrad : bool
        Whether v may not fall.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        *,
        name: str | None = "adam",
    ) -> None:
        self.beta_1 = number("beta_1", beta_1, 0, 1)
        self.beta_2 = number("beta_2", beta_2, 0, 1)
        self.epsilon = number("epsilon", epsilon, 0)
        self.amsgrad = amsgrad
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)

    @property
    def kind(self) -> str:
        """The update that the arguments amount to."""
        return "adam_amsgrad" if self.amsgrad else "adam"

    def hyper(self, learning_rate: float, step: int) -> Hyper:
        """The numbers of one step."""
        return Hyper(
            learning_rate,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
            epsilon=self.epsilon,
            weight_decay=self.weight_decay or 0.0,
            step=step,
        )

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }


class AdamW(Adam):
    """Adam with weight decay that does not pass through the moments: w ← w - lr · weight_decay · w before each step.

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019. Parameters as in
    :class:`Adam`; ``weight_decay`` is 0.004 by default and must be given.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        *,
        name: str | None = "adamw",
    ) -> None:
        if weight_decay is None:
            raise ValueError("weight_decay must be a number; for Adam without it use Adam")
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            name=name,
        )
