"""A callback from functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcore.callbacks.callback import Callback


class LambdaCallback(Callback):
    """Calls functions.

    Parameters
    ----------
    on_epoch_begin, on_epoch_end : callable, optional
        (epoch, logs).
    on_train_begin, on_train_end : callable, optional
        (logs).
    on_train_batch_begin, on_train_batch_end : callable, optional
        (batch, logs). Without them, a training need not be cut into batches.
    **kwargs
        Functions for the other methods of :class:`Callback`, and whatever else the object shall keep.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> None:
        given = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        self.__dict__.update(kwargs)
        self.__dict__.update({name: function for name, function in given.items() if function is not None})
