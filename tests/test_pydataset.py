"""Batches by number, in order, whatever the threads and processes."""

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


class Broken(Counted):
    def __getitem__(self, index):
        raise OSError(f"cannot read batch {index}")


def numbers(batches):
    return [int(x[0, 0]) for x, *_ in batches]


def ready(x, y, weight):
    return x, y, weight


@pytest.mark.parametrize("workers", [0, 1, 4])
@pytest.mark.parametrize("count", [0, 1, 25])
def test_batches_come_in_order(workers, count):
    data = Counted(count, workers=workers, max_queue_size=5)
    for _ in range(2):
        assert numbers(data) == list(range(count))
    assert data.heard == []


def test_processes_make_the_same_batches():
    data = Counted(5, workers=1, use_multiprocessing=True)
    assert numbers(data) == list(range(5))
    assert numbers(data.batches([3, 1])) == [3, 1]
    with pytest.raises(OSError, match="cannot read batch 0"):
        list(Broken(3, workers=1, use_multiprocessing=True))


@pytest.mark.parametrize("workers", [1, 3])
def test_an_endless_one_can_be_left(workers):
    data = Counted(None, workers=workers)
    assert is_stream(data)
    assert numbers(itertools.islice(data, 12)) == list(range(12))
    feed = Stream(data, ready)
    assert len(list(feed.segments(7))) == 7


def test_epochs_are_heard_of():
    """Each once, and before the first batch is looked at; so it is where an epoch is a part of a pass."""
    data = Counted(4)
    feed = Stream(data, ready)
    feed.peek()
    assert data.heard == ["begin"]
    assert numbers(segment.data for segment in feed.segments(2)) == [0, 1]
    assert data.heard == ["begin", "end"]
    assert numbers(segment.data for segment in feed.segments(2)) == [2, 3]
    assert numbers(segment.data for segment in feed.segments(2)) == [0, 1]
    next(feed.segments(2))  # an epoch that breaks off
    assert data.heard == ["begin", "end"] * 4


@pytest.mark.parametrize("workers", [1, 3])
def test_a_feed_may_order_the_batches(workers):
    asked = []

    def orders(batches):
        return lambda: asked.append(batches) or np.roll(np.arange(batches), len(asked))

    feed = Stream(Counted(3, workers=workers), ready, orders)
    feed.peek()
    assert numbers(segment.data for segment in feed.segments(None)) == [2, 0, 1]
    assert numbers(segment.data for segment in feed.segments(None)) == [1, 2, 0]
    assert asked == [3, 3]
    assert numbers(s.data for s in Stream(Counted(None), ready, orders).segments(2)) == [0, 1]


def test_a_length_will_do():
    class Sized(PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return index

    assert list(Sized()) == [0, 1]
    assert Stream(Sized()).steps == 2


def test_options_have_defaults_without_init():
    class Careless(PyDataset):
        def __init__(self):
            self.rows = 3

        def __len__(self):
            return self.rows

        def __getitem__(self, index):
            return index

    assert (Careless().workers, Careless().use_multiprocessing, Careless().max_queue_size) == (1, False, 10)
    assert list(Careless()) == [0, 1, 2]


def test_errors_arrive():
    for workers in (1, 2):
        with pytest.raises(OSError, match="cannot read batch 0"):
            list(Broken(3, workers=workers))


@pytest.mark.parametrize(
    ("options", "match"), [({"workers": -1}, "workers"), ({"max_queue_size": 1.5}, "max_queue_size")]
)
def test_bad_options(options, match):
    with pytest.raises(ValueError, match=match):
        PyDataset(**options)


def test_what_must_be_defined():
    class Endless(PyDataset):
        def __getitem__(self, index):
            return index

    assert list(itertools.islice(Endless(), 3)) == [0, 1, 2]
    with pytest.raises(NotImplementedError, match="num_batches or __len__"):
        Stream(Endless())
    with pytest.raises(NotImplementedError, match="__getitem__"):
        PyDataset()[0]
