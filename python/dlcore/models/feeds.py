"""Where batches come from: arrays in memory, rows converted as they are needed, or an iterator of batches."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np

from dlcore.floats import Array
from dlcore.models.data import Data
from dlcore.pydataset import PyDataset
from dlcore.utils import unpack_x_y_sample_weight

#: Types of what is no iterable of batches, although one can iterate over it.
_NO_STREAMS = (np.ndarray, list, tuple, dict, str, bytes)

#: A feed that converts rows as it goes takes about so many bytes of them at a time.
CHUNK_BYTES = 1 << 22


class Segment(NamedTuple):
    """Consecutive batches of one feed: ``batch`` rows each, of the arrays as they lie or in an order."""

    data: Data
    order: Array | None
    batch: int

    @property
    def rows(self) -> int:
        """Rows of all batches together."""
        return len(self.data[0]) if self.order is None else len(self.order)

    @property
    def batches(self) -> int:
        """How many there are."""
        return -(-self.rows // self.batch)


class Feed(Protocol):
    """Batches, epoch after epoch. ``rows`` and ``steps`` (batches) of one pass are None where nobody knows."""

    rows: int | None
    steps: int | None
    #: Whether the source has ended for good before an epoch was complete.
    exhausted: bool

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape of a row of x."""

    def segments(self, steps: int | None, at_once: int | None = None, skip: int = 0) -> Iterator[Segment]:
        """The batches of one epoch.

        Parameters
        ----------
        steps : int or None
            How many. None: one pass over the data. Otherwise an epoch goes on where the last one ended, and ends at
            the latest with the pass (with a warning, if that is too early), as in Keras.
        at_once : int, optional
            How many batches a segment may have. Default: any number.
        skip : int
            Batches of this epoch to leave out.
        """


