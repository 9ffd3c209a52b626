"""Adam and AdamW: moving averages of the gradient and of its square, both corrected for their start."""

from __future__ import annotations

from typing import Any

from dlcore.optimizers.kernel import KernelOptimizer
from dlcore.optimizers.settings import flag, real


class Adam(KernelOptimizer):
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
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    beta_1 = real(0, 1)
    beta_2 = real(0, 1)
    epsilon = real(0)
    amsgrad = flag()

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
        self.amsgrad = amsgrad

    @property
    def kind(self) -> str:
        """The update that the arguments amount to."""
        return "adam_amsgrad" if self.amsgrad else "adam"


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
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
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
            use_ema,
            ema_momentum,
            ema_overwrite_frequency,
            loss_scale_factor,
            gradient_accumulation_steps,
            name,
        )
