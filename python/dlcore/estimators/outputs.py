"""What a net ends with for a loss: which loss exactly, how many outputs, through which activation."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dlcore import losses
from dlcore.backends.contract import LOSSES
from dlcore.losses import KernelLoss, Loss
from dlcore.models.forms import loss_kernel

#: What a name of scikit-learn, or one that leaves the choice to the labels, means for each kind of labels.
CLASS_LOSSES = {
    "binary": {"log_loss": "binary_crossentropy", "focal": "binary_focal_crossentropy"},
    "multiclass": {"log_loss": "sparse_categorical_crossentropy", "focal": "categorical_focal_crossentropy"},
    "multilabel": {"log_loss": "binary_crossentropy", "focal": "binary_focal_crossentropy"},
}
_ALIASES = {"crossentropy": "log_loss", "cross_entropy": "log_loss"}

NUMBER_LOSSES = {
    "squared_error": "mean_squared_error",
    "absolute_error": "mean_absolute_error",
    "pinball": "quantile",
}

#: Losses that take scores of any size, not probabilities.
_HINGES = ("hinge", "squared_hinge", "categorical_hinge")

#: Losses that look at all classes of a row together.
_CATEGORICAL = (
    losses.CategoricalCrossentropy,
    losses.CategoricalFocalCrossentropy,
    losses.CategoricalHinge,
    losses.KLDivergence,
    losses.CosineSimilarity,
)


class Output(NamedTuple):
    """The end of a net.

    Attributes
    ----------
    loss : Loss
        What is trained for.
    units : int
        Outputs of the net.
    activation : str
        Of the last layer.
    sparse : bool
        Whether the loss takes class numbers rather than columns.
    factor : float
        What each row's loss is multiplied with: 1, or what makes it scikit-learn's.
    columns : int
        Columns that scikit-learn averages the loss it reports over.
    """

    loss: Loss
    units: int
    activation: str
    sparse: bool = False
    factor: float = 1.0
    columns: int = 1


def for_classes(loss: Any, kind: str, classes: int) -> Output:
    """The end of a classifier.

    Parameters
    ----------
    loss : str, Loss or callable
        "log_loss", "focal", or a loss of :mod:`dlcore.losses`.
    kind : "binary", "multiclass" or "multilabel"
        Of labels.
    classes : int
        How many.

    Raises
    ------
    ValueError
        For an unknown name, or a loss of all classes together where each label is yes or no.
    """
    found = losses.as_object(CLASS_LOSSES[kind].get(_ALIASES.get(loss, loss), loss) if isinstance(loss, str) else loss)
    kernel = loss_kernel(found)
    sparse = bool(kernel and LOSSES[kernel].sparse) or isinstance(found, losses.SparseCategoricalCrossentropy)
    together = sparse or isinstance(found, _CATEGORICAL)
    if together and kind == "multilabel":
        raise ValueError(f"loss {found.name!r} is for one class a row; these rows have several labels: use 'log_loss'")
    wide = together or kind != "binary"
    scores = kernel in _HINGES or getattr(found, "from_logits", False)
    shares = "softmax" if together or kind == "multiclass" else "sigmoid"
    summed = kernel in ("binary_crossentropy", "binary_crossentropy_logits") and kind == "multilabel"
    return Output(
        found,
        classes if wide else 1,
        "linear" if scores else shares,
        sparse,
        float(classes) if summed else 1.0,
    )


def is_hinge(loss: Any) -> bool:
    """Whether outputs are scores that say nothing of probabilities, for a loss as it was given."""
    hinges = (losses.Hinge, losses.SquaredHinge, losses.CategoricalHinge)
    return isinstance(loss, hinges) or (isinstance(loss, str) and loss.lower() in _HINGES)


def for_numbers(loss: Any, columns: int, quantile: Any) -> Output:
    """The end of a regressor of so many columns.

    Parameters
    ----------
    loss : str, Loss or callable
        "squared_error", "poisson", or a loss of :mod:`dlcore.losses`.
    columns : int
        Of the targets.
    quantile : float or sequence of floats
        For "quantile".

    Raises
    ------
    ValueError
        For an unknown name, or several quantiles of several columns.
    """
    name = NUMBER_LOSSES.get(loss, loss) if isinstance(loss, str) else loss
    if name == "quantile":
        name = losses.Quantile(quantile if np.ndim(quantile) == 0 else [float(level) for level in quantile])
    found = losses.as_object(name)
    units, activation = columns, "linear"
    if (levels := quantiles(found)) is not None:
        if columns > 1:
            raise ValueError(f"several quantiles are for one target column; y has {columns}")
        units = len(levels)
    elif isinstance(found, losses.GaussianNLL):
        units = 2 * columns
    elif isinstance(found, losses.Poisson):
        activation = "exponential"
    factor = _FACTORS.get(loss_kernel(found) or "", 0.0) * columns
    return Output(found, units, activation, factor=factor or 1.0, columns=columns if factor else 1)


#: scikit-learn's squared error is half of ours. Both its losses sum their gradients over columns; ours are means.
_FACTORS = {"mean_squared_error": 0.5, "poisson": 1.0}


def quantiles(loss: Loss) -> tuple[float, ...] | None:
    """The levels of a loss for several quantiles; None for any other."""
    if not isinstance(loss, losses.Quantile) or isinstance(loss.quantile, float):
        return None
    return tuple(float(level) for level in loss.quantile)


#: Losses for which a target may be shifted and scaled: the best prediction moves along.
_MOVES_ALONG = (
    losses.MeanSquaredError,
    losses.MeanAbsoluteError,
    losses.Quantile,
    losses.GaussianNLL,
    losses.LogCosh,
    losses.Huber,
    losses.SmoothL1,
)


def moves_along(loss: Loss) -> bool:
    """Whether targets may be shifted and scaled; losses with a unit of their own are told the scale."""
    return type(loss) in _MOVES_ALONG


def in_units(loss: Loss, center: Any, scale: Any) -> Loss:
    """The loss for targets and predictions that stand for center + scale · value."""
    return InUnits(loss, center, scale)


def with_threshold_scaled(loss: Loss, scale: float) -> Loss:
    """A loss whose threshold is a distance, for targets divided by a scale."""
    config = loss.get_config()
    for name in ("delta", "beta"):
        if isinstance(loss, (losses.Huber, losses.SmoothL1)) and name in config:
            config[name] = config[name] / scale
    return type(loss).from_config(config)


class InUnits(Loss):
    """A loss of one's own, which is shown targets and predictions in the units of the targets.

    Parameters
    ----------
    loss : Loss
        What is computed.
    center, scale : array (columns,)
        A value of the net stands for center + scale · value.
    """

    def __init__(self, loss: Loss, center: Any, scale: Any) -> None:
        super().__init__(loss.name, loss.reduction, loss.dtype)
        self._loss = loss
        self._center, self._scale = (np.asarray(part, np.float32) for part in (center, scale))

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The inner loss, in units."""
        return self._loss.call(y_true * self._scale + self._center, y_pred * self._scale + self._center)


def is_kernel(loss: Loss) -> bool:
    """Whether an engine computes the loss."""
    return isinstance(loss, KernelLoss) and loss.kind is not None
