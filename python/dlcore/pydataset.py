"""PyDataset: batches by number, for data that are read or made while a model trains."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any


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

    An item is a batch: (x, y) or (x, y, sample_weight). Batches come in the order of their numbers.

    Parameters
    ----------
    workers : int
        Threads that make batches ahead of time. 1: batches are made when they are asked for.
    use_multiprocessing : bool
        Must be False: batches are made in threads, and NumPy and file reading release the interpreter's lock.
    max_queue_size : int
        With several workers, how many batches may be ready or in the making.
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        for name, value in (("workers", workers), ("max_queue_size", max_queue_size)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a whole number, 1 or more; got {value!r}")
        if use_multiprocessing:
            raise ValueError("use_multiprocessing must be False: batches are made in threads, as many as workers says")
        self.workers, self.max_queue_size = workers, max_queue_size

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
        """Before a pass over the batches."""

    def on_epoch_end(self) -> None:
        """After a pass over the batches."""

    def __iter__(self) -> Iterator[Any]:
        """One pass over the batches, made ahead of time where there are several workers."""
        self.on_epoch_begin()
        yield from self._made() if self.workers == 1 else self._made_ahead()
        self.on_epoch_end()

    def _numbers(self) -> Iterator[int]:
        count, number = self.num_batches, 0
        while count is None or number < count:
            yield number
            number += 1

    def _made(self) -> Iterator[Any]:
        for number in self._numbers():
            yield self[number]

    def _made_ahead(self) -> Iterator[Any]:
        from concurrent.futures import ThreadPoolExecutor

        numbers = self._numbers()
        with ThreadPoolExecutor(self.workers) as pool:
            queue = deque(pool.submit(self.__getitem__, number) for number in islice(numbers, self.max_queue_size))
            try:
                while queue:
                    batch = queue.popleft().result()
                    following = next(numbers, None)
                    if following is not None:
                        queue.append(pool.submit(self.__getitem__, following))
                    yield batch
            finally:
                for waiting in queue:
                    waiting.cancel()
