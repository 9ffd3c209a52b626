"""What a loss is: a value for each sample, weighted, reduced to one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff import Tensor, cast
from dlcore.autodiff.tracer import Differentiable, as_tensors
from dlcore.floats import float_dtype
from dlcore.losses.reduction import as_dtype, mask_of, reduce_weighted_values, standardize_reduction
from dlcore.naming import auto_name, shown


class Loss:
    """Base class of the losses; subclasses define ``call(y_true, y_pred)``.

    Parameters
    ----------
    name : str, optional
        Default: the class's name in snake case.
    reduction : str or None
        "sum_over_batch_size" and "mean": the sum of weight · value over the number of values; "sum": the sum;
        "mean_with_sample_weight": the sum over the sum of the weights; "none" or None: every value.
    dtype : optional
        What inputs are converted to and the loss is given in: "float32" (``floatx()``) by default, whatever the
        inputs; "float64"; or "float16", which is computed in float32 and rounded at the end. A policy with a
        ``compute_dtype`` stands for that.

    Raises
    ------
    ValueError
        For another reduction or dtype.

    Examples
    --------
    >>> class LogSquared(dlcore.losses.Loss):
    ...     def call(self, y_true, y_pred):
    ...         return dlcore.autodiff.log(1 + (y_pred - y_true) ** 2)
    """

    #: Whether targets are integer labels and stay so: float32 has none beyond 2²⁴.
    _keeps_labels = False

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.reduction = standardize_reduction(reduction)
        self._dtype = _dtype_name(getattr(dtype, "compute_dtype", dtype))

    @property
    def dtype(self) -> str:
        """Name of the dtype that the loss is given in."""
        return self._dtype

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The loss of a batch.

        Parameters
        ----------
        y_true : array, or a list or dict of arrays for a ``call`` that takes them
            What should have been predicted.
        y_pred : the same
            The prediction. If it is a Tensor marked with a mask, the samples that the mask leaves out do not count.
        sample_weight : array, optional
            A weight for each sample: of the shape of what ``call`` gives, or one that broadcasts with it.

        Returns
        -------
        Tensor
            A number, or one value for each sample if the reduction is "none". Gradients flow to both arguments.
        """
        dtype = "float32" if self._dtype == "float16" else self._dtype
        mask = mask_of(y_pred)
        y_pred = self._converted("y_pred", y_pred, dtype)
        y_true = self._converted("y_true", y_true, None if self._keeps_labels else dtype)
        values = as_tensors(self.call(y_true, y_pred))[0]
        own = mask_of(values)
        mask = own if mask is None else mask if own is None else mask & own
        weight = None if sample_weight is None else as_dtype("sample_weight", sample_weight, dtype)
        loss = reduce_weighted_values(as_dtype("values", values, dtype), weight, mask, self.reduction)
        return loss if loss.dtype == self._dtype else cast(loss, self._dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each sample, unweighted."""
        raise NotImplementedError(f"{type(self).__name__} must define call(y_true, y_pred)")

    def _converted(self, name: str, value: Any, dtype: str | None) -> Any:
        """What ``call`` gets: Tensors, in the structure that they came in."""
        return mapped(lambda x: as_dtype(name, x, dtype), value)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """The loss that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return shown(self)


def _dtype_name(dtype: Any) -> str:
    return "float16" if dtype in ("float16", np.float16) else float_dtype(dtype).name


def is_structure(x: Any) -> bool:
    """Whether it is a dict or list of arrays rather than one array."""
    leaves = (dict, np.ndarray, Differentiable)
    return isinstance(x, dict) or (isinstance(x, (list, tuple)) and any(isinstance(value, leaves) for value in x))


def mapped(function: Callable[..., Any], *structures: Any) -> Any:
    """The function of the arrays in each place of structures alike."""
    first = structures[0]
    if not is_structure(first):
        return function(*structures)
    if isinstance(first, dict):
        return {key: mapped(function, *(x[key] for x in structures)) for key in first}
    return [mapped(function, *values) for values in zip(*structures, strict=True)]
