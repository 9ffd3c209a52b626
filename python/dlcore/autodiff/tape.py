"""The tape: operations in the order they happened, walked backward to find gradients."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from dlcore.autodiff.tracer import (
    OPERATIONS,
    Differentiable,
    Record,
    Tensor,
    active_recorders,
    apply,
    as_tensors,
)

#: Every tape that still stands, for :func:`recording_tape`.
_tapes: weakref.WeakSet[GradientTape] = weakref.WeakSet()
_tapes_lock = threading.Lock()


def recording_tape(tensor: Differentiable) -> GradientTape:
    """The tape (the innermost of several) that saw how a tensor was computed and can still be asked.

    Raises
    ------
    RuntimeError
        If there is none.
    """
    with _tapes_lock:
        found = [tape for tape in _tapes if tape.can_differentiate(tensor)]
    if not found:
        raise RuntimeError(
            "no tape has recorded how this tensor was computed (or its tape is spent or gone): compute it within "
            "`with GradientTape() as tape:`, or give gradients a function that computes it"
        )
    return max(found, key=lambda tape: tape.number)


class GradientTape:
    """Records operations for automatic differentiation (TensorFlow's ``tf.GradientTape``).

    >>> x = Variable(3.0)
    >>> with GradientTape() as tape:
    ...     y = x * x
    >>> tape.gradient(y, x)
    <Tensor shape=(), dtype=float32, value=6.0>

    A tape inside another tape's block gives second derivatives: its :meth:`gradient` is recorded by the outer one.

    Parameters
    ----------
    persistent : bool
        Whether :meth:`gradient` may be called more than once.
    watch_accessed_variables : bool
        Whether trainable variables are watched without being asked for.

    Attributes
    ----------
    number : int
        Which tape of the process this is: a later one has a larger number.
    """

    _count = 0

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._watch_variables = watch_accessed_variables
        self._records: list[Record] = []
        # By id; what is watched is kept alive here, what was recorded is kept alive by its record.
        self._watched: dict[int, Differentiable] = {}
        self._recorded: set[int] = set()
        self._spent = False
        with _tapes_lock:
            GradientTape._count += 1
            self.number = GradientTape._count
            _tapes.add(self)

    @property
    def records(self) -> tuple[Record, ...]:
        """The operations recorded so far, in the order they happened."""
        return tuple(self._records)

    def can_differentiate(self, value: Differentiable) -> bool:
        """Whether :meth:`gradient` would find how a value was computed."""
        return not self._spent and (id(value) in self._recorded or id(value) in self._watched)

    def __enter__(self) -> GradientTape:
        active_recorders().append(self)
        return self

    def __exit__(self, *exception: object) -> None:
        active_recorders().remove(self)

    def watch(self, tensor: Differentiable | Iterable[Differentiable]) -> None:
        """Let gradients flow to a tensor or variable (or several) that is not watched anyway."""
        for value in [tensor] if isinstance(tensor, Differentiable) else tensor:
            if not isinstance(value, Differentiable):
                raise TypeError(f"watch takes Tensors and Variables; got {type(value).__name__}")
            if value.dtype.kind != "f":
                raise ValueError(f"only floating values have gradients; tensor has dtype {value.dtype}")
            self._watched[id(value)] = value

    def watched_variables(self) -> tuple[Differentiable, ...]:
        """The variables that were read while the tape recorded, or were watched."""
        return tuple(value for value in self._watched.values() if not isinstance(value, Tensor))

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """A block whose operations this tape does not see."""
        recorders = active_recorders()
        if self not in recorders:
            yield
            return
        place = recorders.index(self)
        recorders.remove(self)
        try:
            yield
        finally:
            recorders.insert(place, self)

    def reset(self) -> None:
        """Forget everything recorded and watched."""
        self._records.clear()
        self._recorded.clear()
        self._watched.clear()
        self._spent = False

    def tracks(self, value: Differentiable) -> bool:
        """Whether gradients flow to this value."""
        if id(value) in self._recorded or id(value) in self._watched:
            return True
        if self._watch_variables and getattr(value, "trainable", False):
            self._watched[id(value)] = value
            return True
        return False

    def record(self, record: Record) -> None:
        """Remember an operation."""
        self._records.append(record)
        self._recorded.add(id(record.output))

    def gradient(
        self,
        target: Differentiable | Sequence[Differentiable],
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = "none",
    ) -> Any:
        """The gradient of the sum of the target's elements with respect to each source.

        Parameters
        ----------
        target : Tensor, or several
            Computed while the tape recorded. Several targets are added.
        sources : Variable or Tensor, or a list, tuple or dict of them
            What to differentiate with respect to.
        output_gradients : array, optional
            Weights of the target's elements, one array a target. Default: ones.
        unconnected_gradients : "none" or "zero"
            What a source gets that the target does not depend on: None, or zeros.

        Returns
        -------
        Tensor or None, in the structure of ``sources``
            Of the source's shape and dtype.

        Raises
        ------
        RuntimeError
            If the tape is not persistent and was used before.
        """
        self._ready("gradient")
        if unconnected_gradients not in ("none", "zero"):
            raise ValueError(f"unconnected_gradients must be 'none' or 'zero'; got {unconnected_gradients!r}")
        targets = [target] if isinstance(target, Differentiable) else list(target)
        if not all(isinstance(value, Differentiable) for value in targets):
            raise TypeError("target must be a Tensor (or several) computed while the tape recorded")
        weights = [None] * len(targets) if output_gradients is None else output_gradients
        weights = [weights] if isinstance(target, Differentiable) and output_gradients is not None else weights
        if len(weights) != len(targets):
            raise ValueError(f"output_gradients must be as many as targets, {len(targets)}; got {len(weights)}")
        with self.stop_recording(), np.errstate(all="ignore"):  # IEEE values without a warning, as the kernels give
            gradients = self._backward(targets, list(weights), {id(source) for source in _flat(sources)})
            found = _rebuild(sources, lambda source: gradients.get(id(source)), unconnected_gradients == "zero")
        self._done()
        return found

    def jacobian(self, target: Differentiable, sources: Any, unconnected_gradients: str = "none") -> Any:
        """The derivative of every element of the target with respect to every element of each source.

        One walk backward for each element of the target. The arguments are those of :meth:`gradient`.

        Returns
        -------
        Tensor or None, in the structure of ``sources``
            Of the target's shape followed by the source's.
        """
        self._ready("jacobian")
        if unconnected_gradients not in ("none", "zero"):
            raise ValueError(f"unconnected_gradients must be 'none' or 'zero'; got {unconnected_gradients!r}")
        rows: list[dict[int, Tensor]] = []
        wanted = {id(source) for source in _flat(sources)}
        with self.stop_recording(), np.errstate(all="ignore"):
            for place in range(target.size):
                weight = np.zeros(target.size, target.dtype)
                weight[place] = 1
                rows.append(self._backward([target], [weight.reshape(target.shape)], wanted))

            def stacked(source: Differentiable) -> Tensor | None:
                parts = [row[id(source)] for row in rows if id(source) in row]
                if not parts and not (rows == [] or unconnected_gradients == "zero"):
                    return None
                zeros = Tensor(np.zeros_like(source.array))
                flat = [apply("reshape", row.get(id(source), zeros), shape=(1, -1)) for row in rows]
                joined = apply("concatenate", *flat, axis=0) if flat else Tensor(np.empty(0, source.dtype))
                return apply("reshape", joined, shape=(*target.shape, *source.shape))

            found = _rebuild(sources, stacked, False)
        self._done()
        return found

    def _ready(self, method: str) -> None:
        if self._spent:
            raise RuntimeError(
                f"{method} can be called once on a tape that is not persistent; use GradientTape(persistent=True)"
            )

    def _done(self) -> None:
        if not self._persistent:
            self._records.clear()
            self._recorded.clear()
            self._spent = True

    def _backward(self, targets: list[Differentiable], weights: list[Any], sources: set[int]) -> dict[int, Tensor]:
        """The gradient of every value between the targets and the sources, by id."""
        needed = self._needed(sources)
        gradients: dict[int, Tensor] = {}

        def add(value: Differentiable, gradient: Tensor) -> None:
            known = gradients.get(id(value))
            gradients[id(value)] = gradient if known is None else apply("add", known, gradient)

        for target, weight in zip(targets, weights, strict=True):
            ones = np.ones_like(target.array) if weight is None else None
            add(target, Tensor(ones) if weight is None else as_tensors(target, weight)[1])
        for record in reversed(self._records):
            g = gradients.get(id(record.output))
            if g is None or id(record.output) not in needed:
                continue
            if id(record.output) not in sources:
                del gradients[id(record.output)]
            for position, value in enumerate(record.inputs):
                if id(value) in needed:
                    add(value, pull(record, position, g))
        return gradients

    def _needed(self, sources: set[int]) -> set[int]:
        """The ids of the sources and of everything computed from them."""
        needed = set(sources)
        for record in self._records:
            if any(id(value) in needed for value in record.inputs):
                needed.add(id(record.output))
        return needed


def pull(record: Record, position: int, g: Tensor) -> Tensor:
    """The gradient of one input of an operation from that of its output."""
    rule = OPERATIONS[record.name].rule(position)
    if rule is None:
        raise NotImplementedError(f"{record.name} has no derivative with respect to its input {position}")
    pulled: Tensor = rule(g, record.output, *record.inputs, **record.parameters)
    return pulled


def _flat(sources: Any) -> list[Differentiable]:
    if isinstance(sources, Differentiable):
        return [sources]
    if isinstance(sources, dict):
        return [leaf for value in sources.values() for leaf in _flat(value)]
    if isinstance(sources, (list, tuple)):
        return [leaf for value in sources for leaf in _flat(value)]
    raise TypeError(f"sources must be Variables or Tensors; got {type(sources).__name__}: {sources!r}")


def _rebuild(sources: Any, find: Any, zero: bool) -> Any:
    """The gradients in the structure of the sources."""
    if isinstance(sources, Differentiable):
        gradient = find(sources)
        return Tensor(np.zeros_like(sources.array)) if gradient is None and zero else gradient
    if isinstance(sources, dict):
        return {key: _rebuild(value, find, zero) for key, value in sources.items()}
    return type(sources)(_rebuild(value, find, zero) for value in sources)
