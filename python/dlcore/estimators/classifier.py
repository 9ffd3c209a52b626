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
    """A classifier: a net of dense layers in the place of scikit-learn's, whose arguments it takes.

    Labels may be text or numbers, two classes or more, or columns of 0 and 1 (multilabel).

    Parameters
    ----------
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
    loss : str, Loss or callable
        "log_loss", "focal", "hinge", or any of :mod:`dlcore.losses`, by name or as an object, or a function of targets
        (a column a class) and predictions.
    class_weight : dict, "balanced" or None
        A factor for the weight of each class's rows; "balanced" gives all classes the same weight.
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
        without gaps.

    Attributes
    ----------
    model_ : Sequential
        The net.
    classes_ : array (classes,)
        The labels; of multilabel targets, the numbers of the columns.
    target_kind_ : "binary", "multiclass" or "multilabel"
    encoder_ : FeatureEncoder or None
        What is done to columns.
    coefs_, intercepts_ : list of array
        Copies of its weights; setting them sets these.
    loss_, best_loss_ : float
        The last loss and the least one (None with early stopping).
    loss_curve_ : list of float
        The loss of each epoch.
    validation_scores_, validation_loss_curve_, best_validation_score_
        Accuracy and loss of the rows kept apart, after each epoch; None without any.
    n_iter_, t_ : int
        Epochs of the last fit; rows seen by all.
    n_features_in_, feature_names_in_, n_layers_, n_outputs_, out_activation_
        As in scikit-learn.
    """

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
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> MLPClassifier:
        """Train for one pass over these rows; ``classes``, all labels there will be, are needed in the first call."""
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
        known = _classes(before)
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
        right = _classes(fitted).found(values, fitted.output) == kept.y
        return float(np.average(right.all(axis=1) if right.ndim > 1 else right, weights=kept.weight))

    def _show(self, fitted: Fitted) -> None:
        super()._show(fitted)
        self.classes_, self.target_kind_ = _classes(fitted).labels, _classes(fitted).kind

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    # --- Predicting ---

    def predict(self, X: Any) -> Array:
        """The label of each row; of multilabel targets, columns of 0 and 1."""
        fitted, values = self._values(X)
        return _classes(fitted).predicted(values, fitted.output)

    @available_if(_has_probabilities)
    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, (rows, classes), in float64; none is exactly 0."""
        fitted, values = self._values(X)
        return _classes(fitted).probabilities(values, fitted.output)

    @available_if(_has_probabilities)
    def predict_log_proba(self, X: Any) -> Array:
        """The logarithm of :meth:`predict_proba`."""
        found: Array = np.log(self.predict_proba(X))
        return found


def _classes(fitted: Fitted) -> Classes:
    assert isinstance(fitted.targets, Classes)
    return fitted.targets