class Rows:
    """Feed of arrays, which are never exhausted: whole passes in one segment where possible.

    Parameters
    ----------
    data : (x, y, sample_weight)
        x, an array or whatever ``convert`` takes rows of; y and sample_weight arrays or None.
    rows : int
        Rows of x.
    batch : int
        Rows of a batch.
    order : callable () -> indices or None
        In what order the pass that begins takes the rows.
    convert : callable (x, rows) -> array, optional
        Makes an array of some rows of x. None: x is one.
    chunk : int
        With ``convert``, how many rows to convert at a time (about).
    """

    exhausted = False

    def __init__(
        self,
        data: tuple[Any, Any, Array | None],
        rows: int,
        batch: int,
        order: Callable[[], Array | None],
        convert: Callable[[Any, Any], Array] | None = None,
        chunk: int = 0,
    ) -> None:
        self.rows: int | None = rows
        self.batch = batch
        self.passes = -(-rows // batch)
        self.steps: int | None = self.passes
        self._data, self._count = data, rows
        self._order_of = order
        self._order: Array | None = None
        self._convert, self._at_once = convert, self.passes if convert is None else max(chunk // batch, 1)
        self._at = 0

    @property
    def row_shape(self) -> tuple[int, ...]:
        """See :class:`Feed`."""
        x = self._data[0]
        return tuple((x if self._convert is None else self._convert(x, slice(1))).shape[1:])

    def segments(self, steps: int | None, at_once: int | None = None, skip: int = 0) -> Iterator[Segment]:
        """See :class:`Feed`."""
        if steps is None or self._at == 0:
            self._at, self._order = 0, self._order_of()
        left = self.passes - self._at
        if steps is not None:
            left = min(steps, left)
            if left < steps:
                _warn_of_the_end(left, steps)
        while left > 0:
            if skip:
                count = min(skip, left)
                skip -= count
            else:
                count = min(left, self._at_once, at_once or left)
                yield self._segment(self._at * self.batch, min((self._at + count) * self.batch, self._count))
            self._at = (self._at + count) % self.passes
            left -= count

    def _segment(self, start: int, stop: int) -> Segment:
        x, y, weight = self._data
        if self._convert is None and stop - start == self._count:
            return Segment((x, y, weight), self._order, self.batch)
        rows = slice(start, stop) if self._order is None else self._order[start:stop]
        chosen = x[rows] if self._convert is None else self._convert(x, rows)
        part = chosen, None if y is None else y[rows], None if weight is None else weight[rows]
        return Segment(part, None, self.batch)


class Stream:
    """Feed of an iterable of batches: (x,), (x, y) or (x, y, sample_weight), or x alone.

    Parameters
    ----------
    source : iterable
        Iterated anew for each pass, if it can be; a generator goes on where it was. A
        :class:`~dlcore.pydataset.PyDataset` hears of the epochs.
    checked : callable (x, y, sample_weight) -> Data
        Makes a batch ready; may be said later (``check_with``).
    orders : callable (batches) -> callable () -> array, optional
        In what order a pass takes the batches of a PyDataset that has an end; default: that of their numbers.
    """

    def __init__(
        self,
        source: Iterable[Any],
        checked: Callable[[Any, Any, Any], Data] | None = None,
        orders: Callable[[int], Callable[[], Array | None]] | None = None,
    ) -> None:
        self.rows: int | None = None
        self.steps = _length(source)
        self._source, self._checked, self._orders = source, checked, orders
        self._iterator: Iterator[Any] | None = None
        self._peeked: list[Any] = []
        self._within_epoch = False
        self.exhausted = False

    def check_with(self, checked: Callable[[Any, Any, Any], Data]) -> None:
        """Say late what makes a batch ready: it may depend on the first one."""
        self._checked = checked

    def peek(self) -> tuple[Any, Any, Any]:
        """The first batch, which is also the first that ``segments`` gives."""
        if not self._peeked:
            self._begin_epoch()
            self._iterator = self._pass()
            try:
                self._peeked.append(next(self._iterator))
            except StopIteration:
                raise ValueError("x must give batches: the generator must yield at least one batch") from None
        return unpack_x_y_sample_weight(self._peeked[0])

    @property
    def row_shape(self) -> tuple[int, ...]:
        """See :class:`Feed`."""
        shape: tuple[int, ...] = np.shape(self.peek()[0])
        return shape[1:]

    def segments(self, steps: int | None, at_once: int | None = None, skip: int = 0) -> Iterator[Segment]:  # noqa: ARG002
        """See :class:`Feed`; every segment is one batch."""
        assert self._checked is not None
        taken = 0
        self._begin_epoch()
        try:
            for batch in self._batches(steps):
                taken += 1
                if taken > skip:
                    data = self._checked(*unpack_x_y_sample_weight(batch))
                    yield Segment(data, None, max(len(data[0]), 1))
        finally:
            self._end_epoch()
        if not taken or (steps is not None and taken < steps):
            _warn_of_the_end(taken, steps)
            self.exhausted = iter(self._source) is self._source

    def _batches(self, steps: int | None) -> Iterator[Any]:
        """So many batches; fewer where a pass ends, unless it ended with the last epoch."""
        count = 0
        if self._peeked:
            yield self._peeked.pop()
            count = 1
        while steps is None or count < steps:
            fresh = self._iterator is None
            self._iterator = self._iterator or self._pass()
            try:
                batch = next(self._iterator)
            except StopIteration:
                self._iterator = None
                if count or fresh:
                    return
                continue
            yield batch
            count += 1

    def _pass(self) -> Iterator[Any]:
        """The batches once, as far as they were not taken from a generator before."""
        if self._orders is None or self.steps is None or not isinstance(self._source, PyDataset):
            return iter(self._source)
        order = self._orders(self.steps)()
        return self._source.batches(range(self.steps) if order is None else order.tolist())

    def _begin_epoch(self) -> None:
        if isinstance(self._source, PyDataset) and not self._within_epoch:
            self._source.on_epoch_begin()
        self._within_epoch = True

    def _end_epoch(self) -> None:
        if isinstance(self._source, PyDataset) and self._within_epoch:
            self._source.on_epoch_end()
        self._within_epoch = False


def _warn_of_the_end(taken: int, steps: int | None) -> None:
    wanted = f", which was to have {steps}" if steps else ""
    warnings.warn(f"the data ran out after {taken} batches of this epoch{wanted}", stacklevel=5)


def is_stream(x: Any) -> bool:
    """Whether x gives batches one after the other rather than being an array of rows."""
    if isinstance(x, _NO_STREAMS):
        return False
    if hasattr(x, "__next__") or hasattr(x, "num_batches"):
        return True
    arrays = ("__array__", "shape", "tocsr", "columns")
    return hasattr(x, "__iter__") and not any(hasattr(x, name) for name in arrays)


def _length(source: Any) -> int | None:
    if hasattr(source, "num_batches"):
        return source.num_batches  # type: ignore[no-any-return]
    try:
        return len(source)
    except TypeError:
        return None
