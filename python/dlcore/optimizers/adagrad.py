"""Adagrad: every weight its own rate, falling with the squares of its gradients so far."""

from __future__ import annotations

from typing import Any

from dlcore.backends.contract import Hyper
from dlcore.checks import number
from dlcore.optimizers.optimizer import Optimizer


class Adagrad(Optimizer):
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
    weight_decay, clipnorm, clipvalue, global_clipnorm, name
        See :class:`~dlcore.optimizers.Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        *,
        name: str | None = "adagrad",
    ) -> None:
        self.initial_accumulator_value = number("initial_accumulator_value", initial_accumulator_value, 0)
        self.epsilon = number("epsilon", epsilon, 0)
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)

    @property
    def kind(self) -> str:
        """The update that the arguments amount to."""
        return "adagrad"

    def hyper(self, learning_rate: float, step: int) -> Hyper:
        """The numbers of one step."""
        return Hyper(learning_rate, epsilon=self.epsilon, weight_decay=self.weight_decay or 0.0, step=step)

    def start_of(self, slot: str) -> float:  # noqa: ARG002 - there is only one slot
        """What the accumulator is filled with before the first step."""
        return self.initial_accumulator_value

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "initial_accumulator_value": self.initial_accumulator_value,
            "epsilon": self.epsilon,
        }
