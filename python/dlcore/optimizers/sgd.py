"""Gradient descent: plain, with momentum, with Nesterov's momentum."""

from __future__ import annotations

from typing import Any

from dlcore.optimizers.kernel import KernelOptimizer
from dlcore.optimizers.settings import flag, real


class SGD(KernelOptimizer):
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
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    momentum = real(0, 1, open_high=False)
    nesterov = flag()

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
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
        self.momentum = momentum
        self.nesterov = nesterov

    @property
    def kind(self) -> str:
        """The update that the arguments amount to."""
        if not self.momentum:
            return "sgd"
        return "nesterov" if self.nesterov else "momentum"
