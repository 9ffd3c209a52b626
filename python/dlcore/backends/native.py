"""The compiled core as a backend."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from operator import attrgetter
from types import ModuleType

from dlcore.backends.contract import Array, Engine, Parameters, Report, Statistics
from dlcore.backends.network import Hyper, NetworkSpec, NormalizationSpec, Shaping, Totals


class NativeEngine:
    """The core's fused engine: an epoch is one call, the update is applied where the gradient is made."""

    def __init__(
        self,
        core: ModuleType,
        spec: NetworkSpec,
        parameters: Sequence[Parameters],
        slots: Sequence[tuple[Sequence[Array], Sequence[Array]]],
        shaping: Shaping | None,
        draws: Sequence[Array | None],
        statistics: Sequence[Statistics | None],
    ) -> None:
        self._engine = core.Engine(spec, parameters, slots, shaping, draws, statistics)
        self.predict = self._engine.predict
        self.predictor = self._engine.predictor

    #: See :attr:`dlcore.backends.contract.Engine.taken`. Read by no function of Python's, which Ctrl-C could cut short.
    taken = property(attrgetter("_engine.taken"))

    def train(
        self,
        x: Array,
        y: Array,
        sample_weight: Array | None,
        order: Array | None,
        batch_size: int,
        hyper: Hyper,
        learning_rates: Array,
        report: Report | None,
    ) -> Totals:
        """See :meth:`dlcore.backends.contract.Engine.train`."""
        watch = None if report is None else (lambda totals: report(Totals(*totals)))
        return Totals(*self._engine.train(x, y, sample_weight, order, batch_size, hyper, learning_rates, watch))

    def evaluate(self, x: Array, y: Array, sample_weight: Array | None, batch_size: int) -> Totals:
        """See :meth:`dlcore.backends.contract.Engine.evaluate`."""
        return Totals(*self._engine.evaluate(x, y, sample_weight, batch_size))


class Native:
    """The backend of compiled kernels. Its methods are the core's functions themselves: nothing stands between."""

    name = "native"

    def __init__(self, core: ModuleType) -> None:
        self._core = core
        self.dense_forward = core.dense_forward
        self.dense_backward = core.dense_backward
        self.activation_forward = core.activation_forward
        self.activation_backward = core.activation_backward
        self.normalization_moments = core.normalization_moments
        self.normalization_forward = core.normalization_forward
        self.normalization_backward = core.normalization_backward
        self.loss = core.loss
        self.metric = core.metric
        self.update = core.update
        self.sum_of_absolutes = core.sum_of_absolutes
        self.sum_of_squares = core.sum_of_squares
        self.all_finite = core.all_finite
        self.weighted_average = core.weighted_average
        self.permutation = core.permutation
        self.get_num_threads = core.get_num_threads
        self.set_num_threads = core.set_num_threads

    def engine(
        self,
        spec: NetworkSpec,
        parameters: Sequence[Parameters],
        slots: Sequence[tuple[Sequence[Array], Sequence[Array]]],
        shaping: Shaping | None = None,
        draws: Sequence[Array | None] = (),
        statistics: Sequence[Statistics | None] = (),
    ) -> Engine | None:
        """Every network that a spec can say runs fused, but for one with a frozen normalization."""
        if any(isinstance(layer, NormalizationSpec) and layer.frozen for layer in spec.layers):
            return None
        return NativeEngine(self._core, spec, parameters, slots, shaping, draws, statistics)


def _core() -> ModuleType:
    """The compiled module. Raises ImportError with the reason if it is missing or this processor cannot run it."""
    if find_spec("dlcore._core") is None:
        raise ImportError("this installation has no compiled module, dlcore._core")
    from dlcore import _core

    return _core


def load() -> Native:
    """The native backend, with the instruction set and the threads that DLCORE_ISA and DLCORE_NUM_THREADS ask for.

    Raises
    ------
    ImportError
        If the compiled module is missing or the processor lacks the instructions it needs.
    ValueError
        If DLCORE_ISA names an instruction set that is not available, or DLCORE_NUM_THREADS is not a thread count.
    """
    core = _core()
    if wanted := os.environ.get("DLCORE_ISA"):
        try:
            core.force_isa(wanted)
        except ValueError as error:
            raise ValueError(f"DLCORE_ISA: {error}") from None
    if wanted := os.environ.get("DLCORE_NUM_THREADS"):
        try:
            core.set_num_threads(int(wanted))
        except (TypeError, ValueError):
            raise ValueError(f"DLCORE_NUM_THREADS must be a whole number from 1 to 1024; got {wanted!r}") from None
    return Native(core)


def available_isas() -> list[str]:
    """Instruction sets the core was built for and this processor can run, best first."""
    names: list[str] = _core().available_isas()
    return names


def active_isa() -> str:
    """The instruction set in use."""
    name: str = _core().active_isa()
    return name


def force_isa(name: str) -> None:
    """Use this instruction set from now on; ValueError, listing the available ones, if it is not available."""
    _core().force_isa(name)


def build_info() -> dict[str, str]:
    """The instruction set in use, those available, and what the core was built with."""
    core = _core()
    instruction_sets = {"instruction set": core.active_isa(), "available": ", ".join(core.available_isas())}
    return {**instruction_sets, **core.build_info()}
