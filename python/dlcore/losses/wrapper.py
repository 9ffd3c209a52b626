"""Losses made of a function: anyone's, the package's own, and those of them that are kernels."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor
from dlcore.autodiff.tracer import as_tensors
from dlcore.backends import contract
from dlcore.losses.base import Loss, mapped
from dlcore.losses.reduction import as_dtype, squeeze_or_expand_to_same_rank
from dlcore.losses.registry import LOSSES
from dlcore.naming import snake_case


class LossFunctionWrapper(Loss):
    """A Loss from a function (y_true, y_pred) -> values.

    Parameters
    ----------
    fn : callable
        Gets y_true and y_pred in one rank, where they differ by a last axis of length 1.
    reduction, dtype
        See :class:`~dlcore.losses.Loss`.
    name : str, optional
        Default: the function's name in snake case.
    **kwargs
        Keyword arguments for the function.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name or snake_case(getattr(fn, "__name__", "loss")), reduction, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The function's values."""
        y_true, y_pred = (
            mapped(lambda *pair, i=i: squeeze_or_expand_to_same_rank(*pair)[i], y_true, y_pred) for i in (0, 1)
        )
        return as_tensors(self.fn(y_true, y_pred, **self._fn_kwargs))[0]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, the function by its name."""
        return {**super().get_config(), "fn": LOSSES.serialize(self.fn), **self._fn_kwargs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """The loss that ``get_config`` described; the function's name must be registered, or be the function."""
        if isinstance(config.get("fn"), str):
            config = {**config, "fn": LOSSES.find(config["fn"])}
        return cls(**config)


class FunctionLoss(LossFunctionWrapper):
    """A loss of this package: its function is fixed, the arguments of the function are attributes."""

    def __init__(
        self, fn: Callable[..., Any], reduction: str | None, name: str | None, dtype: Any, **kwargs: Any
    ) -> None:
        super().__init__(fn, reduction, name, dtype, **kwargs)
        vars(self).update(kwargs)

    def _converted(self, name: str, value: Any, dtype: str | None) -> Tensor:
        return as_dtype(name, value, dtype)  # one array, even if it comes as a list of its rows

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**Loss.get_config(self), **self._fn_kwargs}


class KernelLoss(FunctionLoss):
    """A loss that the backends' loss kernel computes, so that an engine can train with it.

    Attributes
    ----------
    kind : str or None
        The kernel's name (see :data:`dlcore.backends.contract.LOSSES`); None where the arguments are none that the
        kernel has (another axis, ignore_class, …) or a subclass computes something else: then the loss is to be
        called.
    parameter : float
        The one number that the kernel depends on; 0 if there is none.
    """

    _kind: str

    @property
    def kind(self) -> str | None:
        """Name of the kernel, or None."""
        own = type(self).call is LossFunctionWrapper.call and type(self).__call__ is Loss.__call__
        return self._kernel() if own else None

    @property
    def parameter(self) -> float:
        """The kernel's one number."""
        name = contract.LOSSES[self._kind].parameter
        return float(self._fn_kwargs[name]) if name else 0.0

    def _kernel(self) -> str | None:
        return self._kind

    def as_in_engines(self, dtype: Any, of_logits: bool) -> KernelLoss:
        """The same loss as an engine computes it: in the model's dtype, ``of_logits`` where it can be fused."""
        if not of_logits and dtype == self._dtype:
            return self
        twin = copy(self)
        twin._dtype = np.dtype(dtype).name
        if of_logits:
            twin._fn_kwargs = {**self._fn_kwargs, "from_logits": True}
            vars(twin).update(twin._fn_kwargs)
        return twin
