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
from dlcore.losses import GaussianNLL, Loss


class MLPRegressor(RegressorMixin, Multilayer):
    """A regressor: a net of dense layers in the place of scikit-learn's, whose arguments it takes.

    Targets may be one column or several.

    Parameters
    ----------
    loss : str, Loss or callable
        "squared_error", "poisson", "absolute_error", "huber", "quantile", "gaussian_nll", or any of
        :mod:`dlcore.losses`, by name or as an object, or a function of targets and predictions. Thresholds of objects
        and functions are in the units of y; by name, in those of the standardized target.
    hidden_layer_sizes : sequence of int, or int
        Units of each hidden layer; ``()`` for none.
    activation : str or callable
        "identity", "logistic", "tanh", "relu", or any of :mod:`dlcore.activations`.
    solver : str or Optimizer
        "adam", "sgd", "lbfgs", or any of :mod:`dlcore.optimizers`, by name or as an object (which is copied).
    alpha : float
        Strength of the L2 penalty alpha / 2 · Σ w², divided by the weight of a batch's rows as in scikit-learn. 0 by
        default: ``weight_decay`` does its work, and keeps the training in the engine.
    batch_size : int or "auto"
        "auto": about the square root of the number of rows, from 16 to 256, with ``learning_rate="auto"``; otherwise
        200. "lbfgs" takes all rows at once.
    learning_rate : str or LearningRateSchedule
        "auto": the rate rises to ``learning_rate_init`` and falls to 0 along a cosine, over some 450 steps and 6 epochs
        at least, so that a training has an end; with "sgd" it is "constant". "constant", "invscaling" and "adaptive"
        are scikit-learn's. Or a schedule of :mod:`dlcore.optimizers.schedules`.
    learning_rate_init : float
        The rate, or the highest one.
    power_t : float
        The exponent of "invscaling".
    max_iter : int
        The most epochs, or iterations of "lbfgs".
    shuffle : bool
        Whether each epoch takes the rows in an order of its own. If not, equal rows are not merged either.
    random_state : int, RandomState, Generator or None
        What weights, orders, masks and the split of early stopping follow from. An int gives the first weights that
        scikit-learn gives.
    tol, n_iter_no_change : float, int
        The training stops when the loss (with early stopping: the validation score) has not improved by ``tol`` for
        more than so many epochs. For "lbfgs", ``tol`` is the largest gradient that counts as none.
    verbose : bool or int
        Whether to print the loss of each epoch.
    warm_start : bool
        Whether ``fit`` goes on from the weights of the last one.
    momentum, nesterovs_momentum : float, bool
        Of "sgd".
    early_stopping : bool
        Whether to keep ``validation_fraction`` of the rows apart, stop when their score no longer improves, and give
        the best weights back. Rows given to ``fit`` as ``X_val``, ``y_val`` do the same.
    validation_fraction : float
        In [0, 1).
    beta_1, beta_2, epsilon : float
        Of "adam".
    max_fun : int
        The most evaluations of "lbfgs".
    quantile : float or sequence of floats
        For ``loss="quantile"``: which one to predict, or which ones; predictions have a column each then.
    weight_decay : float or "auto"
        Each step takes weight_decay · learning rate of every weight away (AdamW). "auto": 0.1 for "adam" with
        ``learning_rate="auto"``, else 0.
    dropout : float
        The part of the units of each hidden layer that is left out at random while training, in [0, 1).
    normalization : "batch", "layer" or None
        What comes before the activation of hidden layers.
    callbacks : list of Callback, optional
        See :mod:`dlcore.callbacks`; epochs' logs hold "loss", and "val_loss" and "val_score" where rows are kept apart.
    preprocessing : "auto", FeatureEncoder or None
        What is done to columns: see :class:`dlcore.tables.FeatureEncoder`. None: X must be numbers
        without gaps, and y is not standardized either.

    Attributes
    ----------
    model_ : Sequential
        The net.
    encoder_ : FeatureEncoder or None
        What is done to columns.
    coefs_, intercepts_ : list of array
        Copies of its weights; setting them sets these.
    loss_, best_loss_ : float
        The last loss and the least one (None with early stopping).
    loss_curve_ : list of float
        The loss of each epoch, of standardized targets.
    validation_scores_, validation_loss_curve_, best_validation_score_
        R² and loss of the rows kept apart, after each epoch; None without any.
    n_iter_, t_ : int
        Epochs of the last fit; rows seen by all.
    n_features_in_, feature_names_in_, n_layers_, n_outputs_, out_activation_
        As in scikit-learn.
    """

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
        """Train.

        Parameters
        ----------
        X : data frame, array or sparse matrix (rows, columns)
            With preprocessing, columns may hold categories, dates, and missing values.
        y : array (rows,) or (rows, outputs)
        sample_weight : array (rows,), optional
            A row of weight 2 counts as two rows, one of weight 0 not at all.
        X_val, y_val, sample_weight_val : optional
            Rows to validate with after each epoch: see ``early_stopping``.

        Returns
        -------
        self
        """
        self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))
        return self

    @available_if(is_stochastic)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        """Train for one pass over these rows."""
        self._fit(X, y, sample_weight, incremental=True)
        return self

    def _checked(self, y: Any) -> Array:
        return checked_numbers(y)

    def _targets(self, y: Array, before: Fitted | None, classes: Any, incremental: bool) -> tuple[Array, Any]:  # noqa: ARG002
        if before is not None:
            _numbers(before).check(y)
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
        return self._quality(fitted, kept.y, _numbers(fitted).targets(values, fitted.output, np.float64), kept.weight)

    def _quality(self, fitted: Fitted, y: Array, predicted: Array, weight: Any) -> float:
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
        """The prediction for each row: (rows,), (rows, outputs), or a column for each of several quantiles.

        With ``return_std``, after training with "gaussian_nll", a pair: means and standard deviations.
        """
        fitted, values = self._values(X)
        found = _numbers(fitted).targets(values, fitted.output, fitted.dtype)
        if not return_std:
            return found
        if not isinstance(fitted.output.loss, GaussianNLL):
            raise ValueError("return_std needs a regressor trained with loss='gaussian_nll'")
        return found, _numbers(fitted).spread(values, fitted.output, fitted.dtype)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R²; of several quantiles the mean of their D², the share of the pinball loss that is explained."""
        return self._quality(self._known, checked_numbers(y), self.predict(X), sample_weight)


def _numbers(fitted: Fitted) -> Numbers:
    assert isinstance(fitted.targets, Numbers)
    return fitted.targets
