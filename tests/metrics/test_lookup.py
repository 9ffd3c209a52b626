from __future__ import annotations

import functools
import inspect
import json

import numpy as np
import pytest

from dlcore import losses, metrics
from dlcore.backends.contract import METRICS
from dlcore.naming import snake_case


def mean_cube(y_true, y_pred):
    return np.abs(y_true - y_pred) ** 3


class FirstColumn(losses.Loss):
    def call(self, y_true, y_pred):
        return (y_true - y_pred)[:, 0]


def test_every_metric_has_its_names_and_survives_its_config():
    for name in metrics.__all__:
        cls = getattr(metrics, name)
        if not inspect.isclass(cls) or any(
            p.default is p.empty for p in list(inspect.signature(cls).parameters.values())
        ):
            continue
        for known in (name, snake_case(name)):
            metric = metrics.get(known)
            assert type(metric) is cls
        described = json.loads(json.dumps(metrics.serialize(metric)))
        again = metrics.deserialize(described)
        assert type(again) is cls
        assert again.get_config() == metric.get_config()


def test_kernels_have_a_metric_each():
    for kind in METRICS:
        metric = metrics.get(kind)
        assert isinstance(metric, metrics.KernelMetric)
        assert (metric.kind, metric.name) == (kind, kind)
    assert metrics.BinaryAccuracy(threshold=0.3).parameter == 0.3


@pytest.mark.parametrize(
    ("alias", "cls"),
    [
        ("mse", metrics.MeanSquaredError),
        ("MAE", metrics.MeanAbsoluteError),
        ("mape", metrics.MeanAbsolutePercentageError),
        ("MSLE", metrics.MeanSquaredLogarithmicError),
        ("bce", metrics.BinaryCrossentropy),
        ("auc", metrics.AUC),
        ("f1_score", metrics.F1Score),
        ("mean_io_u", None),
    ],
)
def test_aliases(alias, cls):
    assert cls is None or type(metrics.get(alias)) is cls
    assert alias in metrics.names()


def test_get_passes_on_what_it_is_given():
    metric = metrics.AUC()
    assert metrics.get(metric) is metric
    assert metrics.get(None) is None
    assert metrics.get(mean_cube) is mean_cube
    assert isinstance(metrics.get(metrics.Precision), metrics.Precision)
    assert metrics.get({"class_name": "Precision", "config": {"thresholds": 0.3}}).thresholds == [0.3]
    with pytest.raises(ValueError, match="Did you mean 'binary_accuracy'"):
        metrics.get("binary_acuracy")


def test_functions_are_described_by_name():
    for fn in (metrics.binary_accuracy, metrics.mean_squared_error, losses.MeanAbsoluteError(reduction="sum")):
        config = json.loads(json.dumps(metrics.serialize(metrics.MeanMetricWrapper(fn, "m"))))
        again = metrics.deserialize(config)
        assert again.get_config() == config["config"]
        assert again([[0.0], [1.0]], [[0.25], [2.0]]).dtype == "float32"
    wrapper = metrics.MeanMetricWrapper(metrics.top_k_categorical_accuracy, k=2)
    assert metrics.deserialize(metrics.serialize(wrapper)).get_config()["k"] == 2


def test_what_is_the_same_name_in_two_families():
    """The losses' cosine similarity is the negative of the metric's."""
    ours = metrics.cosine_similarity
    again = metrics.deserialize(metrics.serialize(metrics.MeanMetricWrapper(ours)))
    assert float(again([[1.0, 0.0]], [[1.0, 0.0]])) == 1


def test_functions_and_losses_of_your_own():
    config = json.loads(json.dumps(metrics.serialize(metrics.MeanMetricWrapper(mean_cube, "cube"))))
    assert metrics.deserialize(config, {"mean_cube": mean_cube})([0.0], [2.0]) == 8
    with pytest.raises(ValueError, match="Unknown metric function 'mean_cube'"):
        metrics.deserialize(config)
    config = metrics.serialize(metrics.MeanMetricWrapper(FirstColumn()))
    assert metrics.deserialize(config, {"FirstColumn": FirstColumn})([[3.0, 0.0]], [[1.0, 0.0]]) == 2
    with pytest.raises(TypeError, match="fn must be a function with a name"):
        metrics.MeanMetricWrapper(functools.partial(mean_cube)).get_config()


@pytest.mark.parametrize(
    ("y_true", "y_pred", "kind"),
    [
        ((8,), (8, 1), "binary"),
        ((8, 1), (8, 1), "binary"),
        ((8,), (8, 3), "sparse_categorical"),
        ((8, 1), (8, 3), "sparse_categorical"),
        ((8, 3), (8, 3), "categorical"),
        ((8, 5), (8, 5, 3), "sparse_categorical"),
    ],
)
def test_shapes_choose(y_true, y_pred, kind):
    assert metrics.target_kind(y_true, y_pred) == kind
    for name, family in (("accuracy", "accuracy"), ("Acc", "accuracy"), ("crossentropy", "crossentropy")):
        metric = metrics.resolve(name, y_true, y_pred)
        assert type(metric) is type(metrics.get(f"{kind}_{family}"))
        assert metric.name == name


def test_directions():
    ups = ("accuracy", "auc", "precision", "recall", "f1_score", "r2_score", "cosine_similarity", "binary_io_u")
    downs = ("mse", "mae", "bce", "hinge", "poisson", "kl_divergence", "root_mean_squared_error")
    assert {metrics.get(name)._direction for name in ups} == {"up"}
    assert {metrics.get(name)._direction for name in downs} == {"down"}
    assert metrics.as_metric(losses.Huber())._direction == "down"
    for metric in (metrics.TruePositives(), metrics.as_metric(mean_cube), metrics.Mean()):
        assert metric._direction is None


def test_as_metric():
    assert metrics.as_metric("mse").name == "mse"
    assert metrics.as_metric(metrics.MeanSquaredError()).name == "mean_squared_error"
    assert metrics.resolve(mean_cube, (8, 1), (8, 1)).name == "mean_cube"
    assert metrics.as_metric(losses.mean_squared_error).name == "mean_squared_error"
    assert metrics.as_metric(losses.Huber())([[0.0]], [[0.6]]) == np.float32(0.18)
    assert metrics.chosen_by_shape("ACC")
    assert not metrics.chosen_by_shape(metrics.Accuracy())


@pytest.mark.parametrize(
    ("identifier", "error", "match"),
    [
        ("accuracy", ValueError, "depends on the shapes"),
        ("accurracy", ValueError, "Did you mean 'accuracy'"),
        (None, TypeError, "got None"),
        (metrics.Mean(), TypeError, "cannot be fed targets and predictions.*MeanMetricWrapper"),
        ("sum", TypeError, "cannot be fed targets and predictions"),
        (3, TypeError, "metric must be a name"),
    ],
)
def test_what_is_no_metric_of_targets_and_predictions(identifier, error, match):
    with pytest.raises(error, match=match):
        metrics.as_metric(identifier)
