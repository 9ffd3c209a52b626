"""Nadam: Adam with Nesterov's momentum."""

from __future__ import annotations

from typing import Any

from dlcore.optimizers.kernel import KernelOptimizer
from dlcore.optimizers.settings import real


class Nadam(KernelOptimizer):
    """Nadam: Adam's m and v, then w ← w - lr · (μ' · m / (1 - ΠΠ') + (1 - μ) · g / (1 - Π)) / (√(v / (1 - β₂ᵗ)) + ε).

    μ = β₁ · (1 - 0.96ᵗ / 2) at step t, μ' is that of the next step, Π the product of all μ so far and ΠΠ' = Π · μ'.
    Source: Dozat, "Incorporating Nesterov momentum into Adam" (2015), with the schedule of μ given there.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    beta_1, beta_2 : float
        β₁ and β₂, in [0, 1).
    epsilon : float
        ε.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    beta_1 = real(0, 1)
    beta_2 = real(0, 1)
    epsilon = real(0)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
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
        self.epsilon = epsilon

    @property
    def kind(self) -> str:
        """The update's name."""
        return "nadam"
