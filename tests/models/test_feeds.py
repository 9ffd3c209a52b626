"""Feeds: every row once a pass, streams that go on from epoch to epoch, and what counts as a stream."""

from __future__ import annotations

import contextlib
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.models.feeds import Rows, Stream, is_stream
from dlcore.utils import pack_x_y_sample_weight, unpack_x_y_sample_weight

NUMBERS = np.arange(10.0).reshape(10, 1)


def plain():
    return None


def backwards():
    return np.arange(9, -1, -1)


def seen(feed, steps=None, single=False, skip=0):
    """The rows of each segment, and the rows of a batch."""
    found = []
    for segment in feed.segments(steps, single, skip):
        rows = segment.data[0][:, 0]
        found.append((rows if segment.order is None else rows[segment.order]).tolist())
        assert segment.rows == len(found[-1])
        assert np.array_equal(segment.data[1], segment.data[0][:, 0])
    return found


def rows(batch, order=plain, **options):
    return Rows((NUMBERS, NUMBERS[:, 0], None), 10, batch, order, **options)


def test_a_pass_in_memory_is_one_segment():
    assert seen(rows(3)) == [list(range(10))]
    (segment,) = rows(3).segments(None, False)
    assert segment.data[0] is NUMBERS
    assert (segment.batch, rows(3).steps, rows(3).rows, rows(3).row_shape) == (3, 4, 10, (1,))


@pytest.mark.parametrize("order", [plain, backwards])
def test_single_batches(order):
    whole = np.arange(10.0) if order is plain else np.arange(9.0, -1, -1)
    assert seen(rows(4, order), single=True) == [whole[:4].tolist(), whole[4:8].tolist(), whole[8:].tolist()]
    assert seen(rows(4, order), single=True, skip=2) == [whole[8:].tolist()]


@given(batch=st.integers(1, 12), steps=st.lists(st.integers(1, 12), min_size=1, max_size=6), single=st.booleans())
def test_steps_go_on_where_the_last_epoch_ended(batch, steps, single):
    """An epoch ends with the pass at the latest, and says so if that is too early."""
    feed, at = rows(batch), 0
    one_pass = [np.arange(10.0)[i : i + batch] for i in range(0, 10, batch)]
    for count in steps:
        short = at + count > len(one_pass)
        with pytest.warns(UserWarning, match="ran out") if short else contextlib.nullcontext():
            found = [np.asarray(part) for part in seen(feed, count, single)]
        cut = [part[i : i + batch] for part in found for i in range(0, len(part), batch)]
        expected = one_pass[at : at + count]
        assert len(cut) == len(expected)
        assert all(np.array_equal(p, q) for p, q in zip(cut, expected, strict=True))
        at = (at + len(cut)) % len(one_pass)


def test_each_pass_has_an_order_of_its_own():
    asked = []
    feed = rows(5, lambda: asked.append(len(asked)))
    for steps, orders in ((1, 1), (1, 1), (2, 2), (1, 3), (1, 3), (1, 4)):
        seen(feed, steps)
        assert len(asked) == orders


@given(batch=st.integers(1, 12), chunk=st.integers(0, 30), shuffled=st.booleans())
def test_rows_converted_in_chunks_are_the_same_rows(batch, chunk, shuffled):
    order = backwards if shuffled else plain
    sizes = []

    def convert(x, at):
        sizes.append(len(x[at]))
        return x[at] + 0

    parts = seen(rows(batch, order, convert=convert, chunk=chunk))
    whole = [row for part in parts for row in part]
    assert whole == (list(range(9, -1, -1)) if shuffled else list(range(10)))
    assert max(sizes) <= max(batch, chunk)
    assert all(len(part) % batch == 0 for part in parts[:-1])


def ready(x, y, weight):
    return np.asarray(x), y, weight


def batches(count=3):
    return [(NUMBERS[2 * i : 2 * i + 2], NUMBERS[2 * i : 2 * i + 2, 0]) for i in range(count)]


def test_a_stream_that_can_be_iterated_again():
    feed = Stream(batches(), ready)
    assert (feed.steps, feed.rows, feed.row_shape) == (3, None, (1,))
    for _ in range(2):
        assert seen(feed) == [[0, 1], [2, 3], [4, 5]]
    with pytest.warns(UserWarning, match="ran out after 3 batches of this epoch, which was to have 4"):
        assert seen(feed, steps=4) == [[0, 1], [2, 3], [4, 5]]
    assert seen(feed, steps=2) == [[0, 1], [2, 3]]
    with pytest.warns(UserWarning, match="ran out after 1 batches"):
        assert seen(feed, steps=2) == [[4, 5]]
    assert not feed.exhausted
    assert seen(Stream(batches(), ready), skip=1) == [[2, 3], [4, 5]]


def test_looking_at_the_first_batch_loses_nothing():
    feed = Stream(iter(batches()), ready)
    assert np.array_equal(feed.peek()[1], [0, 1])
    assert np.array_equal(feed.peek()[1], [0, 1])
    assert seen(feed) == [[0, 1], [2, 3], [4, 5]]
    with pytest.raises(ValueError, match="at least one batch"):
        Stream(iter(()), ready).peek()


def test_an_epoch_may_end_exactly_with_the_data():
    """The next one begins a new pass: nothing has run out."""
    feed = Stream(batches(), ready)
    for _ in range(3):
        assert seen(feed, steps=3) == [[0, 1], [2, 3], [4, 5]]


def test_a_generator_ends_with_a_warning():
    feed = Stream(iter(batches()), ready)
    assert seen(feed) == [[0, 1], [2, 3], [4, 5]]
    with pytest.warns(UserWarning, match="ran out after 0 batches"):
        assert seen(feed) == []
    assert feed.exhausted
    feed = Stream(iter(batches()), ready)
    assert seen(feed, steps=2) == [[0, 1], [2, 3]]
    with pytest.warns(UserWarning, match="after 1 batches of this epoch, which was to have 2"):
        assert seen(feed, steps=2) == [[4, 5]]
    assert feed.exhausted


def test_an_endless_generator_is_cut_by_steps():
    feed = Stream(itertools.cycle(batches()), ready)
    assert feed.steps is None
    assert [part[0] for part in seen(feed, steps=7)] == [0, 2, 4, 0, 2, 4, 0]


@pytest.mark.parametrize("x", [NUMBERS, [1, 2], (1, 2), {"a": 1}, 5, "text"])
def test_arrays_are_no_streams(x):
    assert not is_stream(x)


@pytest.mark.parametrize("x", [iter([1]), (i for i in range(3)), zip([1], [2], strict=True), map(abs, [1])])
def test_iterators_are_streams(x):
    assert is_stream(x)


def test_packing():
    for parts in [(1,), (1, 2), (1, 2, 3)]:
        assert unpack_x_y_sample_weight(parts) == (*parts, None, None)[:3]
        assert unpack_x_y_sample_weight(pack_x_y_sample_weight(*parts)) == (*parts, None, None)[:3]
    assert pack_x_y_sample_weight([1, 2]) == ([1, 2],)
    with pytest.raises(ValueError, match="got 4 entries"):
        unpack_x_y_sample_weight((1, 2, 3, 4))
