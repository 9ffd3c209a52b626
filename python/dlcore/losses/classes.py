"""The losses as classes: arguments fixed, values reduced, and known to the fused engine by kind and parameter."""

from __future__ import annotations

from typing import Any

from dlcore.autodiff import Tensor
from dlcore.checks import number
from dlcore.losses import functions
from dlcore.losses.base import Loss


class KernelLoss(Loss):
    """A loss that the backends' loss kernel computes.

    Subclasses fix ``kind`` and ``parameter``, the kernel's name for the loss and the one number it depends on
    (see :data:`dlcore.backends.contract.LOSSES`).
    """

    kind: str
    parameter: float = 0.0


class _Crossentropy(KernelLoss):
    _kind: str

    def __init__(
        self,
        from_logits: bool,
        axis: int,
        reduction: str | None,
        name: str | None,
        dtype: Any,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(name, reduction, dtype)
        if axis != -1:
            raise ValueError(f"axis must be -1 (the last axis holds the classes); got {axis}")
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
        self.kind = self._kind + "_logits" if from_logits else self._kind
        self.parameter = functions.smoothing(label_smoothing)


class CategoricalCrossentropy(_Crossentropy):
    """Cross-entropy between one-hot targets and predicted class probabilities.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are before the softmax.
    label_smoothing : float
        In [0, 1]: targets become t · (1 - s) + s / classes.
    axis : int
        -1.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "categorical_crossentropy"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(from_logits, axis, reduction, name, dtype, label_smoothing)

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each sample."""
        return functions.categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": self.axis,
        }


class SparseCategoricalCrossentropy(_Crossentropy):
    """Cross-entropy between integer labels and predicted class probabilities.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are before the softmax.
    ignore_class : None
        Not supported.
    reduction, axis, name, dtype
        See :class:`~dlcore.losses.Loss`; axis is -1.
    """

    _kind = "sparse_categorical_crossentropy"

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        if ignore_class is not None:
            raise NotImplementedError("ignore_class is not supported: give those samples a sample_weight of 0")
        super().__init__(from_logits, axis, reduction, name, dtype)
        self.ignore_class = ignore_class

    def _targets(self, y_true: Any) -> Any:
        return y_true  # labels stay integers: float32 has none beyond 2²⁴

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each sample."""
        return functions.sparse_categorical_crossentropy(y_true, y_pred, self.from_logits)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "ignore_class": self.ignore_class,
            "axis": self.axis,
        }


class BinaryCrossentropy(_Crossentropy):
    """Cross-entropy between targets in [0, 1] and predicted probabilities, column by column.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are before the sigmoid.
    label_smoothing : float
        In [0, 1]: targets become t · (1 - s) + s / 2.
    axis : int
        -1.
    reduction, name, dtype
        See :class:`~dlcore.losses.Loss`.
    """

    _kind = "binary_crossentropy"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(from_logits, axis, reduction, name, dtype, label_smoothing)

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each sample."""
        return functions.binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": self.axis,
        }


class MeanAbsoluteError(KernelLoss):
    """The mean of |y_pred - y_true|: L1."""

    kind = "mean_absolute_error"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each sample."""
        return functions.mean_absolute_error(y_true, y_pred)


class MeanSquaredError(KernelLoss):
    """The mean of (y_pred - y_true)²: L2."""

    kind = "mean_squared_error"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each sample."""
        return functions.mean_squared_error(y_true, y_pred)


class Huber(KernelLoss):
    """Squared near the target, absolute beyond ``delta``: ½d², or delta · |d| - ½ delta².

    Source: Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35 (1964).
    """

    kind = "huber"

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.delta = delta
        self.parameter = number("delta", delta, 0, open_low=True)

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each sample."""
        return functions.huber(y_true, y_pred, self.delta)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "delta": self.delta}


class SmoothL1(KernelLoss):
    """Huber's loss over its threshold: ½d² / beta near the target, |d| - ½ beta beyond ``beta``.

    Source: Girshick, "Fast R-CNN", ICCV 2015.
    """

    kind = "smooth_l1"

    def __init__(
        self,
        beta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "smooth_l1",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.beta = beta
        self.parameter = number("beta", beta, 0, open_low=True)

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each sample."""
        return functions.smooth_l1(y_true, y_pred, self.beta)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "beta": self.beta}
