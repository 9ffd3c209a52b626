"""compile, and the choice of how a compiled model runs: in an engine, or by its own steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from dlcore import optimizers
from dlcore.backends import get_backend
from dlcore.backends.contract import Backend, Engine
from dlcore.callbacks import History
from dlcore.models.arguments import check_steps
from dlcore.models.compiled import compiled
from dlcore.models.feeds import Feed, Stream, is_stream
from dlcore.models.forms import AnyForm, EngineForm, Form
from dlcore.models.intake import Order
from dlcore.models.outline import Outline
from dlcore.models.plan import Plan, detours, plan_key, training_plan
from dlcore.models.runners import EngineRunner, Runner, StepRunner
from dlcore.models.steps import Steps

if TYPE_CHECKING:
    from dlcore.models.model import Model

#: Overriding one of these makes fit and evaluate call it for every batch.
OVERRIDABLE = {name: getattr(Steps, name) for name in ("train_step", "test_step", "compute_loss", "compute_metrics")}


class Runnable(Steps):
    """A model that can be compiled, and knows how it will run."""

    stop_training: bool

    def __init__(self) -> None:
        super().__init__()
        self.compiled = False
        self.stop_training = False
        self.history: History | None = None
        #: Epochs trained so far, by all fits together: what the next shuffle is drawn from.
        self.epochs_trained = 0
        #: What the order of rows is drawn from instead of the package's seed, for models trained side by side.
        self.shuffle_seed: int | None = None
        self.run_eagerly = False
        self.steps_per_execution = 1
        self.jit_compile: Any = "auto"
        self._forget_plan()

    if TYPE_CHECKING:
        built: bool

        def build(self, input_shape: Any = None) -> None:
            """Make the weights for inputs of a shape."""

        def _outline(self) -> Outline:
            """The layers as an engine sees them; NotImplementedError says why there is none."""

    def _forget_plan(self) -> None:
        self._shape: Outline | None = None
        self._reason: str | None = None
        self._plan: Plan | None = None
        self._predictor: tuple[Backend, Engine] | None = None
        self._goal = None
        self._order = np.empty(0, np.int64)

    def __getstate__(self) -> dict[str, Any]:
        """Engines are left out of copies and pickles; they are made anew when needed."""
        return {**self.__dict__, "_shape": None, "_reason": None, "_plan": None, "_predictor": None}

    # --- compile ---

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Sequence[Any] | None = None,
        weighted_metrics: Sequence[Any] | None = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,  # noqa: ARG002 - there are no half-precision weights to scale for
    ) -> None:
        """Choose how to train.

        Parameters
        ----------
        optimizer : str or Optimizer
            A name of :mod:`dlcore.optimizers` or an object.
        loss : str, Loss or callable, optional
            A name of :mod:`dlcore.losses`, an object, or a function (y_true, y_pred) of differentiable operations;
            "crossentropy" chooses by the shapes. Needed to fit and to evaluate unless the layers add losses.
        loss_weights : optional
            For models of several outputs; must be None.
        metrics : list of str, Metric or callable, optional
            Names of :mod:`dlcore.metrics`, objects or functions; "accuracy" chooses by the shapes.
        weighted_metrics : list, optional
            The same, weighted by ``sample_weight`` and ``class_weight``.
        steps_per_execution : int
            Of how many batches at a time callbacks hear, if any wants to hear of batches.
        run_eagerly, jit_compile, auto_scale_loss
            Taken for Keras's sake; they change nothing: there is no graph to leave.

        Raises
        ------
        ValueError, TypeError
            For an unknown name, or what is no loss or metric. The model stays as it was then.
        """
        check_steps("steps_per_execution", 0 if steps_per_execution is None else steps_per_execution)
        if loss_weights is not None:
            raise ValueError(f"loss_weights must be None: the model has one output; got {loss_weights!r}")
        kept = compiled(loss, metrics, weighted_metrics)
        self.optimizer = optimizers.get(optimizer)
        self.loss, self._compiled = kept.loss, kept
        self.run_eagerly, self.jit_compile = run_eagerly, jit_compile
        self.steps_per_execution = int(steps_per_execution)
        self.stop_training = False
        self.compiled = True
        self._forget_plan()

    # --- Which way to run ---

    def how_it_trains(self) -> str:
        """A sentence: in an engine, op by op through the kernels, or by its own steps; and why."""
        shape = self._engine_shape()
        overridden = self._overridden()
        if overridden or shape is None:
            reason = f"{type(self).__name__} overrides {', '.join(overridden)}" if overridden else self._reason
            return f"batch by batch by differentiable operations, because {reason}"
        if self._compiled is None:
            return "in an engine, once it is compiled with a loss and an optimizer that have kernels"
        goal = self._goal or self._compiled.goal((None, shape.units), (None, shape.units))
        reasons = detours(shape, goal, self.optimizer)
        if reasons:
            return f"op by op through the kernels, because {'; '.join(reasons)}"
        return "in an engine, an epoch in one call"

    def _overridden(self) -> list[str]:
        kind = type(self)
        return [name for name, method in OVERRIDABLE.items() if getattr(kind, name) is not method]

    def _engine_shape(self, x: Any = None) -> Outline | None:
        """The layers as an engine sees them; None if it cannot run them, and then ``_reason`` says why.

        An engine takes matrices. If the weights are yet to be made and x holds something else, they are made for that.
        """
        if self._shape is None and self._reason is None:
            try:
                self._shape = self._outline()
            except NotImplementedError as error:
                self._reason = str(error)
        if self._shape is not None and not self._shape.built and x is not None:
            row = x.row_shape if isinstance(x, Stream) else np.shape(x)[1:]
            if len(row) > 1:
                self.build((None, *row))
                self._shape = None
                return self._engine_shape()
        return self._shape

    def _form(self, x: Any, y: Any, order: Callable[[int], Order] | None = None) -> tuple[Form, Any]:
        """What the data must look like, and x; an iterable of batches comes back as a Stream that was looked into."""
        if self._compiled is None:
            raise ValueError("the model is not compiled: call compile(optimizer, loss) before fit and evaluate")
        if is_stream(x):
            x = Stream(x, orders=order)
        shape = None if self._overridden() else self._engine_shape(x)
        if shape is None:
            return self._any_form(), x
        if self._goal is None or self._plan is None:
            if isinstance(x, Stream):
                y = x.peek()[1]
            self._goal = self._compiled.goal(_shape_of(y), (None, shape.units))
        return EngineForm(shape, self._goal), x

    def _any_form(self) -> AnyForm:
        """Data for differentiable operations: floating arrays in the widest dtype that a layer computes in."""
        wide = any(layer.dtype == "float64" for layer in self._flatten_layers())
        return AnyForm(np.dtype("float64" if wide else self.dtype))

    def _runner(self, form: Form, feed: Feed) -> Runner:
        """What runs the model: an engine, or the model's own steps. Makes the weights."""
        if not isinstance(form, EngineForm):
            return StepRunner(cast("Model", self))
        if not form.shape.built:
            self.build((None, *feed.row_shape))
        return EngineRunner(lambda: self._planned(form))

    def _planned(self, form: EngineForm) -> Plan:
        """The plan in use, or a new one if what it depends on has changed."""
        backend, plan = get_backend(), self._plan
        key = plan_key(backend, self.optimizer, form.shape)
        if plan is None or plan.key != key:
            self._plan = plan = training_plan(backend, form.shape, form.goal, self.optimizer)
        return plan


def _shape_of(y: Any) -> tuple[int | None, ...]:
    shape: tuple[int | None, ...] = np.shape(y)
    return shape or (None,)
