"""Every loss, metric, optimizer and layer there is trains in fit: a part that is new is tested because it is listed."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from dlcore import Sequential, layers, losses, metrics, optimizers, utils

from .problem import LABELS, ONE_HOT, WEIGHT, X


def classes(module, base):
    """The public classes of a module that need no arguments, or get some below."""
    found = [getattr(module, name) for name in module.__all__]
    return [cls for cls in found if inspect.isclass(cls) and issubclass(cls, base) and cls is not base]


def needs_arguments(cls):
    # Of the constructor itself: before Python 3.11.5 the class's signature may be that of an inherited __new__.
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    return any(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)


def trained(stack, loss, y, metric=(), optimizer="adam", **options):
    utils.set_random_seed(0)
    model = Sequential([layers.Input((4,)), *stack])
    model.compile(optimizer, loss, metrics=list(metric), weighted_metrics=list(metric))
    history = model.fit(X, y, epochs=2, verbose=0, validation_split=0.2, **options).history
    assert all(len(values) == 2 and np.isfinite(values).all() for values in history.values()), history
    model.evaluate(X, y, verbose=0)
    assert model.predict(X).shape[0] == len(X)
    return model


ABSTRACT = {"LossFunctionWrapper", "KernelLoss"}


@pytest.mark.parametrize("cls", [c for c in classes(losses, losses.Loss) if c.__name__ not in ABSTRACT])
def test_losses(cls):
    name = cls.__name__
    loss = cls([0.1, 0.5, 0.9]) if name == "Quantile" else cls()
    y = LABELS if "Sparse" in name or name in ("Circle", "CategoricalGeneralizedCrossEntropy") else ONE_HOT
    if name == "Quantile":
        y = ONE_HOT[:, :1]
    units = 6 if name == "GaussianNLL" else 3
    last = layers.UnitNormalization() if name == "Circle" else layers.Activation("softmax")
    linear = name in ("GaussianNLL", "Quantile", "SmoothL1", "Huber")
    trained([layers.Dense(units), *([] if linear else [last])], loss, y, sample_weight=WEIGHT)


@pytest.mark.parametrize("cls", [c for c in classes(metrics, metrics.Metric) if not c.__name__.startswith("_")])
def test_metrics(cls):
    name = cls.__name__
    if name in ("Mean", "Sum", "MeanMetricWrapper", "FunctionMetric", "KernelMetric"):
        return  # averages of values, not of predictions; and bases
    arguments = {
        "IoU": (3, [0, 1]),
        "OneHotIoU": (3, [0, 1]),
        "MeanIoU": (3,),
        "OneHotMeanIoU": (3,),
        "BinaryIoU": (),
    }.get(name, (0.5,) if needs_arguments(cls) else ())
    labels = "Sparse" in name or name in ("IoU", "MeanIoU")
    if labels:
        sparse = {"sparse_y_pred": False} if name in ("IoU", "MeanIoU") else {}
        trained([layers.Dense(3, "softmax")], "sparse_categorical_crossentropy", LABELS, [cls(*arguments, **sparse)])
    else:
        trained([layers.Dense(3, "softmax")], "categorical_crossentropy", ONE_HOT, [cls(*arguments)])


@pytest.mark.parametrize("cls", classes(optimizers, optimizers.Optimizer))
def test_optimizers(cls):
    name = cls.__name__
    if name in ("KernelOptimizer", "MultiOptimizer"):
        return  # a base; and one that is told which variable is whose
    optimizer = cls(optimizers.SGD(0.01)) if name == "LossScaleOptimizer" else cls()
    stack = [layers.Dense(8, "tanh"), layers.Dense(3, "softmax")]
    model = trained(stack, "categorical_crossentropy", ONE_HOT, ["accuracy"], optimizer)
    assert int(model.optimizer.iterations) == 4


NOT_IN_A_STACK = {"InputLayer", "Layer"}


@pytest.mark.parametrize(
    "cls", [c for c in classes(layers, layers.Layer) if c.__name__ not in NOT_IN_A_STACK], ids=lambda c: c.__name__
)
def test_layers(cls):
    name = cls.__name__
    arguments = {
        "Dense": (4,),
        "Activation": ("mish",),
        "Reshape": ((4, 1),),
        "Permute": ((1,),),
        "RepeatVector": (2,),
        "Lambda": (np.tanh,),
        "Rescaling": (0.5,),
        "GroupNormalization": (2,),
        "Normalization": (-1, 0.0, 1.0),
    }.get(name, (0.1,) if needs_arguments(cls) else ())
    if name == "Embedding":
        stack = [layers.Lambda(lambda x: np.abs(np.asarray(x)).astype("int64") % 5), cls(5, 2), layers.Flatten()]
    else:
        stack = [layers.Dense(4), cls(*arguments), layers.Flatten()]
    trained([*stack, layers.Dense(3, "softmax")], "categorical_crossentropy", ONE_HOT, ["accuracy"])
