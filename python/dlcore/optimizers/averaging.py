"""Averages over steps: of the gradients before a step (accumulation), of the weights after it (EMA)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.autodiff.tracer import Tensor
from dlcore.floats import Array
from dlcore.optimizers.learning_rate import Rated
from dlcore.optimizers.settings import count_or_none, flag, real
from dlcore.variable import Variable


class Averaging(Rated):
    """A rated state that can keep a moving average of the weights, and gather gradients over several calls."""

    use_ema = flag()
    ema_momentum = real(0, 1, open_high=False)
    ema_overwrite_frequency = count_or_none(1)
    gradient_accumulation_steps = count_or_none(2)

    def build(self, variables: Sequence[Variable]) -> None:
        """Bind the optimizer to these variables, and make the averages that its settings ask for."""
        self._check_super_called()
        self._built_averages = self._averages()
        if self.use_ema:
            self._model_variables_moving_average = self.add_optimizer_variables(variables, "average")
        if self.gradient_accumulation_steps:
            self._accumulated_gradients = self.add_optimizer_variables(variables, "gradient_accumulator")
        super().build(variables)

    def _averages(self) -> dict[str, bool]:
        """Which averages the settings ask for."""
        return {"use_ema": self.use_ema, "gradient_accumulation_steps": bool(self.gradient_accumulation_steps)}

    def _check_layout(self) -> None:
        """Refuse settings that ask for state which was not built."""
        for name, wanted in self._averages().items():
            if wanted != self._built_averages[name]:
                raise ValueError(
                    f"{name} cannot be switched {'on' if wanted else 'off'} once the optimizer is built; "
                    "make a new optimizer"
                )

    @property
    def iterations(self) -> Any:
        """How many steps were taken: a Variable, or with gradient accumulation what the calls so far amount to."""
        if self.gradient_accumulation_steps:
            return Tensor(self._iterations.array // self.gradient_accumulation_steps)
        return self._iterations

    def accumulator(self, variable: Variable) -> Array | None:
        """Where the gradients of a variable gather until a step is taken; None if every call is a step."""
        if not self.gradient_accumulation_steps:
            return None
        array: Array = self._accumulated_gradients[self._get_variable_index(variable)].array
        return array

    def _accumulated(self, gradients: Sequence[Array], variables: Sequence[Variable]) -> list[Array] | None:
        """The mean of the gradients since the last step if this call completes it, else None."""
        steps = self.gradient_accumulation_steps
        assert steps is not None
        sums = [self._accumulated_gradients[self._get_variable_index(v)].array for v in variables]
        if (int(self._iterations.array) + 1) % steps:
            for total, gradient in zip(sums, gradients, strict=True):
                np.add(total, gradient, out=total)
            return None
        means = [(total + gradient) / steps for total, gradient in zip(sums, gradients, strict=True)]
        for accumulator in self._accumulated_gradients:
            accumulator.array[...] = 0
        return means

    def _average_weights(self) -> None:
        """Renew the moving average of the weights; every so many steps it replaces them."""
        step = int(self.iterations)
        momentum = self.ema_momentum if step else 0.0
        for variable, average in zip(self._trainable_variables, self._model_variables_moving_average, strict=True):
            average.array *= momentum
            average.array += (1 - momentum) * variable.array
        if self.ema_overwrite_frequency and (step + 1) % self.ema_overwrite_frequency == 0:
            self._overwrite(self._trainable_variables)

    def _overwrite(self, variables: Sequence[Variable]) -> None:
        for variable in variables:
            variable.array[...] = self._model_variables_moving_average[self._get_variable_index(variable)].array

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """With ``use_ema``, replace these variables, all that the optimizer was built for, by their moving averages."""
        if not self.use_ema:
            return
        variables = list(var_list)
        if not self.built or len(variables) != len(self._trainable_variables):
            raise ValueError(
                f"var_list must hold the {len(self._trainable_variables)} variables that the optimizer was built for; "
                f"got {len(variables)}"
            )
        for variable in variables:
            self._get_variable_index(variable)
        self._overwrite(variables)
