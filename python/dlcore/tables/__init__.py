"""What a table needs before a network can learn from it: columns and targets as numbers, and back.

- ``FeatureEncoder(categorical_features="auto", scaling="robust", clip=3.0, max_categories=64, min_frequency=2,
  indicators=True, sparse="keep", dtype="float32")``

  - ``fit(X, y=None, sample_weight=None)`` → self; ``transform(X)`` → C-contiguous (rows, features), CSR where fitted on
    and given sparse; ``fit_transform(X, y=None, sample_weight=None)``.
  - After fit: ``n_features_in_``, ``feature_names_in_`` (absent where X has no names), ``n_features_out_``,
    ``get_feature_names_out(input_features=None)``, ``describe()`` → a list of dicts for JSON, one a column of X
    ("name", "kind", "features", "missing", "text"), and ``is_fitted`` before as well.
- ``LabelEncoder(labels="auto")``, with "auto" or "multilabel", for classification

  - ``fit(y, classes=None)`` → self; ``transform(y)`` → int64 indexes (rows,), or float32 (rows, labels) if
    ``kind_ == "multilabel"``; ``inverse_transform(indexes)`` → labels; ``decide(probabilities)`` → labels, from
    (rows, classes), or one column for two classes, or one column a label; ``one_hot(y)`` → float32 (rows, classes).
  - After fit: ``classes_``, ``kind_`` ("binary", "multiclass", "multilabel"), ``n_classes_``.
- ``TargetScaler(center=True, scale=True, dtype="float32")``, for regression

  - ``fit(y, sample_weight=None)`` → self; ``transform(y)`` → (rows, targets); ``inverse_transform(z)`` → float64 in the
    shape of z, but (rows,) where y was one-dimensional and z has one column.
  - After fit: ``mean_``, ``scale_``, ``n_targets_``, ``ndim_``.

All have ``get_config`` / ``from_config`` (JSON with what ``fit`` learned, exactly), ``get_params`` / ``set_params``,
pickle and copy; ``serialize`` and ``deserialize`` are those of :mod:`dlcore.registry`. None imports pandas, SciPy or
scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.registry import Registry
from dlcore.tables.features import FeatureEncoder
from dlcore.tables.labels import LabelEncoder
from dlcore.tables.targets import TargetScaler

__all__ = ["FeatureEncoder", "LabelEncoder", "TargetScaler", "deserialize", "serialize"]

_registry = Registry("table encoder")
for _class in (FeatureEncoder, LabelEncoder, TargetScaler):
    _registry.add(_class)


def serialize(encoder: Any) -> Any:
    """The class name and config of an encoder, with what it learned."""
    return _registry.serialize(encoder)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The encoder that :func:`serialize` described."""
    return _registry.deserialize(config, custom_objects)
