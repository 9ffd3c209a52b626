"""Estimators in scikit-learn's shape, for people with a table: change the import and go on.

They need scikit-learn: ``pip install 'dlcore[sklearn]'``.
"""

from __future__ import annotations

try:
    import sklearn as _sklearn  # noqa: F401 - only to say early what is missing
except ImportError as error:
    raise ImportError("dlcore.estimators needs scikit-learn: pip install 'dlcore[sklearn]'") from error

from dlcore.estimators.classifier import MLPClassifier
from dlcore.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
