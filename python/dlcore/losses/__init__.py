"""Losses with Keras's names: classes that reduce, functions that give a value for each sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.losses.base import Loss
from dlcore.losses.circle import (
    Circle,
    circle,
)
from dlcore.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    categorical_generalized_cross_entropy,
    sparse_categorical_crossentropy,
)
from dlcore.losses.distributions import (
    GaussianNLL,
    KLDivergence,
    Poisson,
    Quantile,
    gaussian_nll,
    kl_divergence,
    poisson,
    quantile,
)
from dlcore.losses.focal import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    binary_focal_crossentropy,
    categorical_focal_crossentropy,
)
from dlcore.losses.overlap import (
    Dice,
    Tversky,
    dice,
    tversky,
)
from dlcore.losses.registry import LOSSES
from dlcore.losses.regression import (
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    SmoothL1,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    smooth_l1,
)
from dlcore.losses.scores import (
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    SquaredHinge,
    categorical_hinge,
    cosine_similarity,
    hinge,
    squared_hinge,
)
from dlcore.losses.wrapper import KernelLoss, LossFunctionWrapper

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "Circle",
    "CosineSimilarity",
    "Dice",
    "GaussianNLL",
    "Hinge",
    "Huber",
    "KLDivergence",
    "KernelLoss",
    "LogCosh",
    "Loss",
    "LossFunctionWrapper",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "Quantile",
    "SmoothL1",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "circle",
    "cosine_similarity",
    "deserialize",
    "dice",
    "gaussian_nll",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "quantile",
    "serialize",
    "smooth_l1",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]

# TensorFlow's short names, as in tf.keras.losses.
MSE = mse = mean_squared_error
MAE = mae = mean_absolute_error
MAPE = mape = mean_absolute_percentage_error
MSLE = msle = mean_squared_logarithmic_error
KLD = kld = kl_divergence
logcosh = log_cosh

#: Function form, class form, and the aliases of the function.
_FORMS: list[tuple[Any, type[LossFunctionWrapper], tuple[str, ...]]] = [
    (mean_squared_error, MeanSquaredError, ("mse", "MSE")),
    (mean_absolute_error, MeanAbsoluteError, ("mae", "MAE")),
    (mean_absolute_percentage_error, MeanAbsolutePercentageError, ("mape", "MAPE")),
    (mean_squared_logarithmic_error, MeanSquaredLogarithmicError, ("msle", "MSLE")),
    (huber, Huber, ()),
    (smooth_l1, SmoothL1, ()),
    (log_cosh, LogCosh, ("logcosh",)),
    (poisson, Poisson, ()),
    (kl_divergence, KLDivergence, ("kld", "KLD", "kullback_leibler_divergence")),
    (quantile, Quantile, ("pinball",)),
    (gaussian_nll, GaussianNLL, ()),
    (categorical_crossentropy, CategoricalCrossentropy, ()),
    (sparse_categorical_crossentropy, SparseCategoricalCrossentropy, ()),
    (categorical_generalized_cross_entropy, CategoricalGeneralizedCrossEntropy, ()),
    (binary_crossentropy, BinaryCrossentropy, ("bce", "BCE")),
    (binary_focal_crossentropy, BinaryFocalCrossentropy, ()),
    (categorical_focal_crossentropy, CategoricalFocalCrossentropy, ()),
    (hinge, Hinge, ()),
    (squared_hinge, SquaredHinge, ()),
    (categorical_hinge, CategoricalHinge, ()),
    (cosine_similarity, CosineSimilarity, ()),
    (dice, Dice, ()),
    (tversky, Tversky, ()),
    (circle, Circle, ()),
]
for _function, _class, _aliases in _FORMS:
    LOSSES.add(_function, *_aliases)
    LOSSES.add(_class)
LOSSES.add(LossFunctionWrapper)

_CLASS_OF: dict[Any, Any] = {function: cls for function, cls, _ in _FORMS}


def get(identifier: Any) -> Any:
    """A loss from a name, a config, a function or an object.

    As in Keras, ``get("mean_squared_error")`` (or "mse") is the function and ``get("MeanSquaredError")`` an object.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    return LOSSES.get(identifier)


def serialize(loss: Any) -> Any:
    """The name of a loss function, or the class name and config of a loss object."""
    return LOSSES.serialize(loss)


def deserialize(name: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The loss that :func:`serialize` described."""
    return LOSSES.deserialize(name, custom_objects)


def as_object(identifier: Any) -> Loss:
    """A Loss object from whatever ``compile`` takes; a function becomes its class form where it has one."""
    found = get(identifier)
    if isinstance(found, Loss):
        return found
    if found in _CLASS_OF:
        made: Loss = _CLASS_OF[found]()
        return made
    return LossFunctionWrapper(found)
