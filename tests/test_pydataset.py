"""Batches by number, in order, whatever the threads."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from dlcore.models.feeds import Stream, is_stream
from dlcore.pydataset import PyDataset


class Counted(PyDataset):
    def __init__(self, count, **options):
        super().__init__(**options)
        self.count, self.heard = count, []

    @property
    def num_batches(self):
        return self.count

    def __getitem__(self, index):
        time.sleep(0.001 * (index % 3))  # later batches are ready before earlier ones
        return np.full((2, 1), index), np.zeros(2)

    def on_epoch_begin(self):
        self.heard.append("begin")

    def on_epoch_end(self):
        self.heard.append("end")


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("count", [0, 1, 25])
def test_batches_come_in_order(workers, count):
    data = Counted(count, workers=workers, max_queue_size=5)
    for _ in range(2):
        assert [int(x[0, 0]) for x, _ in data] == list(range(count))
    assert data.heard == ["begin", "end"] * 2


@pytest.mark.parametrize("workers", [1, 3])
def test_an_endless_one_can_be_left(workers):
    data = Counted(None, workers=workers)
    assert is_stream(data)
    assert [int(x[0, 0]) for x, _ in itertools.islice(data, 12)] == list(range(12))
    feed = Stream(data, lambda x, y, w: (x, y, w))
    assert len(list(feed.segments(7, True))) == 7


def test_a_length_will_do():
    class Sized(PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return index

    assert list(Sized()) == [0, 1]
    assert Stream(Sized()).steps == 2


def test_errors_arrive():
    class Broken(Counted):
        def __getitem__(self, index):
            raise OSError(f"cannot read batch {index}")

    for workers in (1, 2):
        with pytest.raises(OSError, match="cannot read batch 0"):
            list(Broken(3, workers=workers))


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"workers": 0}, "workers"),
        ({"max_queue_size": 1.5}, "max_queue_size"),
        ({"use_multiprocessing": True}, "threads"),
    ],
)
def test_bad_options(options, match):
    with pytest.raises(ValueError, match=match):
        PyDataset(**options)


def test_what_must_be_defined():
    with pytest.raises(NotImplementedError, match="num_batches or __len__"):
        list(PyDataset())
    with pytest.raises(NotImplementedError, match="__getitem__"):
        PyDataset()[0]
