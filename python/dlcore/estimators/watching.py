"""What is noted after each epoch, and when a training has gone on for long enough: scikit-learn's rules."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.callbacks import Callback, Logs
from dlcore.estimators.solvers import LOWEST_RATE
from dlcore.floats import Array


class Progress:
    """What the epochs of an estimator have led to so far; a warm start goes on with it.

    Attributes
    ----------
    seen : int
        Rows trained on, counted once an epoch.
    losses, validation_losses : list of float
    scores : list of float or None
        Of the validation rows; None if there are none.
    best_loss, best_score : float or None
    best_weights : list of array or None
        Those of the best score.
    stale : int
        Epochs in a row without an improvement.
    iterations : int
        Epochs, or iterations, of the last fit.
    loss : float
        The last one.
    """

    def __init__(self, validated: bool) -> None:
        self.seen = self.iterations = 0
        self.loss = math.nan
        self.losses: list[float] = []
        self.validation_losses: list[float] = []
        self.scores: list[float] | None = [] if validated else None
        self.best_loss: float | None = None if validated else math.inf
        self.best_score: float | None = -math.inf if validated else None
        self.best_weights: list[Array] | None = None
        self.stale = 0

    def validate(self, validated: bool) -> None:
        """Whether the epochs to come are validated; what was noted otherwise begins anew."""
        if validated != (self.scores is not None):
            fresh = Progress(validated)
            self.scores, self.best_loss, self.best_score = fresh.scores, fresh.best_loss, fresh.best_score
            self.best_weights = None


class Watch(Callback):
    """Notes loss and score of each epoch, prints them, slows down or stops the training.

    Parameters
    ----------
    progress : Progress
        Where to note.
    rows : int
        Of an epoch.
    columns : int
        What the loss is divided by before it is noted.
    score : callable () -> float, optional
        The score of the validation rows. The best weights are given back at the end then.
    tol, patience, learning_rate, initial_rate, power_t, verbose
        The estimator's arguments; patience is ``n_iter_no_change``, initial_rate ``learning_rate_init``.
    """

    def __init__(
        self,
        progress: Progress,
        rows: int,
        columns: int,
        score: Callable[[], float] | None,
        *,
        tol: float,
        patience: float,
        learning_rate: Any,
        initial_rate: float,
        power_t: float,
        verbose: Any,
    ) -> None:
        self.progress, self.rows, self.columns, self.score = progress, rows, columns, score
        self.tol, self.patience = tol, patience
        self.learning_rate, self.initial_rate, self.power_t = learning_rate, initial_rate, power_t
        self.verbose = verbose
        self.converged = False

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Count anew."""
        self.progress.iterations = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Note, compare, decide."""
        logs = {} if logs is None else logs
        progress, loss = self.progress, float(logs["loss"]) / self.columns
        progress.iterations += 1
        progress.seen += self.rows
        progress.loss = loss
        progress.losses.append(loss)
        if self.verbose:
            print(f"Iteration {progress.iterations}, loss = {loss:.8f}")
        if self.score is None:
            self._compare_losses(loss)
        else:
            self._compare_scores(self.score(), logs)
        if self.learning_rate == "invscaling":
            self.model.optimizer.learning_rate = self.initial_rate / (progress.seen + 1) ** self.power_t
        if progress.stale > self.patience:
            self._settle()
        if not math.isfinite(loss):
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Give the best weights back."""
        self.restore()

    def restore(self) -> None:
        """Set the weights of the best score."""
        if self.progress.best_weights is not None:
            self.model.set_weights(self.progress.best_weights)

    def _compare_losses(self, loss: float) -> None:
        progress = self.progress
        assert progress.best_loss is not None
        progress.stale = progress.stale + 1 if loss > progress.best_loss - self.tol else 0
        progress.best_loss = min(progress.best_loss, loss)

    def _compare_scores(self, score: float, logs: Logs) -> None:
        progress = self.progress
        assert progress.scores is not None
        assert progress.best_score is not None
        progress.scores.append(score)
        progress.validation_losses.append(float(logs.get("val_loss", math.nan)) / self.columns)
        logs["val_score"] = score
        if self.verbose:
            print(f"Validation score: {score:f}")
        progress.stale = progress.stale + 1 if score < progress.best_score + self.tol else 0
        if score > progress.best_score:
            progress.best_score = score
            progress.best_weights = [np.array(weight) for weight in self.model.get_weights()]

    def _settle(self) -> None:
        """Nothing has improved for long: go on more slowly, or stop."""
        what = "Training loss" if self.score is None else "Validation score"
        text = f"{what} did not improve more than tol={self.tol:f} for {self.patience} consecutive epochs."
        rate = float(self.model.optimizer.learning_rate) if self.learning_rate == "adaptive" else 0.0
        if self.learning_rate != "adaptive" or rate <= LOWEST_RATE:
            self.converged = self.model.stop_training = True
            text += " Learning rate too small. Stopping." if self.learning_rate == "adaptive" else " Stopping."
        else:
            self.model.optimizer.learning_rate = rate / 5
            self.progress.stale = 0
            text += f" Setting learning rate to {rate / 5:f}"
        if self.verbose:
            print(text)
