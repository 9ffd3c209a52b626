"""Adadelta: steps as large as the last ones were, whatever the scale of the gradient."""

from __future__ import annotations

from typing import Any

from dlcore.optimizers.kernel import KernelOptimizer
from dlcore.optimizers.settings import real


class Adadelta(KernelOptimizer):
    """Adadelta: a ← ρ · a + (1 - ρ) · g², δ = -√(d + ε) / √(a + ε) · g, d ← ρ · d + (1 - ρ) · δ², then w ← w + lr · δ.

    Source: Zeiler, "ADADELTA: an adaptive learning rate method" (2012), where lr is 1.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    rho : float
        ρ, in [0, 1).
    epsilon : float
        ε.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    rho = real(0, 1)
    epsilon = real(0)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
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
        self.rho = rho
        self.epsilon = epsilon

    @property
    def kind(self) -> str:
        """The update's name."""
        return "adadelta"
