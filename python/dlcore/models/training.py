"""fit: an epoch is one call into an engine where the model allows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore import random
from dlcore.backends import get_backend
from dlcore.backends.contract import Array
from dlcore.callbacks import Callback, CallbackList, History, Logs, Progress
from dlcore.checks import number
from dlcore.models.announced import announced
from dlcore.models.arguments import check_epochs, check_flag, check_steps, validates, verbosity
from dlcore.models.evaluation import Evaluator
from dlcore.models.feeds import Feed, Stream
from dlcore.models.forms import Form
from dlcore.models.intake import open_feed, split_rows, validation_parts
from dlcore.models.runners import Runner


class Trainer(Evaluator):
    """A model that can be trained; the layers are another half's."""

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Callback | Sequence[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[Any, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> History:
        """Train.

        Parameters
        ----------
        x : array (rows, …)
            NumPy arrays, lists, data frames, memory-mapped arrays, sparse matrices. Used as it lies in memory if it
            is C-contiguous and of the model's dtype. Or an iterable of batches (x, y) or (x, y, sample_weight).
        y : array (rows, units), or integer labels (rows,)
            As the loss wants it.
        batch_size : int, optional
            Rows of a step, 32 by default. 1: stochastic descent. The number of rows: batch descent. An epoch has
            rows / batch_size steps, rounded up.
        epochs : int
            The number of the last epoch: epochs - initial_epoch epochs are trained.
        verbose : 0, 1, 2 or "auto"
            Silent; a progress bar ("auto"); a line an epoch.
        callbacks : Callback or list of Callback, optional
            See :mod:`dlcore.callbacks`.
        validation_split : float
            In [0, 1): this last part of the rows, before shuffling, is kept for validation.
        validation_data : (x, y) or (x, y, sample_weight), or an iterable of batches, optional
            Evaluated after each epoch.
        shuffle : bool
            Whether each epoch takes the rows (of a PyDataset: the batches) in an order of its own, a function of the
            seed and of the number of epochs trained before. Other iterables give their batches as they like.
        class_weight : dict of int to float, optional
            A factor for the loss of each class's rows; 1 for those not named. Not for validation.
        sample_weight : array (rows,), optional
            A factor for each row's loss.
        initial_epoch : int
            Where to start counting epochs.
        steps_per_epoch : int, optional
            Batches of an epoch, which goes on where the last one ended, and ends at the latest with the data (with a
            warning, if that is too early). Default: one pass.
        validation_steps : int, optional
            Batches of a validation. Default: all.
        validation_batch_size : int, optional
            Default: batch_size.
        validation_freq : int or list of int
            Validate after every so many epochs, or after those listed, counted from 1.

        Returns
        -------
        History
            Its ``history`` maps "loss", the metrics and both for the validation data to one number an epoch.

        Raises
        ------
        ValueError, TypeError
            For bad input: nothing has changed then.
        """
        check_epochs(epochs, initial_epoch)
        check_flag("shuffle", shuffle)
        check_steps("steps_per_epoch", steps_per_epoch)
        check_steps("validation_steps", validation_steps)
        check_steps("validation_batch_size", validation_batch_size)
        validates(validation_freq, 0)
        level = verbosity(verbose)
        held: tuple[Any, ...] | None = None
        if validation_data is not None:
            held = validation_parts(validation_data)
        elif number("validation_split", validation_split, 0, 1):
            (x, y, sample_weight), held = split_rows((x, y, sample_weight), validation_split)
        order = self._orders if shuffle else None
        form, x = self._form(x, y, order)
        feed = open_feed(form, x, y, sample_weight, class_weight=class_weight, batch_size=batch_size, order=order)
        validation = None if held is None else self._held_out(form, held, feed, validation_batch_size or batch_size)
        steps = feed.steps if steps_per_epoch is None else int(steps_per_epoch)
        listeners = CallbackList(callbacks, add_history=True, model=self, verbose=level, epochs=epochs, steps=steps)
        self.optimizer.rates(1)  # a bad learning rate is to be found before anything is made
        runner = self._runner(form, feed)
        rows = feed.rows if steps_per_epoch is None else None
        progress = Progress(0 if listeners.shows_progress else level, epochs, rows)
        history = listeners.history
        assert history is not None
        self.stop_training = False
        self._initial_epoch, self._initial_batch = initial_epoch, 0
        logs: Logs = {}
        listeners.on_train_begin()
        try:
            for epoch in range(self._initial_epoch, epochs):
                progress.begin(epoch)
                listeners.on_epoch_begin(epoch)
                self._train_epoch(runner, feed, steps_per_epoch, listeners, progress)
                if not runner.rows:
                    break
                self.epochs_trained += 1
                logs = runner.logs()
                if validation is not None and validates(validation_freq, epoch):
                    found = self._evaluated(runner, validation, validation_steps, listeners)
                    logs.update({"val_" + name: value for name, value in found.items()})
                progress.end(logs)
                listeners.on_epoch_end(epoch, logs)
                if self.stop_training or feed.exhausted:
                    break
        finally:
            progress.close()
        self.optimizer.finalize_variable_values(runner.learning())
        listeners.on_train_end(logs)
        return history

    @staticmethod
    def _held_out(form: Form, parts: tuple[Any, ...], training: Feed, batch_size: int | None) -> Feed:
        """The validation data, whose rows must be like those of the training data."""
        name, prefix = "validation_batch_size", "validation "
        feed = open_feed(form, *parts, batch_size=batch_size, batch_name=name, prefix=prefix)
        if isinstance(feed, Stream) or isinstance(training, Stream) or feed.row_shape == training.row_shape:
            return feed
        raise ValueError(f"validation x must have rows of shape {training.row_shape}, as x has; found {feed.row_shape}")

    def _train_epoch(
        self, runner: Runner, feed: Feed, steps: int | None, listeners: CallbackList, progress: Progress
    ) -> None:
        first = self._initial_batch
        if first:
            self._initial_batch = 0
        at_once = self.steps_per_execution if listeners.wants_batches else None

        def report() -> None:
            progress.show(runner.rows, runner.logs())

        segments = feed.segments(steps, at_once, first)
        if at_once is not None:

            def end(batch: int) -> None:
                report()
                listeners.on_train_batch_end(batch, runner.logs())

            begin = listeners.on_train_batch_begin
            segments = announced(segments, at_once, begin, end, lambda: self.stop_training, first)
        shown = report if progress.moves and at_once != 1 else None
        runner.begin()
        try:
            for segment in segments:
                if listeners.may_interfere:
                    runner.renew()
                runner.train(segment, shown)
                if feed.rows is None:
                    report()
        finally:
            runner.finish()

    def _orders(self, rows: int) -> Callable[[], Array]:
        """The order of the pass that begins over so many rows: a function of the seed and of the epochs before."""

        def order() -> Array:
            if len(self._order) != rows:
                self._order = np.empty(rows, np.int64)
            seed = random.global_seed() if self.shuffle_seed is None else self.shuffle_seed
            get_backend().permutation(seed, self.epochs_trained, self._order)
            return self._order

        return order
