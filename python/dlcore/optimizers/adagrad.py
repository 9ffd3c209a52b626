"""Adagrad: every weight its own rate, falling with the squares of its gradients so far."""

from __future__ import annotations

from typing import Any

from dlcore.optimizers.kernel import KernelOptimizer
from dlcore.optimizers.settings import real


class Adagrad(KernelOptimizer):
    """Adagrad: a ← a + g², then w ← w - lr · g / √(a + ε).

    Source: Duchi, Hazan and Singer, "Adaptive subgradient methods", JMLR 12 (2011).

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.001.
    initial_accumulator_value : float
        What a starts at; 0 or more.
    epsilon : float
        ε.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    initial_accumulator_value = real(0)
    epsilon = real(0)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
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
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon

    @property
    def kind(self) -> str:
        """The update's name."""
        return "adagrad"

    def start_of(self, slot: str) -> float:  # noqa: ARG002 - there is only one slot
        """What the accumulator is filled with before the first step."""
        return self.initial_accumulator_value
