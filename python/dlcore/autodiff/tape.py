"""The tape: operations in the order they happened, walked backward to find gradients."""

from __future__ import annotations

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
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._watch_variables = watch_accessed_variables
        self._records: list[Record] = []
        # By id; what is watched is kept alive here, what was recorded is kept alive by its record.
        self._watched: dict[int, Differentiable] = {}
        self._recorded: set[int] = set()
        self._spent = False

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
        self._check_use(unconnected_gradients)
        targets = [target] if isinstance(target, Differentiable) else list(target)
        if not all(isinstance(value, Differentiable) for value in targets):
            raise TypeError("target must be a Tensor (or several) computed while the tape recorded")
        weights = [None] * len(targets) if output_gradients is None else output_gradients
        weights = [weights] if isinstance(target, Differentiable) and output_gradients is not None else weights
        with self.stop_recording():
            gradients = self._backward(targets, list(weights), {id(source) for source in _flat(sources)})
            found = _rebuild(sources, lambda source: gradients.get(id(source)), unconnected_gradients == "zero")
        self._spend()
        return found

    def jacobian(self, target: Differentiable, sources: Any, unconnected_gradients: str = "none") -> Any:
        """The derivative of every number of the target with respect to every number of each source, row by row.

        Parameters
        ----------
        target : Tensor
            Computed while the tape recorded.
        sources, unconnected_gradients
            As in :meth:`gradient`.

        Returns
        -------
        Tensor or None, in the structure of ``sources``
            Of the shape (*target.shape, *source.shape).
        """
        self._check_use(unconnected_gradients)
        if not isinstance(target, Differentiable):
            raise TypeError(f"target must be a Tensor computed while the tape recorded; got {type(target).__name__}")
        ids = {id(source) for source in _flat(sources)}
        with self.stop_recording():
            rows = []
            for i in range(target.size):
                one = np.zeros(target.shape, target.dtype)
                one.flat[i] = 1
                rows.append(self._backward([target], [one], ids))

            def matrix(source: Differentiable) -> Tensor | None:
                if not any(id(source) in row for row in rows):
                    return Tensor(np.zeros(target.shape + source.shape, source.dtype)) if zero else None
                blank = Tensor(np.zeros_like(source.array))
                parts = (apply("reshape", row.get(id(source), blank), shape=(1, *source.shape)) for row in rows)
                return apply("reshape", apply("concatenate", *parts, axis=0), shape=target.shape + source.shape)

            zero = unconnected_gradients == "zero"
            found = _rebuild(sources, matrix, zero=False)
        self._spend()
        return found

    def _check_use(self, unconnected_gradients: str) -> None:
        if self._spent:
            raise RuntimeError(
                "gradient can be called once on a tape that is not persistent; use GradientTape(persistent=True)"
            )
        if unconnected_gradients not in ("none", "zero"):
            raise ValueError(f"unconnected_gradients must be 'none' or 'zero'; got {unconnected_gradients!r}")

    def _spend(self) -> None:
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
                    add(value, _pull(record, position, g))
        return gradients

    def _needed(self, sources: set[int]) -> set[int]:
        """The ids of the sources and of everything computed from them."""
        needed = set(sources)
        for record in self._records:
            if any(id(value) in needed for value in record.inputs):
                needed.add(id(record.output))
        return needed


def _pull(record: Record, position: int, g: Tensor) -> Tensor:
    """The gradient of one input of an operation from that of its output."""
    _, rules, each = OPERATIONS[record.name]
    if each is not None:
        return each(position, g, record.output, *record.inputs, **record.parameters)
    rule = rules[position] if position < len(rules) else None
    if rule is None:
        raise NotImplementedError(f"{record.name} has no derivative with respect to its input {position}")
    return rule(g, record.output, *record.inputs, **record.parameters)


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
