"""A model fitted to a table: validated while it learns, shown as it learns, stopped when it learns no more."""

from __future__ import annotations

import time
import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dlcore.callbacks import Callback, EarlyStopping
from dlcore.callbacks.callback import Logs

#: The share of the training rows that says when to stop.
VALIDATION = 0.15

#: Epochs without a lower loss of the validation rows, after which a training ends.
PATIENCE = 15


class Settings(NamedTuple):
    """How to train; None is what fits the table."""

    seed: int
    epochs: int | None = None
    hidden: tuple[int, ...] | None = None
    time_budget: float | None = None


class Fit(NamedTuple):
    """A fitted estimator, and how it went.

    Attributes
    ----------
    estimator : MLPClassifier or MLPRegressor
    curves : dict of str to list of float
        Loss of each epoch: "training", "validation".
    best : int
        The epoch (from 0) whose weights were kept.
    ended : str
        Why the training ended, for people.
    """

    estimator: Any
    curves: dict[str, list[float]]
    best: int
    ended: str


class Bar(Callback):
    """Shows epochs as they go by on standard error, if that is a terminal, and ends a training in time.

    Attributes
    ----------
    planned : int
        Epochs, if nothing ends the training before.
    out_of_time : bool
        Whether the time was up.
    """

    def __init__(self, budget: float | None) -> None:
        self.planned = 0
        self.out_of_time = False
        self._budget = budget
        self._began = 0.0
        self._bar: Any = None

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        """Start."""
        from tqdm import tqdm

        self._began = time.monotonic()
        self.planned = (self.params or {})["epochs"]
        self._bar = tqdm(total=self.planned, desc="training", unit=" epochs", disable=None)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        """One more."""
        logs = logs or {}
        shown = {name: f"{logs[name]:.4g}" for name in ("loss", "val_loss", "val_score") if name in logs}
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update()
        if self._budget is not None and time.monotonic() - self._began > self._budget:
            self.out_of_time = self.model.stop_training = True

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()


def fit(
    kind: str,
    train: tuple[Any, NDArray[Any], NDArray[Any] | None],
    validation: tuple[Any, NDArray[Any], NDArray[Any] | None],
    settings: Settings,
) -> Fit:
    """Fit an estimator.

    Parameters
    ----------
    kind : "classification", "multilabel" or "regression"
    train, validation : (frame, targets, weights or None)
    settings : Settings

    Raises
    ------
    ValueError, TypeError
        As the estimator does.
    KeyboardInterrupt
        If the user ends the training: the estimator itself would keep what it has.
    """
    from sklearn.exceptions import ConvergenceWarning

    bar = Bar(settings.time_budget)
    stop = EarlyStopping("val_loss", patience=PATIENCE, restore_best_weights=True)
    estimator = _estimator(kind, settings, len(train[1])).set_params(callbacks=[bar, stop])
    held = dict(zip(("X_val", "y_val", "sample_weight_val"), validation, strict=True))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.filterwarnings("ignore", message="The number of unique classes")
            warnings.filterwarnings("error", message="Training interrupted")
            estimator.fit(*train, **held)
    except UserWarning as warning:
        if "Training interrupted" not in str(warning):
            raise
        raise KeyboardInterrupt from None
    finally:
        bar.close()
    curves = {"training": list(estimator.loss_curve_), "validation": list(estimator.validation_loss_curve_)}
    seen = len(curves["training"])
    if bar.out_of_time:
        ended = f"after {seen} epochs, when the time was up"
    elif seen < bar.planned:
        ended = f"after {seen} epochs: the loss of the validation rows fell no more for {PATIENCE} epochs"
    else:
        ended = f"after all {seen} epochs"
    return Fit(estimator.set_params(callbacks=None), curves, stop.best_epoch, ended)


def _estimator(kind: str, settings: Settings, rows: int) -> Any:
    """An estimator with its own recipe; for a given number of epochs the same recipe is stretched over them."""
    from dlcore.estimators import MLPClassifier, MLPRegressor, solvers
    from dlcore.optimizers.schedules import CosineDecay

    made = (MLPRegressor if kind == "regression" else MLPClassifier)(
        random_state=settings.seed, n_iter_no_change=np.inf
    )
    if settings.hidden is not None:
        made.set_params(hidden_layer_sizes=settings.hidden)
    if settings.epochs is not None:
        batch = solvers.plan(made, rows, rows).batch
        steps = settings.epochs * -(-rows // batch)
        rise, rate = int(solvers.WARM_UP * steps), made.learning_rate_init
        schedule = CosineDecay(rate / 10, steps - rise, warmup_target=rate, warmup_steps=rise)
        made.set_params(max_iter=settings.epochs, batch_size=batch, learning_rate=schedule, weight_decay=solvers.DECAY)
    return made
