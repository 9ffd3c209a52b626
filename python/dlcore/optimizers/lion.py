"""Lion: steps of one size, along the sign of a mean gradient."""

from __future__ import annotations

from typing import Any

from dlcore.optimizers.kernel import KernelOptimizer
from dlcore.optimizers.settings import real


class Lion(KernelOptimizer):
    """Lion: w ← w - lr · sign(β₁ · m + (1 - β₁) · g), then m ← β₂ · m + (1 - β₂) · g.

    Source: Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023. Since every weight moves by
    lr, a good rate is some three to ten times smaller than Adam's, and a good weight decay as much larger.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    beta_1 : float
        β₁, in (0, 1].
    beta_2 : float
        β₂, in [0, 1).
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    beta_1 = real(0, 1, open_low=True, open_high=False)
    beta_2 = real(0, 1)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            learning_rate,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            use_ema,
            ema_momentum,
            ema_overwrite_frequency,
            loss_scale_factor,
            gradient_accumulation_steps,
            name,
        )
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    @property
    def kind(self) -> str:
        """The update's name."""
        return "lion"
