"""PyDataset: batches by number, for data that are read or made while a model trains."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Executor

#: In a process that makes batches: the data set it makes them of.
_held: list[PyDataset] = []


class PyDataset:
    """Base class: subclasses define ``__getitem__(batch number)`` and ``num_batches`` (or ``__len__``).

    >>> class Files(PyDataset):
    ...     def __init__(self, paths, **options):
    ...         super().__init__(**options)
    ...         self.paths = paths
    ...
    ...     @property
    ...     def num_batches(self):
    ...         return len(self.paths)
    ...
    ...     def __getitem__(self, index):
    ...         with np.load(self.paths[index]) as file:
    ...             return file["x"], file["y"]

    An item is a batch: (x, y) or (x, y, sample_weight). ``fit(shuffle=True)`` takes the batches in an order of its own
    each epoch, everything else in the order of their numbers.

    Parameters
    ----------
    workers : int
        Threads or processes that make batches ahead of time. 0 or, with threads, 1: they are made when asked for.
    use_multiprocessing : bool
        Whether the workers are processes, started anew for each pass: for data made by slow Python code. The data set
        must be picklable, and the main program guarded by ``if __name__ == "__main__":``. NumPy and file reading
        release the interpreter's lock: threads do for them.
    max_queue_size : int
        With workers, how many batches may be ready or in the making.
    """

    # Those of a subclass that does not call this class's __init__.
    workers: int = 1
    use_multiprocessing: bool = False
    max_queue_size: int = 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        for name, value in (("workers", workers), ("max_queue_size", max_queue_size)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ValueError(f"{name} must be a whole number, 0 or more; got {value!r}")
        self.workers, self.use_multiprocessing, self.max_queue_size = workers, use_multiprocessing, max_queue_size

    def __getitem__(self, index: int) -> Any:
        """The batch of that number."""
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(index)")

    @property
    def num_batches(self) -> int | None:
        """How many batches an epoch has; None: without end, then fit needs ``steps_per_epoch``."""
        if "__len__" in dir(type(self)):
            return len(self)  # type: ignore[arg-type]
        raise NotImplementedError(f"{type(self).__name__} must define num_batches or __len__")

    def on_epoch_begin(self) -> None:
        """Called by fit, evaluate and predict before the first batch of an epoch."""

    def on_epoch_end(self) -> None:
        """Called by fit, evaluate and predict after the last batch of an epoch."""

    def __iter__(self) -> Iterator[Any]:
        """One pass over the batches; without end if nobody says how many there are."""
        try:
            batches = self.num_batches
        except NotImplementedError:
            batches = None
        return self.batches(count() if batches is None else range(batches))

    def batches(self, numbers: Iterable[int]) -> Iterator[Any]:
        """The batches of those numbers in that order, made ahead of time by the workers."""
        if self.workers > (0 if self.use_multiprocessing else 1):
            return self._made_ahead(iter(numbers))
        return (self[number] for number in numbers)

    def _made_ahead(self, numbers: Iterator[int]) -> Iterator[Any]:
        with self._pool() as pool:
            make = _batch if self.use_multiprocessing else self.__getitem__
            ahead = max(self.max_queue_size, 1)
            queue = deque(pool.submit(make, number) for number in islice(numbers, ahead))
            try:
                while queue:
                    batch = queue.popleft().result()
                    queue.extend(pool.submit(make, number) for number in islice(numbers, 1))
                    yield batch
            finally:
                for waiting in queue:
                    waiting.cancel()

    def _pool(self) -> Executor:
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

        if not self.use_multiprocessing:
            return ThreadPoolExecutor(self.workers)
        from multiprocessing import get_context

        # A fork would take over threads in the middle of what they do.
        return ProcessPoolExecutor(self.workers, get_context("spawn"), _hold, (self,))


def _hold(data: PyDataset) -> None:
    _held.append(data)


def _batch(number: int) -> Any:
    return _held[0][number]
