"""From what a caller gives to a feed of batches in the form that is wanted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.checks import several
from dlcore.floats import Array
from dlcore.models import data
from dlcore.models.arguments import rows_at_once
from dlcore.models.data import Data
from dlcore.models.feeds import CHUNK_BYTES, Feed, Rows, Stream, is_stream
from dlcore.models.forms import Form, beside, complete

#: In what order a pass takes the rows; see :class:`dlcore.models.feeds.Rows`.
Order = Callable[[], "Array | None"]


def as_it_lies() -> None:
    """No order: rows come as they lie."""


def open_feed(
    form: Form,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    class_weight: Mapping[Any, float] | None = None,
    batch_size: int | None = None,
    batch_name: str = "batch_size",
    order: Callable[[int], Order] | None = None,
    prefix: str = "",
) -> Feed:
    """The batches of x, y and sample_weight, all that can be checked beforehand checked.

    Parameters
    ----------
    form : Form
        What the data must look like.
    x
        Rows: anything :func:`dlcore.models.data.dense` takes. Or an iterable of batches; then y and sample_weight
        come with them.
    class_weight : dict, optional
        See :func:`dlcore.models.data.class_weights`.
    batch_size : int, optional
        Rows of a batch; default 32.
    order : callable (rows) -> Order, optional
        How each pass is shuffled, or takes the batches of a PyDataset; default: not at all.
    prefix : str
        Put before the names of arguments in error messages.
    """
    if isinstance(x, Stream) or is_stream(x):
        return _stream(form, x, y, sample_weight, class_weight, order, prefix)
    source = x.tocsr() if data.is_sparse(x) else x
    if form.scales and not is_lazy(source, form):
        source = data.dense(prefix + "x", source)
    lazy = is_lazy(source, form)
    if lazy:
        if source.shape[0]:
            form.features(source[:1], prefix + "x")
        if isinstance(source, np.ndarray) and not isinstance(source, np.memmap):
            data.check_finite(source, prefix + "x")
        parts: Data = source, *beside(form, source.shape[0], y, sample_weight, prefix)
    else:
        parts = complete(form, source, y, sample_weight, prefix)
    rows = parts[0].shape[0]
    parts = _by_class(form, parts, class_weight)
    batch = rows_at_once(batch_size, rows, batch_name)
    chosen = order(rows) if order is not None else as_it_lies
    if not lazy:
        return Rows(parts, rows, batch, chosen)
    width = max(math.prod(source.shape[1:]) * 4, 1)
    return Rows(parts, rows, batch, chosen, lambda s, at: form.features(s[at], prefix + "x"), CHUNK_BYTES // width)


def is_lazy(x: Any, form: Form) -> bool:
    """Whether to convert rows of x as they are needed: sparse ones, those on disk that must be converted, arrays that
    are brought to scale.
    """
    if not isinstance(x, np.ndarray):
        return data.is_sparse(x)
    on_disk = isinstance(x, np.memmap) and not (x.dtype == form.dtype and x.flags.c_contiguous)
    return x.ndim > 0 and len(x) > 0 and (on_disk or form.scales)


def _stream(
    form: Form,
    x: Any,
    y: Any,
    sample_weight: Any,
    class_weight: Mapping[Any, float] | None,
    order: Callable[[int], Order] | None,
    prefix: str,
) -> Stream:
    if y is not None or sample_weight is not None:
        raise ValueError(f"{prefix}y and sample_weight must be part of the batches when x is an iterable of batches")

    def checked(bx: Any, by: Any, weight: Any) -> Data:
        return _by_class(form, complete(form, bx, by, weight, prefix), class_weight)

    feed = x if isinstance(x, Stream) else Stream(x, orders=order)
    feed.check_with(checked)
    feed.peek()  # there must be a batch
    return feed


def _by_class(form: Form, parts: Data, class_weight: Mapping[Any, float] | None) -> Data:
    """The same rows, weighted by their classes if there are weights for these."""
    x, y, sample_weight = parts
    if class_weight is None:
        return parts
    if sample_weight is not None:
        raise ValueError("give class_weight or sample_weight, not both")
    return x, y, form.weights(data.class_weights(y, class_weight), x.shape[0])


def split_rows(parts: Sequence[Any], share: float) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The rows to train on and the last ``share`` of the rows, of x, y and sample_weight alike.

    Raises
    ------
    ValueError
        If x is an iterable of batches, or one part would be empty.
    """
    x = parts[0]
    if isinstance(x, Stream) or is_stream(x):
        raise ValueError("validation_split needs x as an array of rows; give validation_data beside an iterable")
    sliced = [_sliceable(part) for part in parts]
    if data.is_column(x):
        sliced[0] = sliced[0].reshape(-1, 1)
    rows = sliced[0].shape[0]
    place = math.floor(rows * (1 - share))
    if not 0 < place < rows:
        raise ValueError(f"validation_split {share} of {rows} rows leaves nothing to train on or to validate with")
    head = tuple(None if part is None else part[:place] for part in sliced)
    return head, tuple(None if part is None else part[place:] for part in sliced)


def _sliceable(part: Any) -> Any:
    if part is None or isinstance(part, np.ndarray):
        return part
    return part.tocsr() if data.is_sparse(part) else data.dense("x", part)


def validation_parts(validation_data: Any) -> tuple[Any, Any, Any]:
    """x, y and sample_weight of what is given as validation_data; an iterable of batches is x alone."""
    if is_stream(validation_data):
        return validation_data, None, None
    wanted = "(x, y) or (x, y, sample_weight)"
    parts = several("validation_data", validation_data, wanted)
    if len(parts) not in (2, 3):
        raise ValueError(f"validation_data must be {wanted}; got {len(parts)} entries")
    return parts[0], parts[1], parts[2] if len(parts) == 3 else None
