"""What every optimizer does around its own step: clip, accumulate, decay, constrain, average, count."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore.autodiff import GradientTape
from dlcore.autodiff.tracer import Differentiable, Tensor
from dlcore.backends.network import Hyper
from dlcore.checks import several
from dlcore.floats import FLOATS, Array, as_float, numbers
from dlcore.naming import shown
from dlcore.optimizers import schedules
from dlcore.optimizers.averaging import Averaging
from dlcore.optimizers.clipping import Clipping
from dlcore.optimizers.settings import real_or_none, settings_of
from dlcore.optimizers.state import assign_all, restored, snapshots
from dlcore.variable import Variable

if TYPE_CHECKING:
    from dlcore.explain import UpdateExplanation


class Optimizer(Averaging):
    """Base class of the optimizers.

    An optimizer of your own defines ``update_step`` and, if it has state, ``build``:

    >>> class Momentum(Optimizer):
    ...     def build(self, variables):
    ...         super().build(variables)
    ...         self.speeds = self.add_optimizer_variables(variables, "speed")
    ...
    ...     def update_step(self, gradient, variable, learning_rate):
    ...         speed = self.speeds[self._get_variable_index(variable)]
    ...         self.assign(speed, 0.9 * speed - learning_rate * gradient)
    ...         self.assign_add(variable, speed)

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule, or callable without arguments
        0 or more.
    weight_decay : float, optional
        Each step first takes weight_decay · learning_rate of every variable away from it.
    clipnorm, clipvalue, global_clipnorm : float, optional
        At most one. Bounds for the norm of each gradient, for each element, for the norm of all gradients together.
    use_ema : bool
        Whether to keep an exponential moving average of the weights.
    ema_momentum : float
        In [0, 1]: average ← ema_momentum · average + (1 - ema_momentum) · weight.
    ema_overwrite_frequency : int, optional
        Every so many steps the average replaces the weights. None: only :meth:`finalize_variable_values` does it.
    loss_scale_factor : float, optional
        What :meth:`scale_loss` multiplies the loss by; gradients are divided by it.
    gradient_accumulation_steps : int, optional
        2 or more: a step is taken once in so many calls, along the mean of their gradients. Schedules count calls.
    name : str, optional
        Default: the class's name in snake case, numbered.
    """

    weight_decay = real_or_none(0)
    clipnorm = real_or_none(0, open_low=True)
    clipvalue = real_or_none(0, open_low=True)
    global_clipnorm = real_or_none(0, open_low=True)
    loss_scale_factor = real_or_none(0, open_low=True)

    def __init__(
        self,
        learning_rate: Any,
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
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._undecayed: frozenset[Variable] = frozenset()
        self._undecayed_names: re.Pattern[str] | None = None
        _ = self.clipping  # refuses more than one bound
        super().__init__(learning_rate, name)

    # --- What an engine asks ---

    @property
    def kind(self) -> str | None:
        """The update kernel's name in :data:`dlcore.backends.contract.UPDATES`; None where there is no kernel."""
        return None

    @property
    def fusable(self) -> bool:
        """Whether a step is nothing but the kernel on every variable, so that an engine may take it in one go.

        Gradients may be gathered and clipped before, which engines do too. Ask again once the optimizer is built:
        variables may have constraints.
        """
        return False

    def hyper(self, learning_rate: float, step: int) -> Hyper:
        """The numbers of one step for the kernel; ``step`` counts from 1."""
        raise NotImplementedError(f"{type(self).__name__} has no update kernel")

    def slots(self, variable: Variable) -> list[Array]:
        """The state arrays of a variable for the kernel, in the order of :data:`dlcore.backends.contract.UPDATES`."""
        raise NotImplementedError(f"{type(self).__name__} has no update kernel")

    @property
    def clipping(self) -> Clipping:
        """The bounds on gradients."""
        return Clipping(self.clipnorm, self.clipvalue, self.global_clipnorm)

    # --- Steps ---

    def update_step(self, gradient: Any, variable: Variable, learning_rate: float) -> None:
        """Change one variable along its gradient, a Tensor of its shape and dtype."""
        raise NotImplementedError(f"{type(self).__name__} must define update_step(gradient, variable, learning_rate)")

    def minimize(self, loss: Any, var_list: Sequence[Variable], tape: GradientTape | None = None) -> Variable:
        """Take one step that makes the loss smaller.

        Parameters
        ----------
        loss : callable without arguments, or Tensor
            A callable is called once, on a tape. A Tensor needs the ``tape`` it was computed on.
        var_list : list of Variable
            What to change.
        tape : GradientTape, optional
            With a Tensor.

        Returns
        -------
        Variable
            The number of calls so far: :attr:`iterations`, unless gradients are accumulated.
        """
        variables = (
            [var_list] if isinstance(var_list, Variable) else several("var_list", var_list, "a list of Variables")
        )
        called = callable(loss)
        if called:
            tape = GradientTape()
            with tape:
                tape.watch(variables)
                value = loss()
                loss = self.scale_loss(value) if isinstance(value, Differentiable) else value
        elif tape is None:
            raise ValueError("tape is needed when loss is a Tensor: the GradientTape it was computed on")
        if not isinstance(loss, Differentiable):
            raise TypeError(f"loss must give a Tensor computed from the variables; got {type(loss).__name__}: {loss!r}")
        assert tape is not None
        gradients = tape.gradient(loss, variables)
        if not called:
            gradients = [None if g is None else self.scale_loss(g) for g in gradients]
        return self.apply_gradients(zip(gradients, variables, strict=True))

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> Variable:
        """Take one step along pairs of gradient and variable. Returns the number of calls so far."""
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self._iterations

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Take one step.

        Parameters
        ----------
        grads : list of array or None
            One for each variable, of its shape. Variables whose gradient is None stay, with a warning. An empty list
            is no step.
        trainable_variables : list of Variable, optional
            Default: those the optimizer was built for.

        Raises
        ------
        ValueError, TypeError
            If a variable is unknown or none, a shape does not match, a gradient holds no real numbers, the learning
            rate is negative or not finite, or there is no gradient at all. Nothing has changed then.
        """
        grads = list(grads)
        if not grads:
            return
        known = self._checked(grads, trainable_variables)
        pairs = [(as_gradient(g, v), v) for g, v in zip(grads, known, strict=True) if g is not None]
        if not pairs:
            raise ValueError("No gradients provided for any variable: the loss depends on none of them")
        rate = float(self.rates(1)[0])
        self._prepare(known)
        if len(pairs) < len(grads):
            missing = [v.name for g, v in zip(grads, known, strict=True) if g is None]
            warnings.warn(f"Gradients do not exist for variables {missing}", stacklevel=3)
        gradients, variables = [g for g, _ in pairs], [v for _, v in pairs]
        if self.loss_scale_factor is not None:
            gradients = [np.asarray(g / self.loss_scale_factor) for g in gradients]
        with np.errstate(all="ignore"):  # a step too far ends at infinity without a warning, as in the kernels
            self._step(gradients, variables, rate)
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))
        self._iterations.array += 1

    def _checked(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None) -> list[Variable]:
        """The variables of a step, one for each gradient."""
        if trainable_variables is None:
            if not self.built:
                raise ValueError("trainable_variables is needed until the optimizer is built: call build(variables)")
            trainable_variables = self._trainable_variables
        if len(grads) != len(trainable_variables):
            raise ValueError(f"grads must be one a variable: {len(trainable_variables)}; got {len(grads)}")
        for v in trainable_variables:
            if not isinstance(v, Variable) or v.dtype.kind != "f":
                raise TypeError(f"trainable_variables must hold Variables of {' or '.join(FLOATS)}; got {v!r}")
        return list(trainable_variables)

    def _prepare(self, variables: list[Variable]) -> None:
        """Make sure that a step of these variables can be taken."""
        _ = self.clipping  # refuses more than one bound
        self.build_once(variables)
        self._check_layout()
        for variable in variables:
            self._get_variable_index(variable)

    def _step(self, gradients: Sequence[Array], variables: Sequence[Variable], rate: float) -> None:
        """Everything between checked gradients and the count of steps."""
        means = self._accumulated(gradients, variables) if self.gradient_accumulation_steps else gradients
        if means is not None:
            self._descend(self._clip_gradients(means), variables, rate)
        if self.use_ema:
            self._average_weights()

    def _descend(self, gradients: Sequence[Array], variables: Sequence[Variable], rate: float) -> None:
        """Weight decay, then each variable's own step."""
        self._apply_weight_decay(variables)
        for gradient, variable in zip(gradients, variables, strict=True):
            self.update_step(Tensor(gradient), variable, rate)

    def _step_number(self) -> int:
        """Which step this is, counted from 1."""
        return int(self.iterations) + 1

    def _clip_gradients(self, grads: Sequence[Any]) -> list[Array]:
        return self.clipping.apply([np.asarray(g) for g in grads])

    def scale_loss(self, loss: Any) -> Any:
        """The loss times ``loss_scale_factor``, whose gradients :meth:`apply` expects."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def explain_step(self, param: Any, grad: Any, state: Mapping[str, Any] | None = None) -> UpdateExplanation:
        """Take the step of one parameter apart; parameter and optimizer stay as they are.

        >>> step = Adam(0.1).explain_step(1.0, 0.5)
        >>> step["momentum/after"], step.after

        Parameters
        ----------
        param : Variable, array or number
            A Variable that the optimizer was built for is explained with what the optimizer remembers of it; anything
            else as the first step of a new optimizer with these settings.
        grad : array
            Its gradient. A bound on the norm of all gradients sees this one alone.
        state : dict of str to array, optional
            What the optimizer is to remember instead: ``state_after`` of an explanation before.

        Returns
        -------
        UpdateExplanation
            State before and after, corrections, rate and step, the bits of :meth:`apply`; ``print`` it.

        Raises
        ------
        ValueError, TypeError
            If the shapes differ, or the optimizer knows neither this Variable nor such a state.
        """
        from dlcore.explain.updates import explained_update

        return explained_update(self, param, grad, state)

    def stateless_apply(
        self, optimizer_variables: Sequence[Any], grads: Sequence[Any], trainable_variables: Sequence[Any]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """What :meth:`apply` would make of other values, with nothing changed.

        Parameters
        ----------
        optimizer_variables : list of array
            Values for :attr:`variables`.
        grads : list of array or None
            One for each variable.
        trainable_variables : list of array
            Values for the variables the optimizer was built for.

        Returns
        -------
        list of Tensor, list of Tensor
            The trainable variables and the optimizer's variables after the step.
        """
        if not self.built:
            raise ValueError("stateless_apply needs an optimizer that is built: call build(variables)")
        state, weights = self.variables, self._trainable_variables
        with restored([*state, *weights]):
            assign_all("optimizer_variables", state, optimizer_variables)
            assign_all("trainable_variables", weights, trainable_variables)
            self.apply(grads)
            return snapshots(weights), snapshots(state)

    # --- Weight decay ---

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Say which variables weight decay leaves alone, from the next step on; a second call replaces the first.

        Parameters
        ----------
        var_list : list of Variable, optional
        var_names : list of str, optional
            Regular expressions; a variable in whose name one is found is excluded ("bias").
        """
        variables = several("var_list", var_list or (), "a list of Variables")
        names = several("var_names", var_names or (), "a list of strings")
        pattern = re.compile("|".join(f"(?:{name})" for name in names)) if names else None
        self._undecayed, self._undecayed_names = frozenset(variables), pattern

    def _use_weight_decay(self, variable: Variable) -> bool:
        named = self._undecayed_names is not None and self._undecayed_names.search(variable.name)
        return not named and variable not in self._undecayed

    def _apply_weight_decay(self, variables: Sequence[Variable]) -> None:
        if self.weight_decay:
            for variable in variables:
                self._decay(variable, self.weight_decay)

    def _decay(self, variable: Variable, weight_decay: float) -> None:
        """Take weight_decay · learning rate of a variable away, unless it is excluded."""
        if self._use_weight_decay(variable):
            variable.array -= variable.array * variable.dtype.type(weight_decay * float(self.rates(1)[0]))

    # --- Configuration ---

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, the learning rate as it is now."""
        rate = self._learning_rate
        return {
            "name": self.name,
            "learning_rate": float(rate) if isinstance(rate, Variable) else schedules.serialize(rate),
            **{name: getattr(self, name) for name in settings_of(type(self))},
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Optimizer:
        """The optimizer that ``get_config`` described; ``custom_objects`` may name a schedule of your own."""
        arguments = dict(config)
        rate = arguments.get("learning_rate")
        if isinstance(rate, (str, Mapping)):
            arguments["learning_rate"] = schedules.deserialize(rate, custom_objects)
        return cls(**arguments)

    def __repr__(self) -> str:
        return shown(self)


def as_gradient(gradient: Any, variable: Variable) -> Array:
    """The gradient as kernels want it, of its variable's shape and dtype."""
    array = gradient.array if isinstance(gradient, Tensor) else numbers(f"gradient of {variable.name!r}", gradient)
    if array.shape != variable.shape:
        raise ValueError(f"the gradient of {variable.name!r} must have its shape {variable.shape}; got {array.shape}")
    return as_float(array, variable.dtype)
