"""Schedule-free AdamW: averaging in the place of a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.backends.stepping import power_of
from dlcore.optimizers.optimizer import Optimizer, as_gradient
from dlcore.optimizers.settings import count, real
from dlcore.variable import Variable


class ScheduleFreeAdamW(Optimizer):
    """Schedule-free AdamW: z ← z - lr · g / (√(v / (1 - β₂ᵗ)) + ε), x ← x + (z - x) / t, w ← (1 - β₁) · z + β₁ · x.

    v is Adam's. The weights w, where gradients are taken, lie between the point z that descends and the average x of
    all its places; x is not stored but found from w and z. Source: Defazio et al., "The road less scheduled",
    NeurIPS 2024.

    Parameters
    ----------
    learning_rate : float, schedule or callable
        Default 0.0025.
    beta_1 : float
        β₁, in (0, 1): how near to the average the weights lie.
    beta_2 : float
        β₂, in [0, 1).
    epsilon : float
        ε.
    warmup_steps : int
        Over so many steps the rate rises linearly to its full value.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
    loss_scale_factor, gradient_accumulation_steps, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    beta_1 = real(0, 1, open_low=True)
    beta_2 = real(0, 1)
    epsilon = real(0)
    warmup_steps = count(0)

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
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
        self.warmup_steps = warmup_steps

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state for these variables, z where they are; later calls change nothing."""
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])
        for momentum, variable in zip(self._momentums, variables, strict=True):
            momentum.array[...] = variable.array

    def update_step(self, gradient: Any, variable: Variable, learning_rate: float) -> None:
        """One step of one variable."""
        w, g, place, step = (
            variable.array,
            as_gradient(gradient, variable),
            self._get_variable_index(variable),
            self._step_number(),
        )
        z, v, beta_1 = self._momentums[place].array, self._velocities[place].array, self.beta_1
        if step < self.warmup_steps:
            learning_rate *= step / self.warmup_steps
        v += (g * g - v) * (1 - self.beta_2)
        spread = np.sqrt(v / (1 - power_of(self.beta_2, step, w.dtype)))
        spread += self.epsilon
        average = (w - (1 - beta_1) * z) / beta_1
        z -= learning_rate * g / spread
        average += (z - average) / step
        w[...] = (1 - beta_1) * z + beta_1 * average
