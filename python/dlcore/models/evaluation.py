"""evaluate and predict, and the methods that take one batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.backends import get_backend
from dlcore.backends.contract import Array
from dlcore.callbacks import Callback, CallbackList, Logs
from dlcore.callbacks.progress import written
from dlcore.models import data
from dlcore.models.announced import announced
from dlcore.models.arguments import check_steps, rows_at_once, verbosity
from dlcore.models.feeds import Feed, is_stream
from dlcore.models.forms import OutlineForm
from dlcore.models.intake import is_lazy, open_feed
from dlcore.models.outline import Outline
from dlcore.models.plan import prediction_engine
from dlcore.models.predictor import EnginePredictor, StepPredictor
from dlcore.models.runners import Runner
from dlcore.models.running import Runnable
from dlcore.models.steps import Steps

#: A batch size that no array reaches.
ALL_ROWS = 2**62


class Evaluator(Runnable):
    """A model that can be evaluated and asked for predictions."""

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Callback | Sequence[Callback] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Loss and metrics over all rows.

        Parameters
        ----------
        x, y, sample_weight
            As for :meth:`fit`.
        batch_size : int, optional
            32 by default. Changes nothing but, for a loss whose reduction depends on the batch, the result.
        verbose : 0, 1, 2 or "auto"
            Whether to print the result.
        steps : int, optional
            Batches to look at. Default: all.
        callbacks : Callback or list of Callback, optional
            Their ``on_test_…`` methods are called.
        return_dict : bool
            Whether to return names too.

        Returns
        -------
        float, list of float, or dict
            The loss; with metrics, loss and metrics; with return_dict, by name.
        """
        level = verbosity(verbose)
        check_steps("steps", steps)
        form, x = self._form(x, y)
        feed = open_feed(form, x, y, sample_weight, batch_size=batch_size)
        listeners = CallbackList(callbacks, model=self, verbose=level, steps=steps or feed.steps)
        logs = self._evaluated(self._runner(form, feed), feed, steps, listeners)
        if level:
            print(written(logs))
        return _returned(logs, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Callback | Sequence[Callback] | None = None,
    ) -> Array:
        """The output for each row.

        Parameters
        ----------
        x : array (rows, …)
            Rows may be none at all. Or an iterable of batches.
        batch_size : int, optional
            Rows at a time where the model is no stack of Dense layers (default 32). An engine takes as many as fit
            its caches; a row's output is the same in any batch.
        verbose : 0, 1, 2 or "auto"
            Changes nothing.
        steps : int, optional
            Batches to predict. Default: all.
        callbacks : Callback or list of Callback, optional
            Their ``on_predict_…`` methods are called.

        Returns
        -------
        ndarray (rows, …)
            Of the model's dtype.
        """
        verbosity(verbose)
        shape = self._engine_shape(x) if type(self).predict_step is Steps.predict_step else None
        if (
            shape is None
            or callbacks is not None
            or steps is not None
            or is_stream(x)
            or is_lazy(x, OutlineForm(shape))
        ):
            return self._predicted(shape, x, batch_size, steps, callbacks)
        rows = shape.features(x)
        if batch_size is not None:
            rows_at_once(batch_size, len(rows))
        return self._engine_output(shape, rows)

    def predictor(self) -> Callable[..., Array]:
        """A function for rows that arrive one by one: :meth:`predict` without its machinery.

        It follows the weights through later training, until the model is compiled or built anew. Threads may share it.

        Returns
        -------
        callable (x, out=None)
            ``x`` is one row (inputs,) or several (rows, inputs), anything that converts; ``out``, if given, gets the
            result: an array (units,) or (rows, units) of the model's dtype that does not overlap ``x``. Returns the
            result. Quickest for C-contiguous arrays of the model's dtype. For a model with layers that no engine
            runs, rows only.

        Raises
        ------
        ValueError
            If the model is not built.

        Examples
        --------
        >>> predict = model.predictor()
        >>> predict(row, out)
        """
        if not self.built:
            raise ValueError("the model has no weights yet: build it, give it an Input, or fit it first")
        shape = self._engine_shape() if type(self).predict_step is Steps.predict_step else None
        if shape is None:
            return StepPredictor(self._step_output)
        engine = prediction_engine(get_backend(), shape)
        predictor = EnginePredictor(shape, engine)
        return predictor if shape.scaling else engine.predictor(predictor)

    def _engine_output(self, shape: Outline, rows: Array) -> Array:
        if shape.inputs is None:
            self.build((None, rows.shape[1]))
        backend = get_backend()
        if self._predictor is None or self._predictor[0] is not backend:
            self._predictor = (backend, prediction_engine(backend, shape))
        out = np.empty((len(rows), shape.units), shape.dtype)
        self._predictor[1].predict(rows, out)
        return out

    def _step_output(self, rows: Any) -> Array:
        with np.errstate(all="ignore"):  # as in an engine
            return np.asarray(self.predict_step(rows))

    def _predicted(
        self, shape: Outline | None, x: Any, batch_size: int | None, steps: int | None, callbacks: Any
    ) -> Array:
        """The output batch by batch."""
        check_steps("steps", steps)
        form = self._any_form() if shape is None else OutlineForm(shape)
        if shape is None and not is_stream(x) and not data.is_sparse(x) and not len(data.dense("x", x)):
            return self._step_output(form.features(x))
        feed = open_feed(form, x, batch_size=batch_size)
        listeners = CallbackList(callbacks, model=self, steps=steps or feed.steps)
        outputs: list[Array] = []
        self.stop_predicting = False
        heard = self.steps_per_execution if listeners.wants_predict_batches else None

        def end(batch: int) -> None:
            latest = outputs[batch + 1 - self.steps_per_execution :]
            listeners.on_predict_batch_end(batch, {"outputs": np.concatenate(latest)})

        listeners.on_predict_begin()
        segments = feed.segments(steps, 1 if shape is None or heard is not None else None)
        if heard is not None:
            begin = listeners.on_predict_batch_begin
            segments = announced(segments, heard, begin, end, lambda: self.stop_predicting)
        for segment in segments:
            rows = segment.data[0]
            outputs.append(self._step_output(rows) if shape is None else self._engine_output(shape, rows))
        listeners.on_predict_end()
        return np.concatenate(outputs)

    def _evaluated(self, runner: Runner, feed: Feed, steps: int | None, listeners: CallbackList) -> Logs:
        """Loss and metrics over a feed."""
        self.stop_evaluating = False
        at_once = self.steps_per_execution if listeners.wants_test_batches else None

        def end(batch: int) -> None:
            listeners.on_test_batch_end(batch, runner.logs())

        listeners.on_test_begin()
        runner.begin()
        segments = feed.segments(steps, at_once)
        if at_once is not None:
            begin = listeners.on_test_batch_begin
            segments = announced(segments, at_once, begin, end, lambda: self.stop_evaluating)
        for segment in segments:
            runner.evaluate(segment)
        runner.finish()
        logs = runner.logs()
        if not runner.rows:  # an iterator that has ended: it was warned of
            logs = dict.fromkeys(logs or self.get_metrics_result(), math.nan)
        listeners.on_test_end(logs)
        return logs

    # --- One batch ---

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[Any, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Take one step on one batch; returns its loss and metrics as :meth:`evaluate` does."""
        form, x = self._form(x, y)
        feed = open_feed(form, x, y, sample_weight, class_weight=class_weight, batch_size=ALL_ROWS)
        self.optimizer.rates(1)
        runner = self._runner(form, feed)
        runner.begin()
        for segment in feed.segments(None):
            runner.train(segment, None)
        runner.finish()
        return _returned(runner.logs(), return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Loss and metrics of one batch."""
        return self.evaluate(x, y, batch_size=ALL_ROWS, verbose=0, sample_weight=sample_weight, return_dict=return_dict)

    def predict_on_batch(self, x: Any) -> Array:
        """The output for one batch."""
        return self.predict(x, batch_size=ALL_ROWS)


def _returned(logs: Logs, return_dict: bool) -> Any:
    if return_dict:
        return logs
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
