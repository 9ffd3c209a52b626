"""What classifier and regressor have in common: a table in, a trained net inside, scikit-learn's attributes outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from dlcore.estimators import arguments, nets, rows, saving, solvers, training
from dlcore.estimators.columns import NOT_FINITE, Columns
from dlcore.estimators.fitted import Fitted
from dlcore.estimators.outputs import Output
from dlcore.estimators.rows import Rows
from dlcore.floats import Array
from dlcore.losses import Loss
from dlcore.models import Sequential
from dlcore.models.persistence import Path
from dlcore.variable import Variable

#: What scikit-learn calls the activations of a last layer.
_OUT_ACTIVATIONS = {"linear": "identity", "sigmoid": "logistic", "exponential": "exp"}


def is_stochastic(estimator: Any) -> bool:
    """Whether the solver takes steps that can go on with other rows; AttributeError if not."""
    if arguments.is_lbfgs(estimator):
        raise AttributeError("partial_fit is only available for stochastic optimizers. lbfgs is not stochastic.")
    return True


class Multilayer(BaseEstimator):
    """Base class of both estimators; what their targets are like is theirs."""

    _fitted: Fitted
    _given: dict[str, Any]

    # --- What a subclass knows ---

    def _checked(self, y: Any) -> Array:
        """Targets as an array, checked."""
        raise NotImplementedError

    def _targets(self, y: Array, before: Fitted | None, classes: Any, incremental: bool) -> tuple[Array, Any]:
        """Checked targets as numbers, and what these stand for, if it is known before the table is split."""
        raise NotImplementedError

    def _weights(self, y: Array, numbers: Array, targets: Any, weight: Array | None) -> Array | None:
        """The weight of each row."""
        raise NotImplementedError

    def _ends(self, given: Rows, targets: Any) -> tuple[Any, Output, Loss]:
        """What the net's values stand for, how it ends, and the loss to train it with."""
        raise NotImplementedError

    def _score_of(self, fitted: Fitted, kept: Rows) -> float:
        """The score of rows held out, NaN if the net's output is not finite."""
        raise NotImplementedError

    def _stratifies(self, targets: Any) -> bool:
        """Whether rows are held out class by class."""
        raise NotImplementedError

    # --- Fitting ---

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        held: tuple[Any, Any, Any] = (None, None, None),
        *,
        incremental: bool = False,
        classes: Any = None,
    ) -> None:
        arguments.check(self)
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        before = vars(self).get("_fitted") if incremental or self.warm_start else None
        table = rows.checked_table(self, X, reset=before is None)
        given, targets = self._rows(table, y, sample_weight, before, classes, incremental)
        seed = arguments.seed_of(self.random_state) if before is None else before.seed
        kept = None
        if held[0] is not None:
            kept = self._kept(targets, *held)
        elif self.early_stopping and not arguments.is_lbfgs(self):
            given, kept = rows.split(given, self.validation_fraction, self._stratifies(targets), seed)
        count = given.length
        if self.shuffle:
            given = rows.merged(given)
        fitted = before or self._begun(given, targets, seed, incremental or self.warm_start)
        training.train(self, fitted, given, kept, count, incremental)
        if not all(np.isfinite(weight).all() for weight in fitted.net.get_weights()):
            raise ValueError(NOT_FINITE)
        self._show(fitted)

    def _rows(
        self, table: Any, y: Any, sample_weight: Any, before: Fitted | None, classes: Any, incremental: bool
    ) -> tuple[Rows, Any]:
        """The rows that weigh something, and what their numbers stand for."""
        weight = rows.checked_weights(sample_weight, table)
        y = self._checked(y)
        check_consistent_length(table, y)
        given = rows.weighing(Rows(table, y, weight))
        numbers, targets = self._targets(given.y, before, classes, incremental)
        weight = self._weights(given.y, numbers, targets, given.weight)
        return rows.weighing(Rows(given.x, numbers, weight)), targets

    def _kept(self, targets: Any, X: Any, y: Any, sample_weight: Any) -> Rows:
        """Rows to validate with that the caller brought."""
        table = rows.checked_table(self, X, reset=False)
        y = self._checked(y)
        check_consistent_length(table, y)
        numbers = y if targets is None else targets.numbers(y)
        return rows.weighing(Rows(table, numbers, rows.checked_weights(sample_weight, table)))

    def _begun(self, given: Rows, targets: Any, seed: int, goes_on: bool) -> Fitted:
        """All that is learned before the training itself, and a net with its first weights."""
        dtype = np.dtype(np.float64 if hasattr(given.x, "iloc") else given.x.dtype)
        kind = np.dtype(np.float64 if arguments.is_lbfgs(self) else np.float32)
        weights = vars(self).get("_given", {}) if goes_on else {}
        columns = Columns(None if weights else self.preprocessing, kind).fit(given.x, given.weight)
        targets, output, loss = self._ends(given, targets)
        net = nets.build(
            columns.transform(rows.first(given.x)).shape[1],
            arguments.hidden_sizes(self.hidden_layer_sizes),
            arguments.activation(self.activation),
            output,
            start=arguments.first_numbers(self.random_state, seed),
            seed=seed,
            dropout=float(self.dropout),
            normalization=self.normalization,
            dtype=kind,
        )
        for name, variables in (("coefs_", nets.kernels(net)), ("intercepts_", nets.biases(net))):
            if name in weights:
                nets.assign(variables, weights[name], name)
        return Fitted(seed, dtype, columns, targets, output, loss, isinstance(self.loss, str), net)

    # --- What scikit-learn's users look at ---

    def _show(self, fitted: Fitted) -> None:
        progress, output = fitted.progress, fitted.output
        self._fitted = fitted
        self.model_ = fitted.net
        self.encoder_ = fitted.columns.encoder
        self.n_layers_ = len(nets.kernels(fitted.net)) + 1
        self.n_outputs_ = output.units
        self.out_activation_ = _OUT_ACTIVATIONS.get(output.activation, output.activation)
        self.n_iter_ = progress.iterations
        self.t_ = progress.seen
        self.loss_ = progress.loss
        self.best_loss_ = progress.best_loss
        self.loss_curve_ = progress.losses
        self.validation_scores_ = progress.scores
        self.validation_loss_curve_ = progress.validation_losses if progress.scores is not None else None
        self.best_validation_score_ = progress.best_score
        self._no_improvement_count = progress.stale  # under the names that scikit-learn's own tests know, as _optimizer

    @property
    def coefs_(self) -> list[Array]:
        """The weights of each layer, (units below, units). Setting them sets the net's.

        Before the first fit they can be set as well, ``intercepts_`` with them: a warm start or ``partial_fit`` begins
        with them then, and takes the columns as they are, since the weights were made for these.
        """
        return self._shown("coefs_", nets.kernels)

    @coefs_.setter
    def coefs_(self, values: Any) -> None:
        self._take("coefs_", nets.kernels, values)

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of each layer, (units,). Setting them sets the net's."""
        return self._shown("intercepts_", nets.biases)

    @intercepts_.setter
    def intercepts_(self, values: Any) -> None:
        self._take("intercepts_", nets.biases, values)

    def _shown(self, name: str, of: Callable[[Sequential], list[Variable]]) -> list[Any]:
        if not self.__sklearn_is_fitted__() and name in vars(self).get("_given", {}):
            found: list[Any] = self._given[name]
            return found
        return [variable.array.astype(self._known.dtype) for variable in of(self._known.net)]

    def _take(self, name: str, of: Callable[[Sequential], list[Variable]], values: Any) -> None:
        if self.__sklearn_is_fitted__():
            nets.assign(of(self._known.net), values, name)
        else:
            self._given = {**vars(self).get("_given", {}), name: values}

    # --- Files ---

    def save(self, filepath: Path, overwrite: bool = True) -> None:
        """Save the estimator to one safetensors file without code, from which :func:`dlcore.load_model` takes it.

        It holds the arguments, what was learned of columns and targets, and the net; the optimizer's state as well,
        where another ``partial_fit`` goes on from it. ``callbacks`` and ``random_state`` are left out.

        Parameters
        ----------
        filepath : path
            Ending in ``.safetensors``, by custom. The file is replaced as a whole, or left as it was.
        overwrite : bool
            Whether a file that is there may be replaced.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If there is nothing to save yet.
        FileExistsError
            If the file may not be replaced.
        TypeError, ValueError
            If an argument cannot be described, such as a lambda.
        OSError
            If the file cannot be written.
        """
        check_is_fitted(self)
        saving.save(self, filepath, overwrite)

    def _resume(self, fitted: Fitted) -> None:
        """Give a loaded net the optimizer whose state is going to be loaded."""
        if not fitted.settled:
            fitted.net.compile(solvers.optimizer_of(self, None), loss=fitted.loss)

    @property
    def _known(self) -> Fitted:
        try:
            found: Fitted = vars(self)["_fitted"]
        except KeyError:
            raise AttributeError(f"this {type(self).__name__} is not fitted yet") from None
        return found

    @property
    def _optimizer(self) -> Any:
        """The net's optimizer."""
        return self._known.net.optimizer

    # --- Predicting ---

    def _values(self, X: Any) -> tuple[Fitted, Array]:
        """What the net gives for each row."""
        check_is_fitted(self)
        return self._fitted, self._fitted.values(rows.checked_table(self, X, reset=False))

    def __sklearn_is_fitted__(self) -> bool:
        return "_fitted" in vars(self)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = self.preprocessing is not None
        return tags
