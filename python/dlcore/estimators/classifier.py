"""MLPClassifier."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.metaestimators import available_if

from dlcore.estimators import outputs
from dlcore.estimators.base import Multilayer, is_stochastic
from dlcore.estimators.classes import Classes, checked_labels, class_weights
from dlcore.estimators.fitted import Fitted
from dlcore.estimators.outputs import Output
from dlcore.estimators.rows import Rows
from dlcore.floats import Array
from dlcore.losses import Loss


def _has_probabilities(estimator: Any) -> bool:
    if outputs.is_hinge(estimator.loss):
        raise AttributeError(f"there are no probabilities with loss={estimator.loss!r}, whose outputs are scores")
    return True


class MLPClassifier(ClassifierMixin, Multilayer):
    """doc"""

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0,
        batch_size: Any = "auto",
        learning_rate: Any = "auto",
        learning_rate_init: float = 0.01,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: Any = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        loss: Any = "log_loss",
        class_weight: Any = None,
        weight_decay: Any = "auto",
        dropout: float = 0.0,
        normalization: str | None = None,
        callbacks: Any = None,
        preprocessing: str | None = "auto",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.loss = loss
        self.class_weight = class_weight
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.normalization = normalization
        self.callbacks = callbacks
        self.preprocessing = preprocessing

    # --- Fitting ---

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> MLPClassifier:
        self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))
        return self

    @available_if(is_stochastic)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> MLPClassifier:
        self._fit(X, y, sample_weight, incremental=True, classes=classes)
        return self

    def _checked(self, y: Any) -> Array:
        return checked_labels(y)

    def _targets(self, y: Array, before: Fitted | None, classes: Any, incremental: bool) -> tuple[Array, Classes]:
        if before is None:
            found = Classes.of(y)
            if found.kind != "multilabel" and incremental:
                if classes is None:
                    raise ValueError("classes must be passed on the first call to partial_fit.")
                found = Classes.named(np.unique(checked_labels(classes)))
            return found.numbers(y), found
        known = before.targets
        assert isinstance(known, Classes)
        if incremental and classes is not None and not np.array_equal(known.labels, np.unique(classes)):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: {known.labels!r}"
            )
        if not incremental and known.kind != "multilabel" and set(np.unique(y)) != set(known.labels):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                f"Previously got {known.labels}, `y` has {np.unique(y)}"
            )
        return known.numbers(y), known

    def _weights(self, y: Array, numbers: Array, targets: Any, weight: Array | None) -> Array | None:
        return class_weights(targets, y, numbers, self.class_weight, weight)

    def _ends(self, given: Rows, targets: Any) -> tuple[Classes, Output, Loss]:  # noqa: ARG002
        output = outputs.for_classes(self.loss, targets.kind, len(targets.labels))
        return targets, output, output.loss

    def _stratifies(self, targets: Any) -> bool:
        return bool(targets.kind != "multilabel")

    def _score_of(self, fitted: Fitted, kept: Rows) -> float:
        values = fitted.values(kept.x)
        if not np.isfinite(values).all():
            return float("nan")
        assert isinstance(fitted.targets, Classes)
        right = fitted.targets.found(values, fitted.output) == kept.y
        return float(np.average(right.all(axis=1) if right.ndim > 1 else right, weights=kept.weight))

    def _show(self, fitted: Fitted) -> None:
        super()._show(fitted)
        assert isinstance(fitted.targets, Classes)
        self.classes_ = fitted.targets.labels

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    # --- Predicting ---

    def predict(self, X: Any) -> Array:
        fitted, values = self._values(X)
        return fitted.targets.predicted(values, fitted.output)

    @available_if(_has_probabilities)
    def predict_proba(self, X: Any) -> Array:
        fitted, values = self._values(X)
        return fitted.targets.probabilities(values, fitted.output)

    @available_if(_has_probabilities)
    def predict_log_proba(self, X: Any) -> Array:
        found: Array = np.log(self.predict_proba(X))
        return found
