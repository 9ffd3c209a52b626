"""MLPRegressor."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if

from dlcore.estimators import outputs
from dlcore.estimators.base import Multilayer, is_stochastic
from dlcore.estimators.fitted import Fitted
from dlcore.estimators.numbers import Numbers, checked_numbers
from dlcore.estimators.outputs import Output
from dlcore.estimators.rows import Rows
from dlcore.floats import Array
from dlcore.losses import Loss


class MLPRegressor(RegressorMixin, Multilayer):
    """doc"""

    def __init__(
        self,
        loss: Any = "squared_error",
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
        quantile: Any = 0.5,
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
        self.quantile = quantile
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
    ) -> MLPRegressor:
        self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))
        return self

    @available_if(is_stochastic)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        self._fit(X, y, sample_weight, incremental=True)
        return self

    def _checked(self, y: Any) -> Array:
        return checked_numbers(y)

    def _targets(self, y: Array, before: Fitted | None, classes: Any, incremental: bool) -> tuple[Array, Any]:  # noqa: ARG002
        if before is not None:
            assert isinstance(before.targets, Numbers)
            before.targets.check(y)
        return y, None

    def _weights(self, y: Array, numbers: Array, targets: Any, weight: Array | None) -> Array | None:  # noqa: ARG002
        return weight

    def _ends(self, given: Rows, targets: Any) -> tuple[Numbers, Output, Loss]:  # noqa: ARG002
        columns = 1 if given.y.ndim == 1 else given.y.shape[1]
        output = outputs.for_numbers(self.loss, columns, self.quantile)
        found = Numbers.of(given.y, given.weight, output.loss, self.preprocessing is not None)
        return found, output, found.trained_loss(output.loss, isinstance(self.loss, str))

    def _stratifies(self, targets: Any) -> bool:  # noqa: ARG002
        return False

    def _score_of(self, fitted: Fitted, kept: Rows) -> float:
        values = fitted.values(kept.x)
        if not np.isfinite(values).all():
            return float("nan")
        assert isinstance(fitted.targets, Numbers)
        return self._quality(fitted, kept.y, fitted.targets.targets(values, fitted.output, np.float64), kept.weight)

    def _quality(self, fitted: Fitted, y: Array, predicted: Array, weight: Any) -> float:
        """R², or of several quantiles the mean of their D²: the share of the pinball loss that is explained."""
        from sklearn.metrics import d2_pinball_score, r2_score

        levels = outputs.quantiles(fitted.output.loss)
        if levels is None:
            return float(r2_score(y, predicted, sample_weight=weight))
        scores = [
            d2_pinball_score(y, column, sample_weight=weight, alpha=level)
            for level, column in zip(levels, predicted.T, strict=True)
        ]
        return float(np.mean(scores))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    # --- Predicting ---

    def predict(self, X: Any, return_std: bool = False) -> Any:
        fitted, values = self._values(X)
        assert isinstance(fitted.targets, Numbers)
        found = fitted.targets.targets(values, fitted.output, fitted.dtype)
        if not return_std:
            return found
        return found, fitted.targets.spread(values, fitted.output, fitted.dtype)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        return self._quality(self._known, checked_numbers(y), self.predict(X), sample_weight)
