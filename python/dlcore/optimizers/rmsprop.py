"""RMSprop: gradients over a moving average of their size."""

from __future__ import annotations

from typing import Any

from dlcore.optimizers.kernel import KernelOptimizer
from dlcore.optimizers.settings import flag, real


class RMSprop(KernelOptimizer):
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
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    rho = real(0, 1)
    momentum = real(0, 1, open_high=False)
    epsilon = real(0)
    centered = flag()

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
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    @property
    def kind(self) -> str:
        """The update that the arguments amount to."""
        return "rmsprop" + "_centered" * self.centered + "_momentum" * bool(self.momentum)
