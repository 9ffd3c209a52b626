"""Cross-entropies and other distances of distributions, averaged."""

from __future__ import annotations

from typing import Any

from dlcore.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    poisson,
    sparse_categorical_crossentropy,
)
from dlcore.losses.arguments import smoothing
from dlcore.metrics.reduction import FunctionMetric


class KLDivergence(FunctionMetric):
    """The mean over rows of Σ y_true · ln(y_true / y_pred), both clipped to [1e-7, 1]."""

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(kl_divergence, name, dtype)


class Poisson(FunctionMetric):
    """The mean of y_pred - y_true · ln(y_pred + 1e-7)."""

    by_column = True

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(poisson, name, dtype)


class BinaryCrossentropy(FunctionMetric):
    """The mean of :func:`dlcore.losses.binary_crossentropy`, whose arguments it takes."""

    by_column = True
    from_logits: bool
    label_smoothing: float

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(
            binary_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=smoothing(label_smoothing)
        )


class CategoricalCrossentropy(FunctionMetric):
    """The mean of :func:`dlcore.losses.categorical_crossentropy`, whose arguments it takes."""

    from_logits: bool
    label_smoothing: float
    axis: int

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=smoothing(label_smoothing),
            axis=axis,
        )


class SparseCategoricalCrossentropy(FunctionMetric):
    """The mean of :func:`dlcore.losses.sparse_categorical_crossentropy`, whose arguments it takes."""

    from_logits: bool
    ignore_class: int | None
    axis: int

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
