"""Batches announced to callbacks: each, or as many at a time as ``steps_per_execution`` says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dlcore.models.feeds import Segment


def announced(
    segments: Iterable[Segment],
    at_once: int,
    begin: Callable[[int], None],
    end: Callable[[int], None],
    stopped: Callable[[], bool],
    first: int = 0,
) -> Iterator[Segment]:
    """The segments, with a call before and after every ``at_once`` batches.

    Parameters
    ----------
    segments : iterable of Segment
        None of more than ``at_once`` batches.
    at_once : int
        Of how many batches at a time somebody wants to hear.
    begin, end : callable (batch)
        Told the number of the first batch, and that of the last if all of them come, as in Keras.
    stopped : callable
        Asked after ``end``: whether to leave out the rest.
    first : int
        The number of the first batch.
    """
    number = opened = first
    for segment in segments:
        if number == opened:
            begin(opened)
        yield segment
        number += segment.batches
        if number >= opened + at_once:
            end(opened + at_once - 1)
            if stopped():
                return
            opened = number
    if number > opened:
        end(opened + at_once - 1)
